"""Every drum of the library: sound at its edges, darker when soft, alive from stroke to stroke, true to its
kind."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import fft

from noktvrn.sound.score import RATE
from noktvrn.sound.style import _library, load_kit
from noktvrn.sound.synthesis.drums import DrumVoice, strike

Sound = NDArray[np.float32]

DRUMS = tuple(_library("drums.toml"))
KITS = tuple(_library("kits.toml"))

COARSE = {name for name, fields in _library("drums.toml").items() if fields.get("crush", 0.0) > 0.3}
"""Out of a coarse sampler: its own noise is brighter than the drum."""

EVERYWHERE = {
    "kick",
    "snare",
    "rim",
    "clap",
    "hat",
    "open",
    "pedal",
    "ride",
    "bell",
    "crash",
    "tom",
    "hightom",
}
EVERYWHERE |= {"lowtom", "shaker", "tamb", "perc", "cowbell", "brush", "snap", "stomp"}


@cache
def stroke(name: str, velocity: float, seed: int = 3) -> Sound:
    return strike(DrumVoice.model_validate(_library("drums.toml")[name]), velocity, seed)


def centroid(sound: Sound) -> float:
    size = fft.next_fast_len(sound.shape[1], real=True)
    bins = np.abs(fft.rfft(sound[0], size)) ** 2
    return float((np.fft.rfftfreq(size, 1.0 / RATE) * bins).sum() / bins.sum())


def fall_s(sound: Sound, db: float = 30.0) -> float:
    """Seconds until the stroke has lost `db` of its loudest 5 ms for good."""
    block = RATE // 200
    power = np.mean(sound[0][: sound.shape[1] // block * block].reshape(-1, block) ** 2, axis=1)
    return float(np.flatnonzero(power > power.max() * 10.0 ** (-db / 10.0))[-1] / 200.0)


@pytest.mark.parametrize("velocity", [0.25, 1.0])
def test_a_drum_is_clean_at_its_edges(velocity: float) -> None:
    for name in DRUMS:
        sound = stroke(name, velocity)
        assert np.isfinite(sound).all(), name
        assert 0.08 < float(np.abs(sound).max()) < 3.2, name
        assert float(np.abs(sound[:, 0]).max()) < 0.05, name
        assert float(np.abs(sound[:, -8:]).max()) < 0.002, name


def test_a_soft_stroke_is_no_brighter() -> None:
    for name in set(DRUMS) - COARSE:
        assert centroid(stroke(name, 0.25)) < 1.12 * centroid(stroke(name, 1.0)), name


def test_players_never_repeat_a_stroke_and_machines_do() -> None:
    for name, fields in _library("drums.toml").items():
        voice = DrumVoice.model_validate(fields)
        first, other = stroke(name, 1.0), stroke(name, 1.0, 2)
        count = min(first.shape[1], other.shape[1])
        apart = float(np.mean((first[:, :count] - other[:, :count]) ** 2) / np.mean(first**2))
        if voice.humour:
            assert apart > 1e-4, name
        elif not (voice.noise or voice.click or voice.plate):
            assert apart == 0.0, name
    again = strike(DrumVoice.model_validate(_library("drums.toml")["snare_studio"]), 1.0, 3)
    assert np.array_equal(again, stroke("snare_studio", 1.0))


def test_a_kit_has_the_voices_any_groove_may_name() -> None:
    for kit in KITS:
        voices = load_kit(kit).voices
        assert voices.keys() >= EVERYWHERE, kit
        for fields in voices.values():
            DrumVoice.model_validate(fields)


def test_hats_stand_where_they_were_measured() -> None:
    """Closed hi-hats have their centroid at 7 to 11 kHz, rides at 4 to 7; a closed pair is gone in a tenth
    of a second, an open one rings on, a crash longest."""
    for name in ("hat_studio", "hat_rock", "hat_909", "hat_808"):
        assert 6500.0 < centroid(stroke(name, 0.8)) < 11_500.0
    assert 4000.0 < centroid(stroke("ride_studio", 0.8)) < 7000.0
    closed, opened, crash = (fall_s(stroke(n, 0.8)) for n in ("hat_studio", "open_studio", "crash_studio"))
    assert 0.03 < closed < 0.12
    assert 3.0 * closed < opened < crash


def test_a_tom_falls_onto_its_pitch_and_has_its_second_mode() -> None:
    sound = stroke("tom_studio", 1.0)[0]
    grid = np.fft.rfftfreq(1 << 16, 1.0 / RATE)

    def loudest(part: Sound, low: float, high: float) -> float:
        bins = np.abs(np.fft.rfft(part * np.hanning(part.size), 1 << 16))
        near = (grid > low) & (grid < high)
        return float(grid[near][int(np.argmax(bins[near]))])

    early, late = sound[200:3500], sound[9000:17_000]
    assert loudest(early, 60.0, 150.0) > loudest(late, 60.0, 150.0) + 1.5
    first = loudest(late, 60.0, 150.0)
    assert abs(loudest(late, 1.4 * first, 1.8 * first) / first - 1.593) < 0.05


def test_wires_answer_the_skin() -> None:
    """Without its wires a snare has lost most of what is above 2 kHz."""
    snare = DrumVoice.model_validate(_library("drums.toml")["snare_studio"])
    grid = np.fft.rfftfreq(1 << 15, 1.0 / RATE)
    bright = []
    for voice in (snare, snare.model_copy(update={"wires": 0.0})):
        bins = np.abs(np.fft.rfft(strike(voice, 0.8, 3)[0], 1 << 15)) ** 2
        bright.append(float(bins[grid > 2000.0].sum()))
    assert bright[0] > 10.0 * bright[1]


def test_a_slap_is_brighter_and_shorter_than_an_open_tone() -> None:
    for slap, tone in (("conga_slap", "conga"), ("djembe_slap", "djembe_tone"), ("tabla_ti", "tabla_na")):
        assert centroid(stroke(slap, 0.8)) > 1.3 * centroid(stroke(tone, 0.8))
        assert fall_s(stroke(slap, 0.8)) < fall_s(stroke(tone, 0.8))


def test_wide_drums_survive_in_mono() -> None:
    for name in DRUMS:
        sound = stroke(name, 1.0)
        if sound.shape[0] == 2:
            assert float(np.mean(sound.mean(axis=0) ** 2)) > 0.45 * float(np.mean(sound**2))
