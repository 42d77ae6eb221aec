"""Sections: one where nothing changes, exact ones where textures alternate, the same after an MP3."""

from __future__ import annotations

import io
from functools import cache

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray
from tests.unit.analysis.analysis_rhythms import GROOVES, RATE, band

from noktvrn.model.sound import SectionSpan
from noktvrn.sound.analysis import analyse
from noktvrn.sound.analysis.textures import bar_lines

BAR_S, EACH = 2.0, 8
LEAD_S = 0.3
"""What the bands leave before their first bar."""

Samples = NDArray[np.float32]


@cache
def alternating() -> Samples:
    """Eight bars soft and dull, eight loud and bright, three times over, and the first again, at 120 BPM."""
    audio, _ = band(GROOVES["backbeat"], 120.0, seconds=7 * EACH * BAR_S)
    time = np.arange(audio.shape[1]) / RATE - LEAD_S
    bright = np.floor(time / (EACH * BAR_S)) % 2 == 1
    noise = np.random.Generator(np.random.PCG64(1)).normal(0, 1, time.size)
    hiss = 0.05 * np.diff(noise, prepend=0.0) * np.exp(-12 * (time % 0.25))
    return np.where(bright, audio + hiss, 0.6 * audio).astype(np.float32)


def round_trip(audio: Samples) -> Samples:
    """Through an MP3 and back."""
    carried = io.BytesIO()
    with soundfile.SoundFile(carried, "w", RATE, 2, format="MP3", compression_level=0.6) as out:
        for start in range(0, audio.shape[1], RATE):
            out.write(audio[:, start : start + RATE].T)
    carried.seek(0)
    return np.asarray(soundfile.read(carried, dtype="float32")[0].T)


def told(spans: tuple[SectionSpan, ...]) -> tuple[str, list[float]]:
    return "".join(span.label for span in spans), [span.start_s for span in spans[1:]]


@pytest.mark.parametrize("carried", [False, True])
def test_alternating_textures_are_told_exactly(carried: bool) -> None:
    audio = round_trip(alternating()) if carried else alternating()
    letters, seams = told(analyse(audio, RATE).sections)
    assert letters == "ABABABA"
    assert seams == pytest.approx([LEAD_S + EACH * BAR_S * n for n in range(1, 7)], abs=0.15)


def test_a_drone_and_a_loop_are_one_section() -> None:
    time = np.arange(60 * RATE) / RATE
    drone = sum(np.sin(2 * np.pi * hertz * time) for hertz in (110, 165, 220)) / 6
    assert len(analyse(np.stack((drone, drone)).astype(np.float32), RATE).sections) == 1
    loop, _ = band(GROOVES["backbeat"], 120.0, seconds=60.0)
    assert len(analyse(loop, RATE).sections) == 1


def test_bars_go_on_before_the_first_and_after_the_last_downbeat() -> None:
    lines = bar_lines(np.array([5.0, 7.0, 9.0, 11.0]), 16.4)
    assert lines.tolist() == [1, 3, 5, 7, 9, 11, 13, 15, 16.4]
    assert bar_lines(np.empty(0), 5.0).tolist() == [0, 2, 4]
