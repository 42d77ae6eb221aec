from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noktvrn.words.similarity import containment, grams, most_contained, near_duplicate

LEFT = "I walk beneath the wires when the rain comes down again"
RIGHT = "You sleep above the river when the snow is in the air"

WORDS = st.lists(
    st.sampled_from(["sea", "sky", "road", "rain", "light", "door", "stone", "fire"]), max_size=30
)


def test_containment_counts_shared_runs_of_five_words() -> None:
    assert containment(LEFT, LEFT) == 1.0
    assert containment(LEFT, RIGHT) == 0.0
    assert containment("one two three four five six", "one two three four five seven") == pytest.approx(1 / 2)
    assert containment("", LEFT) == 0.0
    assert len(grams(LEFT)) == 7


def test_case_and_marks_do_not_hide_a_copy() -> None:
    assert containment(LEFT.upper().replace(" ", ", "), LEFT) == 1.0


def test_near_duplicates_are_seen_from_either_side() -> None:
    assert near_duplicate(LEFT, f"{LEFT}. {RIGHT}")
    assert near_duplicate(f"{LEFT}. {RIGHT}", LEFT)
    assert not near_duplicate(LEFT, RIGHT)


def test_the_most_contained_is_named() -> None:
    assert most_contained(LEFT, [("right", RIGHT), ("left", LEFT)]) == ("left", 1.0)
    assert most_contained(LEFT, []) == ("", 0.0)


@given(WORDS, WORDS)
def test_containment_is_a_share(one: list[str], other: list[str]) -> None:
    assert 0.0 <= containment(" ".join(one), " ".join(other)) <= 1.0
    if one:
        assert containment(" ".join(one), " ".join([*one, *other])) == 1.0 or len(one) < 5
