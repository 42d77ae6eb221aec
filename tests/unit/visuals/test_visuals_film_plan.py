"""Where the teaser is cut from, and when the lines of a film stand."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noktvrn.film.captions import reading_s
from noktvrn.model.sound import SectionSpan, Timeline
from noktvrn.visuals.cues import spread_cues
from noktvrn.visuals.teaser import LONGEST_S, SHORTEST_S, choose_window

PARTS = (("intro", 16, 0.2), ("verse", 32, 0.5), ("chorus", 32, 1.0), ("verse", 32, 0.5), ("outro", 24, 0.2))


def timeline(parts: tuple[tuple[str, float, float], ...] = PARTS) -> Timeline:
    spans, moment = [], 0.0
    for label, length, energy in parts:
        spans.append(SectionSpan(label=label, start_s=moment, end_s=moment + length, energy=energy))
        moment += length
    bars = tuple(bar * 2.0 for bar in range(int(moment / 2)))
    return Timeline(
        duration_s=moment,
        tempo_bpm=120,
        key="C",
        beats=bars,
        downbeats=bars,
        sections=tuple(spans),
        chords=(),
    )


def test_the_window_builds_into_the_chorus() -> None:
    start, length = choose_window(timeline(), (), 30)
    assert 30 <= start <= 48
    assert start + length <= 82
    assert min(start + length, 80) - max(start, 48) > 0.6 * length


@given(
    st.lists(
        st.tuples(st.sampled_from(["verse", "chorus", "drop"]), st.floats(2, 60), st.floats(0, 1)),
        min_size=1,
        max_size=8,
    ),
    st.lists(st.floats(0, 1), max_size=128),
    st.floats(0, 100),
)
def test_every_window_lies_in_the_song_and_starts_on_a_downbeat(
    parts: list[tuple[str, float, float]], energy: list[float], seconds: float
) -> None:
    song = timeline(tuple(parts))
    start, length = choose_window(song, energy, seconds)
    assert start == 0 or start in song.downbeats
    assert start + length <= song.duration_s + 1e-6
    assert length <= LONGEST_S
    assert length >= min(SHORTEST_S, song.duration_s) - 1e-6


def test_measured_energy_decides_between_two_choruses() -> None:
    song = timeline((("verse", 40, 0.5), ("chorus", 24, 0.9), ("verse", 40, 0.5), ("chorus", 24, 0.9)))
    curve = [0.3] * 104 + [1.0] * 24
    start, _ = choose_window(song, curve, 20)
    assert start > 80


@given(st.lists(st.text("abc de", max_size=60), max_size=30), st.floats(8, 240))
def test_cues_never_overlap_are_readable_and_stay_inside(lines: list[str], duration: float) -> None:
    song = timeline()
    cues = spread_cues(lines, song, start_s=0, duration_s=duration, first_s=4.5, last_s=duration - 3.5)
    for cue in cues:
        assert cue.end_s <= duration
        assert cue.end_s - cue.start_s >= reading_s(cue.text) - 1e-3
    assert all(one.end_s <= two.start_s for one, two in pairwise(cues))
    assert len(cues) <= sum(bool(line.strip()) for line in lines)


def test_all_lines_of_a_usual_song_are_shown_on_downbeats_over_its_whole_length() -> None:
    song = timeline()
    lines = [f"line number {number}" for number in range(8)]
    cues = spread_cues(lines, song, start_s=0, duration_s=136, first_s=4.5, last_s=132)
    assert [cue.text for cue in cues] == lines
    assert all(cue.start_s in song.downbeats for cue in cues)
    assert cues[-1].start_s > 100


def test_a_teasers_cues_are_on_its_own_clock() -> None:
    cues = spread_cues(["one", "two"], timeline(), start_s=41.0, duration_s=30, first_s=0.8, last_s=28)
    assert all((cue.start_s + 41.0) % 2 == pytest.approx(0) for cue in cues)
    assert cues[0].start_s < 5
