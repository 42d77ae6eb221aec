"""Repetition and figures are what was planted."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.unit.composition.composition_samples import on_the_shelf, small_style, song_of

from noktvrn.sound.composition import figures as room
from noktvrn.sound.composition.figures import figures
from noktvrn.sound.composition.variation import repeated_blocks
from noktvrn.sound.score import ChordSlot, Gesture, Hit, Note, Score
from noktvrn.sound.theory import Chord

C_MAJOR = Chord(0, (0, 4, 7), "")


def planted(notes: tuple[Note, ...], **more: object) -> Score:
    """16 bars of C major with a tune."""
    _, score = song_of(small_style((4, 4)))
    parts = dict.fromkeys(score.parts, ()) | {"lead": notes}
    sections = (replace(score.sections[0], start=0.0, length=64.0, bars=16),)
    bare = replace(score, parts=parts, hits=(), gestures=(), beats=64.0, sections=sections, swing=0.0)
    return replace(bare, chords=(ChordSlot(0.0, 64.0, C_MAJOR),), **more)  # type: ignore[arg-type]


def bar_of_notes(bar: int, *pitches: int) -> tuple[Note, ...]:
    return tuple(Note(4.0 * bar + i, 1.0, pitch, 0.8) for i, pitch in enumerate(pitches))


def whole(*bars: tuple[int, ...]) -> tuple[Note, ...]:
    return tuple(note for i, pitches in enumerate(bars) for note in bar_of_notes(i, *pitches))


def read(score: Score) -> dict[str, object]:
    style = small_style((4, 4))
    plan, _ = song_of(style)
    with on_the_shelf(style), pytest.MonkeyPatch.context() as patch:
        patch.setattr(room, "load_style", lambda _: style)
        return figures(score, plan).model_dump()


def test_the_same_eight_bars_twice_are_found_and_a_changed_note_or_gesture_is_not() -> None:
    bars = [(60 + i, 64, 67, 60) for i in range(8)]
    score = planted(whole(*bars, *bars))
    assert repeated_blocks(score) == [32.0]
    assert repeated_blocks(replace(score, gestures=(Gesture(40.0, 4.0, "passing", 0.5),))) == []
    assert repeated_blocks(replace(score, hits=(Hit(3.5, "snare", 0.4),))) == []
    louder = tuple(replace(n, velocity=0.2) if n.start == 33.0 else n for n in score.parts["lead"])
    quiet = replace(score, parts={**score.parts, "lead": louder})
    assert repeated_blocks(quiet) == []
    assert repeated_blocks(quiet, layers=1) == [32.0]


def test_a_block_that_repeats_off_the_eight_bar_grid_is_found() -> None:
    bars = [(60 + i, 64) for i in range(4)]
    score = planted(whole((72,), *bars, *bars, (71,), (70,)))
    assert repeated_blocks(score, bars=4) == [20.0]
    assert repeated_blocks(score) == []


def test_figures_read_what_is_there() -> None:
    found = read(planted(whole((60, 62, 64, 65), (60, 62, 64, 65), (72, 60, 60, 60), (61, 61, 61, 61))))
    assert found["chord_tone_rate"] == found["chord_tone_rate_overall"] == pytest.approx(8 / 16)
    assert found["motif_recurrence"] == pytest.approx(2 / 4)
    assert found["range_semitones"] == 12
    assert found["step_share"] == pytest.approx(7 / 15, abs=1e-4)
    assert found["leap_share"] == pytest.approx(2 / 15, abs=1e-4)
    assert found["empty_beat_rate"] == pytest.approx(48 / 64)
    assert found["groove"] == 1.0
    assert found["syncopation"] == 0.0


def test_entropy_is_in_bits_and_a_held_off_beat_is_a_syncopation() -> None:
    four = read(planted(whole((60, 62, 64, 65))))
    assert four["pitch_class_entropy"] == pytest.approx(2.0)
    late = tuple(Note(i + 0.75, 1.0, 60, 0.8) for i in range(8))
    assert read(planted(late))["syncopation"] == 1.0


def test_a_song_without_a_tune_has_no_figures_of_one() -> None:
    found = read(planted(()))
    assert found["chord_tone_rate"] == found["motif_recurrence"] == found["pitch_class_entropy"] == 0.0
    assert found["empty_beat_rate"] == 1.0
