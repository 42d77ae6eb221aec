"""The tune: a syllable a note, a motif that returns, one climax a section, leaps that are turned back."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.effort import looks
from tests.unit.composition.composition_samples import METERS, small_style, song_of, song_of_shelf

from noktvrn.sound.composition.meter import Meter
from noktvrn.sound.composition.motif import fragments, mirrored, moved, other_tail
from noktvrn.sound.composition.rhythm import displaced, places
from noktvrn.sound.score import Score, SungNote
from noktvrn.sound.style import style_ids
from noktvrn.sound.theory import TURNS

STYLES = style_ids()
SEEDS = st.integers(0, 2**40)


def by_section(score: Score) -> dict[int, list[SungNote]]:
    found: dict[int, list[SungNote]] = defaultdict(list)
    for note in score.sung:
        found[note.section].append(note)
    return found


@settings(max_examples=looks(5, 30), deadline=None)
@given(st.sampled_from(STYLES), SEEDS, st.integers(30, 360))
def test_every_syllable_of_the_plan_has_one_note(style: str, seed: int, seconds: int) -> None:
    plan, score = song_of_shelf(style, seed, seconds)
    wanted = [
        (number, line, syllable)
        for number, section in enumerate(plan.sections)
        for line, count in enumerate(section.syllables)
        for syllable in range(count)
    ]
    assert [(n.section, n.line, n.syllable) for n in score.sung] == wanted
    for before, after in pairwise(score.sung):
        assert after.start > before.start
        assert before.start + before.length <= after.start + 1e-6
    for note in score.sung:
        section = score.sections[note.section]
        assert section.start - 1e-6 <= note.start < section.end


@settings(max_examples=looks(4, 20), deadline=None)
@given(st.sampled_from(STYLES), SEEDS)
def test_tunes_are_singable(style: str, seed: int) -> None:
    _, score = song_of_shelf(style, seed, 150)
    for notes in by_section(score).values():
        pitches = [note.pitch for note in notes]
        assert max(pitches) - min(pitches) <= 16
        top = [i for i, pitch in enumerate(pitches) if pitch == max(pitches)]
        assert len(top) == 1
        moves = [b - a for a, b in pairwise(pitches)]
        assert sum(abs(move) <= 5 for move in moves) / len(moves) >= 0.75
        assert max(map(abs, moves)) <= 14


def test_the_climax_comes_at_two_thirds_and_choruses_lie_higher_than_verses() -> None:
    shares, higher = [], []
    for seed in range(looks(6, 10)):
        _, score = song_of_shelf("pop", seed, 180)
        heights: dict[str, list[int]] = defaultdict(list)
        for number, notes in by_section(score).items():
            section = score.sections[number]
            peak = max(notes, key=lambda note: note.pitch)
            shares.append((peak.start - section.start) / section.length)
            heights[section.label] += [note.pitch for note in notes]
        higher.append(max(heights["chorus"]) > max(heights["verse"]))
    assert 0.55 <= sum(shares) / len(shares) <= 0.75
    assert sum(0.45 <= share <= 0.87 for share in shares) / len(shares) >= 0.9
    assert sum(higher) / len(higher) >= 0.9


def test_leaps_are_turned_back_and_lines_breathe() -> None:
    recovered, breaths = [], []
    for seed in range(looks(5, 8)):
        _, score = song_of_shelf("folk", seed, 150)
        for notes in by_section(score).values():
            for a, b, c in zip(notes, notes[1:], notes[2:], strict=False):
                if abs(b.pitch - a.pitch) >= 6 and a.line == c.line:
                    recovered.append((b.pitch - a.pitch) * (c.pitch - b.pitch) <= 0)
            breaths += [
                after.start - before.start - before.length
                for before, after in pairwise(notes)
                if after.line != before.line
            ]
    assert sum(recovered) / len(recovered) >= 0.8
    assert sum(breath >= 0.25 for breath in breaths) / len(breaths) >= 0.95


def test_the_last_syllable_of_a_line_is_its_longest() -> None:
    _, score = song_of_shelf("pop", 5, 180)
    lines: dict[tuple[int, int], list[SungNote]] = defaultdict(list)
    for note in score.sung:
        lines[note.section, note.line].append(note)
    longest = [notes[-1].length >= max(n.length for n in notes[:-1]) - 0.3 for notes in lines.values()]
    assert sum(longest) / len(longest) >= 0.7


def test_a_song_that_ends_with_words_ends_on_the_last_syllable() -> None:
    style = small_style((4, 4))
    ending = style.model_copy(update={"forms": ("intro:4 verse:8 chorus:8 verse:8 chorus:8 chorus:8",)})
    for seed in range(6):
        plan, score = song_of(ending, seed, seconds=80)
        assert plan.sections[-1].label == "chorus"
        last = score.sung[-1]
        assert last.length > 2.0
        assert last.start == pytest.approx(score.beats - 4.0)
        assert last.pitch % 12 in score.chords[-1].chord.pitch_classes
        assert last.pitch % 12 in (plan.tonic, (plan.tonic + 3) % 12, (plan.tonic + 4) % 12)


def test_the_motif_can_be_moved_mirrored_and_broken_up() -> None:
    shape = (0, 2, 1, 3)
    assert moved(shape, 2) == (2, 4, 3, 5)
    assert mirrored(shape) == (0, -2, -1, -3)
    assert other_tail(shape, 2) == (0, 2, 3, 1)
    assert fragments(shape, 3, 1)[:7] == (0, 2, 1, 1, 3, 2, 2)
    assert len(set(TURNS)) == len(TURNS)


@given(st.sampled_from(sorted(METERS)), st.integers(1, 14), st.integers(1, 8), st.booleans())
def test_rhythms_have_their_syllables_in_time(
    meter: tuple[int, int], count: int, bars: int, halves: bool
) -> None:
    style = small_style(meter)
    steps = bars * METERS[meter]
    found = places(count, steps, style.cells, Meter(style.groups), halves=halves)
    assert len(found) == count
    assert list(found) == sorted(set(found))
    assert found[0] >= 0
    assert found[-1] < steps
    assert displaced(found, 2, steps)[-1] < steps


def test_rhythms_are_the_cells_own_where_these_suffice() -> None:
    cell = "x--x--x-x-x-----"
    assert places(6, 32, (cell,), Meter((4, 4, 4, 4)), halves=False) == [0, 3, 6, 8, 10, 16]
    assert places(4, 64, (cell,), Meter((4, 4, 4, 4)), halves=True)[:2] == [0, 8]
