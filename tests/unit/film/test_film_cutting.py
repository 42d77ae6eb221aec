"""The cutting list of films made from clips."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noktvrn.film.clips import Clip
from noktvrn.film.cutting import SEEN, SHORTEST_S, SLOWEST, Cut, cut_footage
from noktvrn.model.sound import SectionSpan, Timeline

FPS = 30
PARTS = (("intro", 8, 0.2), ("verse", 16, 0.4), ("chorus", 16, 1.0), ("bridge", 8, 0.3), ("chorus", 16, 0.9))


def song(parts: tuple[tuple[str, float, float], ...] = PARTS, bar: float = 2.0) -> Timeline:
    spans, moment = [], 0.0
    for label, length, energy in parts:
        spans.append(SectionSpan(label=label, start_s=moment, end_s=moment + length, energy=energy))
        moment += length
    bars = tuple(np.arange(0, moment, bar).tolist()) if bar else ()
    return Timeline(
        duration_s=moment,
        tempo_bpm=120,
        key="C",
        beats=bars,
        downbeats=bars,
        sections=tuple(spans),
        chords=(),
    )


def clip(seconds: float = 10.0, stir: float = 1.0, fps: float = 25.0) -> Clip:
    motion = np.full(max(1, int(seconds)), stir, np.float32)
    return Clip(Path("x.mp4"), 1920, 1080, seconds, fps, motion, 40, 200, 0, 0, (0.5, 0.5))


def cut(clips: list[Clip], timeline: Timeline | None = None, seed: int = 1) -> tuple[Cut, ...]:
    timeline = timeline or song()
    frames = round(timeline.duration_s * FPS)
    return cut_footage(timeline, clips, start_s=0.0, frames=frames, fps=FPS, seed=seed)


@given(
    st.lists(
        st.tuples(st.floats(1.5, 30), st.floats(0.1, 9), st.sampled_from([24.0, 25, 30, 60])), max_size=9
    ),
    st.lists(st.tuples(st.sampled_from(["verse", "chorus"]), st.floats(1, 40), st.floats(0, 1)), min_size=1),
    st.sampled_from([0.0, 1.3, 2.0, 4.5]),
    st.floats(0, 0.5),
    st.integers(0, 9),
)
@settings(max_examples=40)
def test_cuts_fill_the_film_and_no_clip_is_seen_twice_in_a_row_too_often_or_frozen(
    clips: list[tuple[float, float, float]],
    parts: list[tuple[str, float, float]],
    bar: float,
    share: float,
    seed: int,
) -> None:
    timeline, reels = song(tuple(parts), bar), [clip(*one) for one in clips]
    start = share * timeline.duration_s
    frames = max(1, round((timeline.duration_s - start) * FPS))
    cuts = cut_footage(timeline, reels, start_s=start, frames=frames, fps=FPS, seed=seed)
    assert cuts[0].shot.first == 0
    assert cuts[-1].shot.last == frames
    assert all(one.shot.last == two.shot.first for one, two in pairwise(cuts))
    assert all(one.clip is None or one.clip != two.clip for one, two in pairwise(cuts))
    seen = [0.0] * len(reels)
    for one in cuts:
        if one.clip is None:
            continue
        length = one.shot.frames / FPS * one.part.speed
        assert one.part.start_s >= 0
        assert one.part.start_s + length <= reels[one.clip].duration_s + 1e-3, "it would freeze"
        floor = 0.5 if reels[one.clip].fps > 45 else SLOWEST
        assert floor - 1e-3 <= one.part.speed <= 1
        seen[one.clip] += length
    assert all(got <= SEEN * reel.duration_s + 0.01 for got, reel in zip(seen, reels, strict=True))


def test_the_same_seed_cuts_the_same_and_another_one_otherwise() -> None:
    clips = [clip(8.0 + number, 1.0) for number in range(8)]
    assert cut(clips) == cut(clips)
    assert any(one.clip != two.clip for one, two in zip(cut(clips), cut(clips, seed=2), strict=True))


def test_cuts_are_on_downbeats_and_quicker_where_the_song_is_loud() -> None:
    cuts = cut([clip(12.0, 1 + number) for number in range(10)])
    assert all(one.shot.first / FPS % 2 == pytest.approx(0) for one in cuts)
    assert all(one.clip is not None for one in cuts)
    lengths = {
        label: np.mean([one.shot.frames / FPS for one in cuts if one.shot.label == label])
        for label in ("intro", "chorus")
    }
    assert lengths["chorus"] == pytest.approx(2.0)
    assert lengths["intro"] == pytest.approx(4.0)
    assert min(one.shot.frames for one in cuts) >= SHORTEST_S * FPS


def test_lively_clips_go_to_the_loud_parts() -> None:
    clips = [clip(20.0, stir) for stir in (0.2, 0.3, 0.4, 5.0, 6.0, 7.0)]
    cuts = cut(clips, song((("intro", 12, 0.1), ("chorus", 6, 1.0))))
    filmed = [(one.clip, one.shot.label) for one in cuts if one.clip is not None]
    assert max(place for place, label in filmed if label == "intro") <= 2
    assert min(place for place, label in filmed if label == "chorus") >= 3


def test_every_clip_is_used_before_one_is_used_again() -> None:
    places = [one.clip for one in cut([clip(12.0, 1 + number) for number in range(7)])]
    assert sorted(places[:7], key=str) == list(range(7))


def test_where_footage_is_scarce_the_loud_parts_have_it_and_the_rest_is_drawn() -> None:
    cuts = cut([clip(5.0), clip(5.0, 2.0)])
    filmed = {one.shot.label for one in cuts if one.clip is not None}
    assert filmed == {"chorus"}
    assert any(one.clip is None for one in cuts)
    drawn = [one for one in cuts if one.clip is None]
    assert all(
        (one.shot.label, one.shot.take) != (two.shot.label, two.shot.take) for one, two in pairwise(drawn)
    )


def test_one_clip_alone_takes_turns_with_drawn_scenes() -> None:
    cuts = cut([clip(30.0)], song((("chorus", 16, 1.0),)))
    assert any(one.clip == 0 for one in cuts)
    assert any(one.clip is None for one in cuts)


def test_without_clips_it_is_the_list_of_drawn_scenes() -> None:
    assert all(one.clip is None for one in cut([]))
    assert [one.shot.label for one in cut([])] == [label for label, _, _ in PARTS]


def test_calm_parts_slow_down_clips_of_a_high_rate() -> None:
    cuts = cut([clip(30.0, fps=60.0), clip(30.0, fps=25.0)], song((("intro", 16, 0.1),)))
    speeds = {one.clip: one.part.speed for one in cuts if one.clip is not None}
    assert speeds[0] == pytest.approx(0.5)
    assert speeds[1] == pytest.approx(1.0)
