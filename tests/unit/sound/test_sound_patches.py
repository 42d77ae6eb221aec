"""Every patch of the library over its register: in tune, alive, clean at its edges, darker when soft."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray
from pydantic import TypeAdapter
from scipy import fft

from noktvrn.model.sound import SoundIdentity
from noktvrn.sound.patch import AnalogPatch, Patch, SustainedPatch
from noktvrn.sound.score import RATE
from noktvrn.sound.style import _library
from noktvrn.sound.synthesis import analog
from noktvrn.sound.synthesis.instrument import Instrument, in_hands
from noktvrn.sound.synthesis.piano import inharmonicity, prompt_fall
from noktvrn.sound.synthesis.timbre import hertz
from noktvrn.sound.synthesis.voices import in_time

Sound = NDArray[np.float32]

IDENTITY = SoundIdentity(seed=5, style="pop")
PATCHES = tuple(_library("patches.toml"))

QUICK = {
    "piano", "felt_piano", "rhodes", "wurli", "clav", "jazz_organ", "church_organ", "vibes", "glock",
    "steel_pan", "nylon", "steel", "sitar", "clean_guitar", "drive_guitar", "upright", "slap_bass",
    "violin", "strings", "trumpet", "brass_stabs", "flute", "clarinet", "sax", "choir_ah", "reese",
    "acid", "bass_808", "hoover", "supersaw", "morph_pad", "sync_lead", "saw_lead", "fm_bell", "warm_pad",
    "log_drum",
}  # fmt: skip
EVERY = [pytest.param(name, marks=() if name in QUICK else pytest.mark.long) for name in PATCHES]
"""The whole library is tried by the long suite, an instrument of every kind always."""

_OSCILLATORS = ("sustained", "analog", "wavetable", "electric_piano", "fm")

REGISTER = {"bass": (28, 43), "low": (40, 55), "high": (72, 84)}
"""MIDI pitches a patch is tried at; anything else at `MIDDLE`."""
MIDDLE = (52, 69)

LOW = {
    "sub_bass", "saw_bass", "pulse_bass", "fm_bass", "bass_808", "bass_808_glide", "bass_808_hard",
    "sub_sine", "dub_bass", "growl_sub", "log_drum", "donk_bass", "organ_bass", "upright", "finger_bass",
    "pick_bass", "slap_bass", "fretless_bass", "reese", "neuro_bass", "wobble_bass", "growl_bass",
    "moog_bass", "rubber_bass", "acid", "arco_bass", "strings_low", "tuba", "timpani",
}  # fmt: skip
HIGH = {"piccolo", "glock", "crotales", "celesta", "music_box", "toy_piano", "tin_whistle", "xylophone"}

UNPITCHED = {"noise_sweep", "church_bell", "tubular_bells", "gamelan", "singing_bowl", "timpani", "fm_bell"}
UNPITCHED |= {"bell_pluck", "dx_keys", "balafon"}
"""Bells, kettles and noise: their partials stand in no row, or the pitch heard is none of them."""

SLIDING = {"bass_808_glide", "hoover", "growl_bass", "neuro_bass", "screech_lead", "theremin", "rave_stab"}
SLIDING |= {"vocal_chop", "rubber_bass", "shakuhachi", "wobble_bass"}
"""Those whose pitch is meant to be somewhere else for most of a note, or not one pitch."""


@cache
def patch(name: str) -> Patch:
    found: Patch = TypeAdapter(Patch).validate_python(_library("patches.toml")[name])
    return found


def register(name: str) -> tuple[int, int]:
    return REGISTER["bass"] if name in LOW else REGISTER["high"] if name in HIGH else MIDDLE


@cache
def note(name: str, pitch: int, velocity: float, variant: int = 0, seconds: float = 0.9) -> Sound:
    player = Instrument(name, patch(name), IDENTITY, 0.0, 0.0)
    return np.asarray(player.take((pitch,), seconds, velocity, variant).sound(), dtype=np.float32)


def power(sound: Sound, size: int = 1 << 17) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Frequencies and power of the mid signal under a Hann window, on a grid of RATE / size."""
    mono = sound.mean(axis=0)
    bins = np.abs(fft.rfft(mono * np.hanning(mono.size).astype(np.float32), size)) ** 2
    grid = np.arange(size // 2 + 1, dtype=np.float64) * (RATE / size)
    return grid, np.asarray(bins, dtype=np.float64)


def centroid(sound: Sound) -> float:
    """The centre of gravity of the power from 60 Hz on, in Hz."""
    frequencies, bins = power(sound)
    weight = bins * (frequencies > 60.0)
    return float((weight * frequencies).sum() / weight.sum())


def middle_cents(sound: Sound, pitch: int) -> float:
    """How far the middle of the power round the first two harmonics, within 60 cents, stands from the
    pitch."""
    frequencies, bins = power(sound)
    found = []
    for harmonic in (1, 2):
        cents = 1200.0 * np.log2(np.maximum(frequencies, 1.0) / (hertz(pitch) * harmonic))
        near = np.abs(cents) < 60.0
        found.append((float((cents[near] * bins[near]).sum() / bins[near].sum()), float(bins[near].sum())))
    return sum(cents * share for cents, share in found) / sum(share for _, share in found)


def cents_off(sound: Sound, pitch: int) -> float:
    """How far the row of the first harmonics stands from the pitch, by the best comb within 60 cents."""
    frequencies, bins = power(sound, 1 << 19)
    tried = np.arange(-60.0, 60.5, 1.0)
    ratio = 2.0 ** (tried / 1200.0)
    score = np.zeros(tried.size)
    for harmonic in range(1, 7):
        centre = hertz(pitch) * harmonic
        here = np.sqrt(np.interp(centre * ratio, frequencies, bins))
        score += here / (1.0 + 0.15 * harmonic)
    best = int(np.argmax(score))
    if 0 < best < tried.size - 1:
        left, middle, right = score[best - 1 : best + 2]
        return float(tried[best] + 0.5 * (left - right) / (left - 2.0 * middle + right))
    return float(tried[best])


@pytest.mark.parametrize("name", EVERY)
def test_a_patch_sounds_over_its_register(name: str) -> None:
    for pitch in register(name):
        for velocity in (0.25, 1.0):
            sound = note(name, pitch, velocity)
            assert np.isfinite(sound).all()
            assert sound.shape[0] in (1, 2)
            assert 0.02 < float(np.abs(sound).max()) < 4.0
            assert float(np.abs(sound[:, :2]).max()) < 0.03
            assert float(np.abs(sound[:, -16:]).max()) < 0.01
            assert abs(float(sound.mean())) < 0.004


@pytest.mark.parametrize("name", EVERY)
def test_a_patch_is_in_tune(name: str) -> None:
    if name in UNPITCHED | SLIDING:
        pytest.skip("has no one pitch")
    low, high = register(name)
    for pitch in (low, high):
        steady = note(name, pitch, 0.75, 0, 1.6)[:, round(0.12 * RATE) :]
        off = middle_cents(steady, pitch) if steady.shape[0] == 2 else cents_off(steady, pitch)
        assert abs(off) < 5.0


@pytest.mark.parametrize("name", EVERY)
def test_softer_is_darker(name: str) -> None:
    chosen = patch(name)
    if chosen.engine in ("ensemble", "organ") or chosen.velocity_tone < 0.1 or name == "noise_sweep":
        pytest.skip("has no touch")
    pitch = register(name)[0]
    dark, bright = (np.mean([centroid(note(name, pitch, v, i, 0.5)) for i in range(3)]) for v in (0.25, 1.0))
    assert dark < 1.02 * bright


def _airs(chosen: SustainedPatch | AnalogPatch) -> tuple[float, float]:
    return (chosen.breath, chosen.chiff) if isinstance(chosen, SustainedPatch) else (chosen.noise, chosen.sub)


@pytest.mark.parametrize("name", EVERY)
def test_nothing_folds_back(name: str) -> None:
    """Between the harmonics of a high clean note there is nothing an oscillator could have mirrored."""
    chosen = patch(name)
    if name == "noise_sweep":
        pytest.skip("is noise")
    sound = note(name, 84, 1.0)
    frequencies, bins = power(sound)
    airy = isinstance(chosen, SustainedPatch | AnalogPatch) and max(_airs(chosen)) > 0.2
    assert 10.0 * np.log10(bins[frequencies > 19_000.0].sum() / bins.sum()) < (-30.0 if airy else -38.0)
    below = bins[(frequencies > 30.0) & (frequencies < 0.4 * hertz(72))].sum()
    if not chosen.drive and not airy and name not in UNPITCHED and chosen.engine in _OSCILLATORS:
        assert 10.0 * np.log10(below / bins.sum()) < -25.0


@pytest.mark.parametrize("name", EVERY)
def test_both_sides_survive_in_mono(name: str) -> None:
    sound = note(name, register(name)[1], 0.75)
    if sound.shape[0] == 2:
        mid = float(np.mean(sound.mean(axis=0) ** 2))
        assert mid > 0.4 * float(np.mean(sound**2))


@pytest.mark.parametrize("name", ["nylon", "steel", "violin", "trumpet", "flute", "acid", "upright", "sitar"])
def test_variants_differ_and_a_seed_does_not(name: str) -> None:
    first, other = note(name, 55, 0.75, 0), note(name, 55, 0.75, 1)
    count = min(first.shape[1], other.shape[1])
    apart = float(np.mean((first[:, :count] - other[:, :count]) ** 2)) / float(np.mean(first**2))
    assert apart > 0.001
    again = Instrument(name, patch(name), IDENTITY, 0.0, 0.0).take((55,), 0.9, 0.75, 0).sound()
    assert np.array_equal(first, again)


def test_artists_hold_different_instruments() -> None:
    for name in ("piano", "trumpet", "nylon", "rhodes", "organ", "vibes", "reese"):
        hands = [in_hands(patch(name), SoundIdentity(seed=seed, style="pop"), "keys") for seed in (1, 2)]
        assert hands[0] != hands[1]
        assert hands[0].engine == patch(name).engine


def test_brass_opens_with_loudness_as_measured() -> None:
    """Risset 1966: the harmonics of a trumpet around 2 kHz gain 10 dB and more on the first from p to ff."""

    def tilt_db(velocity: float) -> float:
        frequencies, bins = power(note("trumpet", 62, velocity)[:, 8000:])
        high = bins[(frequencies > 1800.0) & (frequencies < 3500.0)].sum()
        return float(10.0 * np.log10(high / bins[(frequencies > 250.0) & (frequencies < 340.0)].sum()))

    assert tilt_db(1.0) - tilt_db(0.25) > 10.0


def test_a_clarinet_has_odd_harmonics_and_a_flute_little_above_the_fourth() -> None:
    frequencies, bins = power(note("clarinet", 52, 0.75)[:, 8000:])

    def level(sound: NDArray[np.float64], hertz_: float) -> float:
        near = np.abs(frequencies - hertz_) < 0.03 * hertz_
        return float(10.0 * np.log10(sound[near].sum()))

    base = hertz(52)
    assert level(bins, 3 * base) - level(bins, 2 * base) > 8.0
    _, flute = power(note("flute", 72, 0.75)[:, 8000:])
    assert level(flute, hertz(72)) - level(flute, 5 * hertz(72)) > 18.0


def test_a_piano_is_as_stiff_and_as_long_as_measured() -> None:
    """Rigaud et al. 2013 and Martin 1947: B near 3e-4 at middle C and 0.01 at the top; treble dies in a
    second."""
    assert 2.0e-4 < inharmonicity(60) < 5.0e-4
    assert 0.005 < inharmonicity(105) < 0.03
    assert prompt_fall(33) > 10.0 > prompt_fall(60) > 5.0 > 1.0 > prompt_fall(108)
    frequencies, bins = power(note("piano", 48, 0.75))
    base, n = hertz(48), 9
    stretched = n * base * np.sqrt((1 + inharmonicity(48) * n**2) / (1 + inharmonicity(48)))
    near = np.abs(frequencies - n * base) < 0.03 * n * base
    found = frequencies[near][int(np.argmax(bins[near]))]
    assert abs(1200.0 * np.log2(found / stretched)) < 4.0


def test_a_guitar_speaks_with_its_air_and_its_top() -> None:
    """The thump of a muffled high note has the body's modes near 100 and 200 Hz in it."""
    frequencies, bins = power(note("nylon", 76, 1.0)[:, : round(0.25 * RATE)])
    air = bins[(frequencies > 85.0) & (frequencies < 120.0)].sum()
    top = bins[(frequencies > 185.0) & (frequencies < 225.0)].sum()
    between = bins[(frequencies > 135.0) & (frequencies < 165.0)].sum()
    assert min(air, top) > 3.0 * between


def test_players_of_a_section_are_many() -> None:
    """A section beats: its envelope moves where one player's stands still."""
    section, solo = patch("strings"), patch("violin")
    assert isinstance(section, SustainedPatch) and isinstance(solo, SustainedPatch)
    assert section.players > 1 == solo.players

    def unrest(name: str) -> float:
        mono = note(name, 64, 0.75).mean(axis=0)[round(0.3 * RATE) : round(0.85 * RATE)]
        levels = np.sqrt(np.mean(mono[: mono.size // 1024 * 1024].reshape(-1, 1024) ** 2, axis=1))
        return float(levels.std() / levels.mean())

    assert unrest("strings") > 1.5 * unrest("violin")


def test_a_wobble_counted_in_beats_keeps_to_the_song() -> None:
    slow, quick = (in_time(patch("wobble_bass"), 60.0 / tempo) for tempo in (70.0, 140.0))
    assert isinstance(slow, AnalogPatch) and isinstance(quick, AnalogPatch)
    assert slow.lfo_hz == pytest.approx(70.0 / 60.0 / 0.5)
    assert quick.lfo_hz == pytest.approx(2.0 * slow.lfo_hz)
    assert in_time(patch("piano"), 0.5) == patch("piano")


@pytest.mark.parametrize("voices", range(1, 8))
def test_unison_voices_stand_evenly_around_the_middle(voices: int) -> None:
    patch = AnalogPatch(engine="analog", wave="saw", voices=voices)
    level = np.square(analog.play(patch, 57, 1.5, 0.8, 12.0, 3)).mean(axis=1)
    assert abs(10 * np.log10(level[0] / level[-1])) < 1.5
