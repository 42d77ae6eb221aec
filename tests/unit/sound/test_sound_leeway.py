"""Chords make room for the tune, and the scenes open at the peaks."""

from __future__ import annotations

import numpy as np
import pytest
from tests.unit.sound.test_sound_song import plan, score

from noktvrn.sound.composition.arrangement import compose
from noktvrn.sound.composition.leeway import give_way
from noktvrn.sound.mixing.scenes import side_gain, widen
from noktvrn.sound.score import Note
from noktvrn.sound.signature import make_identity
from noktvrn.sound.style import PartStyle, load_style, style_ids


def _part(name: str, line: str) -> PartStyle:
    return PartStyle.model_validate(
        {"name": name, "bus": "harmony", "patches": ("piano",), "line": line, "play": ("all",)}
    )


def test_a_chord_note_beside_a_held_tune_is_left_out_and_a_short_one_stays() -> None:
    tune = (Note(0.0, 2.0, 64, 0.8),)
    chords = (Note(0.0, 4.0, 63, 0.7), Note(0.0, 4.0, 67, 0.7), Note(1.0, 0.25, 65, 0.7))
    kept = give_way({"keys": chords, "lead": tune}, (_part("keys", "chords"), _part("lead", "melody")))
    assert kept["lead"] == tune
    assert [note.pitch for note in kept["keys"]] == [67, 65]


@pytest.mark.parametrize("style", style_ids())
def test_no_chord_rubs_against_a_held_tune(style: str) -> None:
    for seed in range(3):
        made = score(style, seed)
        lines = {part.name: part.line for part in load_style(style).parts}
        tunes = [n for name, notes in made.parts.items() if lines[name] == "melody" for n in notes]
        chords = [n for name, notes in made.parts.items() if lines[name] == "chords" for n in notes]
        held = [n for n in tunes if n.length >= 0.7 and n.start < made.beats - 4]
        for note in (c for c in chords if c.length >= 0.7 and c.start < made.beats - 4):
            for other in (t for t in held if abs(t.pitch - note.pitch) == 1):
                overlap = min(note.start + note.length, other.start + other.length)
                assert overlap - max(note.start, other.start) < 0.6


def test_peaks_stand_wider_than_verses_and_the_middle_stays() -> None:
    made = score("house")
    verse, peak = made.sections[1], made.sections[2]
    assert side_gain(peak, 1.0) > 1.2 > 1.0 > side_gain(verse, 1.0)
    bus = np.random.Generator(np.random.PCG64(1)).standard_normal((2, made.samples)).astype(np.float32)
    before = bus.copy()
    widen(bus, made, 1.0)
    assert np.abs(bus.sum(axis=0) - before.sum(axis=0)).max() < 1e-5
    place = made.sample(peak.start) + 22_050
    sides = [np.std(b[0, place : place + 44_100] - b[1, place : place + 44_100]) for b in (bus, before)]
    assert sides[0] / sides[1] == pytest.approx(side_gain(peak, 1.0), rel=1e-3)


def test_long_sections_take_a_short_fill_every_eight_bars() -> None:
    base = plan("rock", bars=(2, 4, 16, 2))
    made = compose(base, make_identity(1, "rock", moods=[]))
    peak = made.sections[2]
    bars = [
        sum(
            1
            for h in made.hits
            if peak.start + 4 * b <= h.start < peak.start + 4 * b + 4 and "tom" in h.voice
        )
        + sum(
            1
            for h in made.hits
            if peak.start + 4 * b + 2.5 <= h.start < peak.start + 4 * b + 4 and h.voice == "snare"
        )
        for b in range(16)
    ]
    assert bars[7] > max(bars[:7])
