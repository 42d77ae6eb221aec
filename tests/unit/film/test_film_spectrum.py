"""The spectrum follows the sound: where it is, when it is, and how it falls."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from noktvrn.film.spectrum import BANDS, HIGH_HZ, LOW_HZ, analyse, read_mono
from noktvrn.film.yuv import Floats

RATE, FPS = 44_100, 30


def sine(hertz: float, seconds: float = 2.0) -> Floats:
    return (0.5 * np.sin(2 * np.pi * hertz * np.arange(round(RATE * seconds)) / RATE)).astype(np.float32)


@pytest.mark.parametrize("hertz", [55, 110, 440, 1000, 4000, 11_000])
def test_a_tone_lights_its_own_band(hertz: float) -> None:
    spectrum = analyse(sine(hertz), RATE, fps=FPS)
    expected = int(np.log(hertz / LOW_HZ) / np.log(HIGH_HZ / LOW_HZ) * BANDS)
    assert abs(int(spectrum.bands[30].argmax()) - expected) <= 1


def test_a_click_is_seen_in_its_own_frame() -> None:
    sound = np.zeros(RATE * 2, np.float32)
    sound[RATE : RATE + 400] = sine(60, 1.0)[:400] * 2
    spectrum = analyse(sound, RATE, fps=FPS)
    assert abs(int(spectrum.bass.argmax()) - FPS) <= 2


def test_levels_rise_at_once_and_fall_slowly() -> None:
    sound = np.concatenate([np.zeros(RATE, np.float32), sine(80, 1.0), np.zeros(RATE, np.float32)])
    bass = analyse(sound, RATE, fps=FPS).bass
    assert bass[25] < 0.1
    assert bass[34] > 0.8
    assert 0.2 < bass[64] < bass[60]
    assert bass[85] < 0.05


def test_all_levels_lie_between_0_and_1_whatever_the_sound() -> None:
    for sound in (
        np.zeros(RATE, np.float32),
        np.ones(RATE, np.float32),
        sine(300, 0.01),
        np.zeros(1, np.float32),
    ):
        spectrum = analyse(sound, RATE, fps=FPS)
        for levels in (spectrum.bands, spectrum.bass, spectrum.level, spectrum.air):
            assert np.isfinite(levels).all()
            assert levels.min() >= 0
            assert levels.max() <= 1


def test_a_part_past_the_end_is_silent() -> None:
    part = analyse(sine(200, 1.0), RATE, fps=FPS).part(20, 30)
    assert part.bands.shape == (30, BANDS)
    assert part.level[5] > 0.5
    assert part.level[15:].max() == 0


def test_stereo_is_read_as_mono(tmp_path: Path) -> None:
    path = tmp_path / "två.flac"
    soundfile.write(path, np.stack([sine(300, 0.5), np.zeros(RATE // 2, np.float32)], axis=1), RATE)
    mono, rate = read_mono(path)
    assert rate == RATE
    assert mono == pytest.approx(sine(300, 0.5) / 2, abs=1e-3)
