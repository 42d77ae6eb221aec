

@pytest.mark.parametrize("word", ["rapper", "rapping", "rapped"])
def test_a_trade_of_the_label_is_no_strong_word(word: str) -> None:
    assert not advisory(f"a {word} from the docks").explicit
