from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noktvrn.words.syllables import count, count_word
from noktvrn.words.tokens import end_word, read_number, words_of

TABLE = {
    1: """night light love heart dream moon star rain road home cold fire hour our eyes through strength
        scratched breathe moved loved waves times clothes world girl don't can't I'm you're won't we've
        gone blood stones school queue tongue straight burned called asked walked streets fields prayed
        lives leaves one once choir""",
    2: """city river water shadow window morning evening open broken little table bottle people circle
        heaven seven power flower being quiet lion poem cruel fuel couldn't didn't wasn't needed waited
        wanted faces horses roses houses wishes bridges changes homeless lonely sometimes someone baby
        cradle hundred sacred forward outside daylight engine silence ocean nation question picture
        measure engine prism rhythm iron asleep alone again between maybe rhyming hoping falling crying
        seeing going playing settled""",
    3: """memory beautiful tomorrow yesterday electric horizon satellite lullaby remember together forever
        gravity melody telephone radio piano idea area family photograph gasoline overflow butterfly
        underground celebrate happening everyone everything another november tornado volcano silhouette
        potato cathedral umbrella suddenly""",
    4: """reality society everybody celebration hesitation machinery impossible january television
        information mysterious helicopter watermelon ceremony""",
    5: """imagination university electricity opportunity curiosity""",
}
CASES = [(word, number) for number, words in TABLE.items() for word in words.split()]


def test_the_table_is_long_enough() -> None:
    assert len(CASES) >= 150


@pytest.mark.parametrize(("word", "number"), CASES)
def test_syllables_of_a_word(word: str, number: int) -> None:
    assert count_word(word.casefold()) == number


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("The streetlights hum, and I don’t sleep", 8),
        ("Late-night radio", 5),
        ("", 0),
        ("— ! …", 0),
        ("1984", 5),
        ("99 balloons", 5),
    ],
)
def test_syllables_of_a_line(line: str, number: int) -> None:
    assert count(line) == number


@given(st.lists(st.sampled_from([word for word, _ in CASES]), max_size=12))
def test_a_line_counts_what_its_words_count(words: list[str]) -> None:
    assert count(" ".join(words)) == sum(count_word(word.casefold()) for word in words)


@given(st.text(max_size=200))
def test_any_text_is_counted_without_complaint(text: str) -> None:
    assert all(count_word(word) >= 1 for word in words_of(text))


@pytest.mark.parametrize(
    ("digits", "said"),
    [
        ("7", "seven"),
        ("21", "twenty one"),
        ("300", "three hundred"),
        ("1905", "nineteen oh five"),
        ("2000", "two thousand"),
        ("007", "zero zero seven"),
        ("12345", "one two three four five"),
    ],
)
def test_numbers_are_read_as_sung(digits: str, said: str) -> None:
    assert " ".join(read_number(digits)) == said


def test_the_end_word_is_the_last_word() -> None:
    assert end_word("Walk me home, tonight!") == "tonight"
    assert end_word("…") == ""
