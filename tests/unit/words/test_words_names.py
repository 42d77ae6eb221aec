from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noktvrn.words.names import collides, known_names, near
from noktvrn.words.skeleton import phonetic_key, ratio, skeleton


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("Taylor Swift", "Taylor Swift"),
        ("taylor swift", "Taylor Swift"),
        ("TaylorSwift", "Taylor Swift"),
        ("Taylor Swft", "Taylor Swift"),
        ("Drakе", "Drake"),
        ("The Weekend", "The Weeknd"),
        ("Weeknd", "The Weeknd"),
        ("Bad Bunnny", "Bad Bunny"),
        ("Billy Eyelash", "Billie Eilish"),
        ("Lana Del Ray", "Lana Del Rey"),
        ("Beyonce", "Beyoncé"),
        ("Ke$ha Swift", None),
        ("A$AP R0cky", "A$AP Rocky"),
        ("Ｑｕｅｅｎ", "Queen"),
        ("Nøktvrn", None),
        ("Velvet Harbour", None),
        ("Halden Moor", None),
        ("Ashen Vale", None),
    ],
)
def test_names_too_near_to_a_known_act(name: str, known: str | None) -> None:
    assert collides(name) == known


def test_the_list_is_long_and_each_name_finds_itself_or_a_twin() -> None:
    assert len(known_names()) >= 300
    assert all(collides(known.name) for known in known_names() if known.skeleton)


def test_near_in_the_roster() -> None:
    roster = ["Halden Moor", "Ashen Vale"]
    assert near("Halden  Moor", roster) == "Halden Moor"
    assert near("Holden Moor", roster) == "Halden Moor"
    assert near("Ash", roster) is None
    assert near("Halden Moor", []) is None


def test_a_name_without_letters_is_near_nothing() -> None:
    assert collides("!!!") is None
    assert collides("") is None


@given(st.text(max_size=24), st.text(max_size=24))
def test_ratio_is_a_ratio(one: str, other: str) -> None:
    assert 0.0 <= ratio(one, other) <= 1.0
    assert ratio(one, other) == pytest.approx(ratio(other, one))
    assert ratio(one, one) == 1.0


def test_ratio_is_twice_the_common_letters_over_both() -> None:
    assert ratio("abcd", "abxd") == pytest.approx(2 * 3 / 8)
    assert ratio("abc", "xyz") == 0.0


def test_skeleton_and_key() -> None:
    assert skeleton("Drаkе") == "drake"
    assert skeleton("P!nk") == skeleton("pink")
    assert phonetic_key("Billie Eilish") == phonetic_key("Billy Eyelash")
