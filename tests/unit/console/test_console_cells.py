"""Words of others become what a terminal may show."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from noktvrn.console.cells import cut, fit, plain


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("Glass Hours", "Glass Hours"),
        ("a\x1b[31mred\x07", "a[31mred"),
        ("one\ntwo\ttwo  three\r", "one two two three"),
        ("turned \u202e around\u2066", "turned around"),
        ("[bold]x[/]", "[bold]x[/]"),
        ("夜の歌", "夜の歌"),
        ("Z" + "\u0301" * 40, "Z" + "\u0301" * 4),
        ("\ud800lone", "lone"),
    ],
)
def test_nothing_a_terminal_would_obey_is_left(told: str, shown: str) -> None:
    assert plain(told) == shown


@given(st.text(), st.integers(0, 30))
def test_a_column_is_as_wide_as_it_is_said_to_be(text: str, width: int) -> None:
    column = fit(text, width)
    assert cell_len(column) == width
    assert cell_len(cut(text, width)) <= width
    assert not any(unicodedata.category(letter) in ("Cc", "Cf", "Cs") for letter in column)


def test_what_is_left_out_is_told_by_an_ellipsis() -> None:
    assert fit("Glass Hours", 8) == "Glass H…"
    assert fit("夜の歌", 4) == "夜… "
    assert fit("Glass", 8) == "Glass   "
