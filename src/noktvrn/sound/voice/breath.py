"""Air: aspiration through the vowel, frication of consonants, and the breath taken before a phrase."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from noktvrn.sound.score import RATE
from noktvrn.sound.voice import tract
from noktvrn.sound.voice.character import Voice
from noktvrn.sound.voice.gestures import Course

Floats = NDArray[np.float64]
Samples = NDArray[np.float32]

HOP = 512
SIZE = 1024
_BINS = SIZE // 2 + 1
_COARSE = 4
"""The vowel in the air is drawn on every fourth bin: nobody hears finer in noise."""
_AIR = 0.14
"""Breath at the lips and teeth, above the resonances, against the loudest formant."""
_INHALED = np.array([600.0, 1500.0, 2600.0, 3600.0, 4300.0])


def noise(
    path: Course, formants: Floats, level: Floats, times: Floats, voice: Voice, rng: np.random.Generator
) -> Samples:
    """The air of a breath group: (len(times) - 1) * HOP samples, `times` being HOP samples apart."""
    steady = 0.04 * voice.breath * level
    aspiration = steady + _sum(path, times, breathed=True)
    shape = aspiration[:, None] * _through(formants)
    for start, length, loud, centre in path.hiss:
        if centre:
            level = loud * _window(times, start, length)
            heard = np.flatnonzero(level)
            shape[heard] += level[heard, None] * _band(centre)
    return _shaped(shape, rng)[: (times.size - 1) * HOP]


def _sum(path: Course, times: Floats, *, breathed: bool) -> Floats:
    total = np.zeros(times.size)
    for start, length, loud, centre in path.hiss:
        if breathed == (centre == 0.0):
            total += loud * _window(times, start, length)
    return total


def _window(times: Floats, start: float, length: float) -> Floats:
    """A hump over [start, start + length]; one narrower than a frame still reaches the nearest."""
    half = max(0.5 * length, 0.6 * HOP / RATE)
    return np.asarray(np.clip(1.0 - np.abs(times - start - 0.5 * length) / half, 0.0, 1.0))


def _through(formants: Floats) -> Floats:
    """The vowel's magnitude response, white noise in mind: level 1 at its loudest formant."""
    coarse = _grid()[::_COARSE].astype(np.float32)
    hertz = np.broadcast_to(coarse, (formants.shape[0], coarse.size))
    gain = np.abs(tract.response(hertz, formants, widened=2.0))
    gain *= np.minimum(1.0, (coarse / 900.0) ** 2)
    gain /= gain.max(axis=1, keepdims=True) + 1e-9
    gain += _AIR * np.clip(coarse / 4000.0 - 0.5, 0.0, 4000.0 / np.maximum(coarse, 1.0))
    return np.asarray(np.repeat(gain, _COARSE, axis=1)[:, :_BINS])


def _grid() -> Floats:
    return np.linspace(0.0, RATE / 2.0, _BINS)


@cache
def _band(centre: float) -> Floats:
    """A broad hump around `centre` Hz, half an octave to each side."""
    octaves = np.log2(np.maximum(_grid(), 20.0) / centre)
    return np.asarray(np.exp(-0.5 * (octaves / 0.45) ** 2))


def _shaped(shape: Floats, rng: np.random.Generator) -> Samples:
    """Noise with the magnitudes of each row of `shape`, rows HOP samples apart, overlapped with constant
    power."""
    white = _white()
    spectrum = white[rng.integers(0, white.shape[0], shape.shape[0])] * shape.astype(np.float32)
    frames = fft.irfft(spectrum, SIZE, axis=1, overwrite_x=True) * np.float32(np.sqrt(SIZE) * 4.0)
    frames *= np.sin(np.pi * (np.arange(SIZE, dtype=np.float32) + 0.5) / SIZE)
    out = np.zeros((shape.shape[0] + 1) * HOP, np.float32)
    out[:-HOP] += frames[:, :HOP].ravel()
    out[HOP:] += frames[:, HOP:].ravel()
    return out[HOP // 2 :]


@cache
def _white() -> NDArray[np.complex64]:
    """Spectra of white noise to draw from: nobody hears one of hundreds come back."""
    rng = np.random.Generator(np.random.PCG64(0x61697200))
    return rng.standard_normal((384, _BINS, 2), np.float32).view(np.complex64)[..., 0]


def puffs(phase: Floats) -> Samples:
    """How the glottis lets air pass within a period: most while it is open, none of it ever quite shut."""
    turn = (phase - np.floor(phase)).astype(np.float32)
    return np.asarray(0.7 + 0.6 * (4.0 * turn * (1.0 - turn) - 0.5), np.float32)


def inhalation(rest_s: float, voice: Voice, rng: np.random.Generator) -> Samples:
    """The breath taken in a rest, as long as the rest allows; empty when there is no time for one."""
    length = min(0.42, rest_s - 0.25)
    if length < 0.12:
        return np.zeros(0, np.float32)
    frames = round(length * RATE / HOP)
    swell = np.sin(np.pi * np.linspace(0.08, 1.0, frames)) ** 1.5
    shape = (0.012 * (0.4 + voice.breath) * swell)[:, None] * _through(np.tile(_INHALED, (frames, 1)))
    return np.asarray(0.11 * _shaped(shape, rng), np.float32)
