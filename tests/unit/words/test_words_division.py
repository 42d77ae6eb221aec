"""Words divided for singing."""

from __future__ import annotations

import pytest

from noktvrn.words.division import divided, sung_count


@pytest.mark.parametrize(
    ("word", "pieces"),
    [
        ("beautiful", ("beau", "ti", "ful")),
        ("fire", ("fire",)),
        ("homeless", ("home", "less")),
        ("lonely,", ("lone", "ly,")),
        ("waves", ("waves",)),
        ("late-night", ("late-", "night")),
        ("castle", ("cas", "tle")),
        ("over", ("o", "ver")),
        ("'til", ("'til",)),
        ("7", ("7", "")),
        ("—", ()),
        ("🌧", ()),
    ],
)
def test_english_words_are_divided_as_they_are_sung(word: str, pieces: tuple[str, ...]) -> None:
    assert divided(word) == pieces


@pytest.mark.parametrize(
    ("line", "language", "count"),
    [
        ("Halt mich unter dem Regen", "de", 7),
        ("Tiens-moi sous la pluie", "fr", 5),
        ("¡Corazón poeta!", "es", 6),
        ("Тримай мене під дощем", "uk", 7),
        ("こんにちは", "ja", 5),
        ("Hold me under silver rain", "en-GB", 7),
        ("שלום", "he", 1),
    ],
)
def test_lines_are_counted_by_the_rules_of_their_language(line: str, language: str, count: int) -> None:
    assert sung_count(line, language) == count
