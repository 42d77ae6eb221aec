"""Words the lexicon must not take for what they are not."""

from __future__ import annotations

import pytest

from noktvrn.words.lexicon import advisory


@pytest.mark.parametrize("word", ["rapper", "rapping", "rapped"])
def test_a_trade_of_the_label_is_no_strong_word(word: str) -> None:
    assert not advisory(f"a {word} from the docks").explicit


@pytest.mark.parametrize("word", ["raped", "r4ped"])
def test_what_looks_like_it_still_is_one(word: str) -> None:
    assert advisory(f"they {word} her").explicit
