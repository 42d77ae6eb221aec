"""A voice of our own: glottal source and vocal tract, sung as cycles that change shape.

Every 512 samples the harmonics of the source, shaped by the formants of that moment, become one period of
the wave; the phase of the pitch curve reads these periods and blends each into the next. That is additive
synthesis of every harmonic with amplitudes and phases interpolated, at the price of a table look-up.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from noktvrn.kernel.seeds import derive_seed
from noktvrn.sound.score import RATE
from noktvrn.sound.voice import breath, glottis, tract
from noktvrn.sound.voice.character import Voice
from noktvrn.sound.voice.gestures import LEAD_S, TRAIL_S, Course, course, effort
from noktvrn.sound.voice.intonation import pitch_curve, vibrato_depth, wander
from noktvrn.sound.voice.phrase import Tone, Vocal, breath_groups

Floats = NDArray[np.float64]
Samples = NDArray[np.float32]

HOP = 512
"""Samples between two shapes of the wave."""
STEP = 128
"""Samples between two values of pitch and level."""
TABLE = 2048
LEVEL = 0.11
"""Keeps the loudest notes near -6 dBFS."""

_WIDEST_HZ = 1300.0
"""Where F1 lies in a mouth that opens no further."""

_LOUDEST = 2.0
"""Level of the loudest shapes: pitches nobody sings would lie on a resonance and scream."""


def sing(syllables: Iterable[Vocal], voice: Voice, samples: int, seed: int) -> Samples:
    """All syllables as `samples` mono samples, dry. The same arguments give the same bytes."""
    stem = np.zeros(samples, np.float32)
    last_end = 0.0
    for number, group in enumerate(breath_groups(list(syllables))):
        rng = np.random.Generator(np.random.PCG64(derive_seed(seed, "breath group", number)))
        first = max(0, round((group[0].start_s - LEAD_S) * RATE))
        _add(stem, first, _group(group, voice, first, rng))
        inhaled = breath.inhalation(group[0].start_s - last_end, voice, rng)
        _add(stem, round((group[0].start_s - LEAD_S) * RATE) - inhaled.size, inhaled)
        last_end = group[-1].end_s
    return stem


def _add(stem: Samples, first: int, sound: Samples) -> None:
    low, high = max(0, first), min(stem.size, first + sound.size)
    if high > low:
        stem[low:high] += sound[low - first : high - first]


def _group(group: Sequence[Vocal], voice: Voice, first: int, rng: np.random.Generator) -> Samples:
    """One breath group, from sample `first` on."""
    blocks = int(np.ceil(((group[-1].end_s + TRAIL_S) * RATE - first) / HOP))
    tones = [tone for syllable in group for tone in syllable.tones]
    path = course(group, voice)
    times = (first + STEP * np.arange(blocks * (HOP // STEP) + 1)) / RATE
    pitch = pitch_curve(tones, times, voice, rng)
    level = _level(path, tones, times, voice, rng)
    hertz = 440.0 * 2.0 ** ((pitch - 69.0) / 12.0)
    phase = np.cumsum(_stretched(hertz / RATE))
    shapes = _shapes(path, tones, times[:: HOP // STEP], hertz[:: HOP // STEP], voice)
    wave = _read(_cycles(*shapes, voice), phase)
    noise = breath.noise(path, shapes[1], level[:: HOP // STEP], times[:: HOP // STEP], voice, rng)
    noise *= breath.puffs(phase)
    wave *= _stretched(level).astype(np.float32)
    return np.asarray(LEVEL * (wave + noise), np.float32)


def _stretched(values: Floats) -> Floats:
    """Values every `STEP` samples as values every sample."""
    ramp = np.arange(STEP) / STEP
    return np.asarray((values[:-1, None] + np.diff(values)[:, None] * ramp).ravel())


def _level(
    path: Course, tones: Sequence[Tone], times: Floats, voice: Voice, rng: np.random.Generator
) -> Floats:
    """How loud the voice is: what the gestures leave of it, effort, shimmer and the pulse of vibrato."""
    at, value = path.voice
    opened = np.interp(times, at, value[:, 0])
    opened *= 0.5 - 0.5 * np.cos(np.pi * np.clip((times - at[0] + 0.05) / 0.06, 0.0, 1.0))
    loud = 10.0 ** (14.0 * (effort(tones, times) - 0.8) / 20.0)
    shimmer = 1.0 + 0.03 * wander(times.size, STEP / RATE, 60.0, rng)
    pulse = 1.0 + 0.03 * vibrato_depth(tones, times, voice) * wander(times.size, STEP / RATE, 6.0, rng)
    return np.asarray(opened * loud * shimmer * pulse)


def _shapes(
    path: Course, tones: Sequence[Tone], times: Floats, hertz: Floats, voice: Voice
) -> tuple[Floats, Floats, Floats, Floats]:
    """Per frame: pitch in Hz, F1..F5 in Hz, how shut the mouth is, and Rd of the source."""
    at, logs = path.formants
    formants = np.exp(np.stack([np.interp(times, at, logs[:, n]) for n in range(5)], axis=1))
    # A singer opens the mouth rather than let the pitch rise above F1 (Sundberg, STL-QPSR 1975).
    formants[:, 0] = np.maximum(formants[:, 0], np.minimum(1.03 * hertz, _WIDEST_HZ))
    formants[:, 1] = np.maximum(formants[:, 1], formants[:, 0] + 200.0)
    formants[:, 2] = np.maximum(formants[:, 2], formants[:, 1] + 250.0)
    closed_at, closed = path.closure
    force = effort(tones, times)
    opening = np.interp(times, path.voice[0], path.voice[1][:, 0])
    rd = voice.rd * (1.5 - 0.65 * force) * (1.0 + 0.8 * np.clip(0.7 - opening, 0.0, 1.0))
    return hertz, formants, np.interp(times, closed_at, closed[:, 0]), rd


def _cycles(hertz: Floats, formants: Floats, closure: Floats, rd: Floats, voice: Voice) -> Samples:
    """One period of the wave per frame: (frames, TABLE + 1), the last sample repeating the first."""
    count = int(min(glottis.HARMONICS, tract.TOP_HZ / hertz.min()))
    at = (hertz[:, None] * np.arange(1, count + 1)).astype(np.float32)
    lines = tract.response(at, formants, widened=1.0 + 0.4 * voice.breath)
    lines *= tract.upper(at, 1.0 + 0.15 * voice.tract)
    lines *= glottis.spectra(rd, count)
    lines *= tract.closed(at, closure)
    loud = np.sqrt(np.sum(lines.real**2 + lines.imag**2, axis=1))
    open_loud = loud / np.maximum(tract.closed(at[:, :1], closure)[:, 0], 0.2)
    evened = np.minimum(open_loud**0.25, _LOUDEST) / np.maximum(open_loud, 1e-6)
    lines *= evened[:, None].astype(np.float32)
    spectrum = np.zeros((hertz.size, TABLE // 2 + 1), np.complex64)
    spectrum[:, 1 : count + 1] = lines
    table = np.empty((hertz.size, TABLE + 1), np.float32)
    table[:, :TABLE] = fft.irfft(spectrum, TABLE, axis=1, overwrite_x=True) * np.float32(TABLE / 2)
    table[:, TABLE] = table[:, 0]
    return table


def _read(table: Samples, phase: Floats) -> Samples:
    """The periods read at `phase` (in periods), each blended into the next over its `HOP` samples."""
    blocks = phase.size // HOP
    place = (phase - np.floor(phase)) * TABLE
    whole = place.astype(np.int32)
    share = (place - whole).astype(np.float32)
    index = whole.reshape(blocks, HOP) + (np.arange(blocks, dtype=np.int32) * (TABLE + 1))[:, None]
    index = index.ravel()
    flat = table.ravel()
    blend = np.tile(np.arange(HOP, dtype=np.float32) / HOP, blocks)
    now = _between(flat, index, share)
    index += TABLE + 1
    now += (_between(flat, index, share) - now) * blend
    return now


def _between(flat: Samples, index: NDArray[np.int32], share: Samples) -> Samples:
    low = flat.take(index)
    return np.asarray(low + (flat.take(index + 1) - low) * share)
