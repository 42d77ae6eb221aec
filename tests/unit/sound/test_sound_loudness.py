"""The loudness meter against its standards' own test signals and against two foreign meters."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pyloudnorm
import pytest
import soundfile
from tests.unit.sound.sound_test_song import RATE, Samples, song

from noktvrn.sound.analysis import loudness
from noktvrn.sound.analysis.true_peak import true_peak


def tones(*parts: tuple[float, float], rate: int = 48000, hertz: float = 1000.0) -> Samples:
    """Stereo sine of (dBFS, seconds) parts one after the other."""
    levels = np.concatenate([np.full(round(s * rate), 10 ** (level / 20)) for level, s in parts])
    wave = levels * np.sin(2 * np.pi * hertz * np.arange(levels.size) / rate)
    return np.stack((wave, wave)).astype(np.float32)


def integrated(audio: Samples, rate: int) -> float:
    return loudness.integrated(loudness.powers_of(audio, rate))


@pytest.mark.parametrize("rate", [44100, 48000, 96000])
def test_a_997_hz_sine_at_minus_23_reads_minus_23(rate: int) -> None:
    assert integrated(tones((-23.0, 8.0), rate=rate, hertz=997.0), rate) == pytest.approx(-23.03, abs=0.05)


@pytest.mark.parametrize(
    ("parts", "wanted"),
    [
        (((-36.0, 10.0), (-23.0, 60.0), (-36.0, 10.0)), -23.0),
        (((-72.0, 10.0), (-36.0, 10.0), (-23.0, 60.0), (-36.0, 10.0), (-72.0, 10.0)), -23.0),
        (((-26.0, 20.0), (-20.0, 20.1), (-26.0, 20.0)), -23.0),
    ],
)
def test_the_gates_follow_ebu_tech_3341(parts: tuple[tuple[float, float], ...], wanted: float) -> None:
    assert integrated(tones(*parts), 48000) == pytest.approx(wanted, abs=0.1)


@pytest.mark.parametrize(
    ("levels", "wanted"),
    [
        ((-20.0, -30.0), 10.0),
        ((-20.0, -15.0), 5.0),
        ((-40.0, -20.0), 20.0),
        ((-50.0, -35.0, -20.0, -35.0, -50.0), 15.0),
    ],
)
def test_the_range_follows_ebu_tech_3342(levels: tuple[float, ...], wanted: float) -> None:
    powers = loudness.powers_of(tones(*((level, 20.0) for level in levels)), 48000)
    assert loudness.loudness_range(powers) == pytest.approx(wanted, abs=1.0)


def test_silence_reads_the_floor() -> None:
    powers = loudness.powers_of(np.zeros((2, 5 * RATE), np.float32), RATE)
    assert loudness.integrated(powers) == loudness.FLOOR_DB
    assert loudness.loudness_range(powers) == 0.0


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_it_agrees_with_pyloudnorm(seed: int) -> None:
    audio = song(seed, bpm=90.0 + 20 * seed, tonic=seed, minor=seed % 2 == 0)
    foreign = pyloudnorm.Meter(RATE).integrated_loudness(audio.T.astype(np.float64))
    assert integrated(audio, RATE) == pytest.approx(foreign, abs=0.1)


def test_it_agrees_with_ffmpeg(tmp_path: Path) -> None:
    audio = song(4, seconds=24.0)
    audio *= np.float32(0.9 / np.abs(audio).max())
    soundfile.write(tmp_path / "song.wav", audio.T, RATE, subtype="FLOAT")
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostats", "-i", str(tmp_path / "song.wav")]
    command += ["-af", "ebur128=peak=true", "-f", "null", "-"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stderr.split("Summary:")[1]
    foreign = {name: float(value) for name, value in re.findall(r"(I|LRA|Peak):\s+(-?[\d.]+)", said)}
    powers = loudness.powers_of(audio, RATE)
    assert loudness.integrated(powers) == pytest.approx(foreign["I"], abs=0.1)
    assert loudness.loudness_range(powers) == pytest.approx(foreign["LRA"], abs=0.5)
    assert loudness.decibels(true_peak(audio)) == pytest.approx(foreign["Peak"], abs=0.15)


def test_the_survey_hears_the_same_loudness_and_where_mid_and_side_lie() -> None:
    time = np.arange(5 * RATE) / RATE
    centre, edge = 0.4 * np.sin(2 * np.pi * 100 * time), 0.1 * np.sin(2 * np.pi * 5000 * time)
    audio = np.stack((centre + edge, centre - edge)).astype(np.float32)
    survey = loudness.survey(audio, RATE)
    assert np.allclose(survey.powers, loudness.powers_of(audio, RATE), rtol=1e-4)
    assert np.argmax(survey.mid) * survey.bin_hz == pytest.approx(100, abs=survey.bin_hz)
    assert np.argmax(survey.side) * survey.bin_hz == pytest.approx(5000, abs=survey.bin_hz)
    assert survey.mid.sum() / survey.side.sum() == pytest.approx(16.0, rel=0.01)
