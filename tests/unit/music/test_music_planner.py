"""The planner: length, tempo, form, words."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noktvrn.kernel.errors import Invalid, NotFound
from noktvrn.model.artist import TempoRange
from noktvrn.model.song import SongPlan
from noktvrn.music.planner import plan_song
from noktvrn.sound.style import load_style, style_ids

STYLES = style_ids()
SUNG = {"verse", "prechorus", "chorus", "bridge"}


def plan(
    style: str = "pop", seconds: int = 174, seed: int = 1, low: int = 60, high: int = 180, mood: str = ""
) -> SongPlan:
    return plan_song(
        genre="g",
        style=style,
        tempo=TempoRange(low=low, high=high),
        modes=("minor", "major"),
        mood=mood,
        duration_s=seconds,
        seed=seed,
    )


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(STYLES),
    st.integers(30, 720),
    st.integers(0, 2**40),
    st.integers(48, 170),
    st.integers(0, 30),
)
def test_a_plan_keeps_its_promises(style: str, seconds: int, seed: int, low: int, span: int) -> None:
    made = plan(style, seconds, seed, low, low + span)
    assert abs(made.duration_s + made.tail_s - seconds) <= 0.05 * seconds
    assert low <= made.tempo_bpm <= low + span
    assert (made.tempo_bpm * 2).is_integer()
    assert max(s.bars for s in made.sections) <= max(0.4 * made.bars, 2)
    for section in made.sections:
        assert bool(section.syllables) == (section.label in SUNG)
        assert len(section.rhyme) == len(section.syllables)
        assert all(4 <= count <= 12 for count in section.syllables)


@given(st.sampled_from(STYLES), st.integers(0, 2**40))
@settings(max_examples=40, deadline=None)
def test_the_same_seed_plans_the_same_song(style: str, seed: int) -> None:
    assert plan(style, seed=seed) == plan(style, seed=seed)


@given(st.sampled_from(STYLES), st.integers(0, 2**40))
@settings(max_examples=60, deadline=None)
def test_lines_can_be_sung_and_choruses_keep_their_shape(style: str, seed: int) -> None:
    made = plan(style, seed=seed, low=70, high=150)
    bar_s = made.bar_s
    shapes: dict[tuple[str, int], set[tuple[int, ...]]] = {}
    for section in made.sections:
        if section.syllables:
            rate = sum(section.syllables) / (section.bars * bar_s)
            assert rate <= 6.0
            shapes.setdefault((section.label, section.bars), set()).add(section.syllables)
    assert all(len(found) == 1 for found in shapes.values())


def test_rhyming_lines_are_equally_long() -> None:
    for section in plan().sections:
        by_letter: dict[str, set[int]] = {}
        for letter, count in zip(section.rhyme, section.syllables, strict=True):
            by_letter.setdefault(letter, set()).add(count)
        assert all(len(counts) == 1 for counts in by_letter.values())


def test_seeds_differ_and_moods_lean() -> None:
    assert len({plan(seed=seed).digest() for seed in range(20)}) == 20
    dark = sum(plan(seed=seed, mood="dark").mode == "minor" for seed in range(60))
    bright = sum(plan(seed=seed, mood="happy").mode == "minor" for seed in range(60))
    assert dark > 40 > bright


@pytest.mark.parametrize("seconds", [0, 29, 721])
def test_a_length_nobody_can_play_is_refused(seconds: int) -> None:
    with pytest.raises(Invalid) as caught:
        plan(seconds=seconds)
    assert "30 to 720" in caught.value.hint


def test_an_unknown_style_is_named_with_those_there_are() -> None:
    with pytest.raises(NotFound) as caught:
        plan("polka")
    assert "techno" in caught.value.hint


@pytest.mark.parametrize("seed", range(1, 9))
def test_a_blues_keeps_its_twelve_bars(seed: int) -> None:
    made = plan("blues", 180, seed, 84, 96)
    choruses = [section.bars for section in made.sections if section.label in ("verse", "chorus")]
    assert sum(bars == 12 for bars in choruses) >= len(choruses) - 1


@pytest.mark.parametrize("style", ["post_rock", "dnb", "house", "pop", "techno"])
def test_no_song_opens_with_a_peak_its_forms_do_not_open_with(style: str) -> None:
    written = {form.split(":")[0] for form in load_style(style).forms}
    for seed in range(6):
        first = plan(style, 100, seed, 100, 120).sections[0].label
        assert first not in ("chorus", "drop") or first in written


def test_a_long_dance_tune_brings_both_strains_back() -> None:
    made = plan("celtic", 240, 3, 104, 116)
    labels = [section.label for section in made.sections]
    longest = max(len(run.split()) for run in " ".join(labels).split("verse"))
    assert longest <= 6
