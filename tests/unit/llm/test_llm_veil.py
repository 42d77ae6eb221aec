"""Secrets and answers in pieces."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from noktvrn.llm.protocol.veil import Veil

KEY = "sk-sks-abab"


def through(pieces: list[str]) -> list[str]:
    veil = Veil([KEY])
    return [*(veil.let_through(piece) for piece in pieces), veil.rest()]


def test_a_key_cut_in_pieces_never_shows() -> None:
    for cut in range(1, len(KEY)):
        told = through(["it is ", KEY[:cut], KEY[cut:], "."])
        assert "".join(told) == "it is [secret]."


def test_a_plain_piece_is_not_held_back() -> None:
    assert through(["Slow ", "light"]) == ["Slow ", "light", ""]
    assert through(["so sk", "y"]) == ["so ", "sky", ""]
    assert through(["ends in s", "k-"]) == ["ends in ", "", "sk-"]


def test_half_characters_and_nul_are_taken_out() -> None:
    assert through(["a\ud800b", "c\x00d"]) == ["a?b", "cd", ""]


@given(st.lists(st.text("skab-x", max_size=8), max_size=12))
def test_pieces_say_the_same_as_the_whole(pieces: list[str]) -> None:
    told = through(pieces)
    assert "".join(told) == "".join(pieces).replace(KEY, "[secret]")
    assert KEY not in "".join(told)


@given(st.lists(st.sampled_from(["s", "k", "-", "ab", "sk-", KEY, "x"]), max_size=20))
def test_no_order_of_pieces_spells_the_key(pieces: list[str]) -> None:
    assert KEY not in "".join(through(pieces))
