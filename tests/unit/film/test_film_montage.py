"""The cutting list."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noktvrn.film.montage import LONGEST_SHOT_S, SHORTEST_SHOT_S, cutting_list
from noktvrn.model.sound import SectionSpan, Timeline

FPS = 30


def timeline(lengths: list[float]) -> Timeline:
    total = sum(lengths)
    ends = [sum(lengths[: place + 1]) for place in range(len(lengths))]
    labels = ["intro", "verse", "chorus", "bridge"]
    spans = [
        SectionSpan(label=labels[place % 4], start_s=end - length, end_s=end, energy=place % 3 / 2)
        for place, (length, end) in enumerate(zip(lengths, ends, strict=True))
    ]
    bars = tuple(bar * 2.0 for bar in range(int(total / 2)))
    return Timeline(
        duration_s=total,
        tempo_bpm=120,
        key="C",
        beats=bars,
        downbeats=bars,
        sections=tuple(spans),
        chords=(),
    )


@given(st.lists(st.floats(0.5, 70.0), min_size=1, max_size=9), st.floats(0, 0.6), st.integers(0, 99))
def test_shots_fill_the_film_without_gap_or_overlap(lengths: list[float], share: float, seed: int) -> None:
    song = timeline(lengths)
    start = share * song.duration_s
    frames = max(1, round((song.duration_s - start) * FPS))
    shots = cutting_list(song, start_s=start, frames=frames, fps=FPS, seed=seed)
    assert shots[0].first == 0
    assert shots[-1].last == frames
    assert all(one.last == two.first for one, two in pairwise(shots))
    assert all(shot.frames >= min(frames, SHORTEST_SHOT_S * FPS - 1) for shot in shots)


def test_cuts_fall_exactly_on_section_boundaries() -> None:
    shots = cutting_list(timeline([8.0, 16.0, 16.0]), start_s=0, frames=40 * FPS, fps=FPS, seed=1)
    assert [shot.first for shot in shots] == [0, 8 * FPS, 24 * FPS]
    assert [shot.label for shot in shots] == ["intro", "verse", "chorus"]


def test_a_long_section_is_cut_on_a_downbeat() -> None:
    shots = cutting_list(timeline([50.0]), start_s=0, frames=50 * FPS, fps=FPS, seed=1)
    assert len(shots) == 3
    assert all(shot.first / FPS % 2 == pytest.approx(0) for shot in shots)
    assert all(shot.frames / FPS <= LONGEST_SHOT_S + 2 for shot in shots)
    assert [shot.take for shot in shots] == [0, 1, 2]
    assert len({shot.seed for shot in shots}) == 3
