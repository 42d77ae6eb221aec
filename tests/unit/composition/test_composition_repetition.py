"""No eight bars are played twice in a row: in any style, at any length, by any artist."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.effort import looks
from tests.unit.composition.composition_samples import METERS, small_style, song_of, song_of_shelf

from noktvrn.sound.composition.renewal import renew
from noktvrn.sound.composition.variation import repeated_blocks
from noktvrn.sound.score import Note
from noktvrn.sound.style import style_ids

SEEDS = st.integers(0, 2**40)


@settings(max_examples=looks(5, 30), deadline=None)
@given(st.sampled_from(style_ids()), SEEDS, st.integers(60, 360), st.integers(1, 500))
def test_no_block_is_played_twice_in_a_row(style: str, seed: int, seconds: int, artist: int) -> None:
    _, score = song_of_shelf(style, seed, seconds, artist)
    assert repeated_blocks(score, layers=1) == []


@pytest.mark.parametrize("meter", METERS)
def test_nor_in_any_meter(meter: tuple[int, int]) -> None:
    _, score = song_of(small_style(meter), 3, seconds=150)
    assert repeated_blocks(score, layers=1) == []


def test_a_score_that_repeats_is_renewed_where_it_repeats() -> None:
    style = small_style((4, 4))
    _, score = song_of(style)
    notes = tuple(Note(4.0 * bar, 4.0, 55, 0.7) for bar in range(24))
    silent: dict[str, tuple[Note, ...]] = dict.fromkeys(score.parts, ())
    bare = replace(score, parts={**silent, "keys": notes}, hits=(), gestures=(), beats=96.0, swing=0.0)
    assert len(repeated_blocks(bare)) == 9
    renewed = renew(bare, style.parts)
    assert repeated_blocks(renewed, layers=1) == []
    assert [n.start for n in renewed.parts["keys"]] == [n.start for n in notes]
    assert {n.pitch for n in renewed.parts["keys"]} == {55, 67} or {n.pitch % 12 for n in notes} == {7}
    empty = renew(replace(bare, parts=silent), style.parts)
    assert repeated_blocks(empty, layers=1) == []
    assert {gesture.kind for gesture in empty.gestures} == {"passing"}
