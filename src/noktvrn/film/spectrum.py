"""What the eye hears: log bands of a song at the film's own frame rate, ready to drive pictures.

Frame i looks at the window *centred* on i/fps, so pictures neither lead nor lag the sound; levels rise at
once and fall by a fixed share per frame, as the needles of good meters do.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from noktvrn.film.yuv import Floats

BANDS = 64
LOW_HZ, HIGH_HZ = 38.0, 15_000.0
WINDOW_S = 0.085
RANGE_DB = 34.0
RELEASE = 0.86  # per frame at 30 frames a second
_TILT_DB = 3.0  # music falls by about 3 dB an octave; undone, so that the right-hand bands move too
_CHUNK = 256


@dataclass(frozen=True, slots=True)
class Spectrum:
    """Per film frame: `bands` (frames, BANDS), `bass`, `level` and `air` (frames,), all float32 0..1."""

    bands: Floats
    bass: Floats
    level: Floats
    air: Floats

    def part(self, start: int, frames: int) -> Spectrum:
        """The frames from `start` on; past the end the last ones fade to nothing."""
        index = np.arange(start, start + frames)
        inside = (index < len(self.level)).astype(np.float32)
        index = np.minimum(index, len(self.level) - 1)
        return Spectrum(
            self.bands[index] * inside[:, None],
            self.bass[index] * inside,
            self.level[index] * inside,
            self.air[index] * inside,
        )


def read_mono(path: Path) -> tuple[Floats, int]:
    """A sound file as mono float32 and its rate, read in blocks so stereo never lies in memory whole."""
    with soundfile.SoundFile(str(path)) as source:
        blocks = [
            block.mean(axis=1, dtype=np.float32)
            for block in source.blocks(blocksize=1 << 18, dtype="float32", always_2d=True)
        ]
        rate = int(source.samplerate)
    return (np.concatenate(blocks) if blocks else np.zeros(1, np.float32)), rate


def analyse(mono: Floats, rate: int, *, fps: int) -> Spectrum:
    """The spectrum of a whole song for a film of `fps` frames a second."""
    power = _band_power(mono, rate, fps)
    decibels = 10.0 * np.log10(power + 1e-12) + _tilt()
    top = np.percentile(decibels, 98.5, axis=0)
    # Half of each band's own ceiling, half of the song's: quiet bands stay quieter without lying dead.
    ceiling = 0.5 * top + 0.5 * float(top.max())
    heights = np.clip((decibels - ceiling) / RANGE_DB + 1.0, 0.0, 1.0).astype(np.float32)
    bass_bands = int(np.searchsorted(_edges(), 130.0))
    air_bands = int(np.searchsorted(_edges(), 5_000.0))
    release = RELEASE ** (30.0 / fps)
    return Spectrum(
        bands=_released(heights**1.4, release),
        bass=_released(_stretched(power[:, :bass_bands].sum(axis=1)), release**1.3),
        level=_released(_stretched(power.sum(axis=1), 30.0), 0.94 ** (30.0 / fps)),
        air=_released(_stretched(power[:, air_bands:].sum(axis=1)), release**1.6),
    )


def _edges() -> NDArray[np.float64]:
    return np.geomspace(LOW_HZ, HIGH_HZ, BANDS + 1)


def _tilt() -> Floats:
    centres = np.sqrt(_edges()[1:] * _edges()[:-1])
    return (_TILT_DB * np.log2(centres / LOW_HZ)).astype(np.float32)


def _band_power(mono: Floats, rate: int, fps: int) -> Floats:
    size = 1 << round(np.log2(WINDOW_S * rate))
    frames = max(1, int(np.ceil(len(mono) / rate * fps)))
    padded = np.pad(mono, (size // 2, size))
    window = np.hanning(size).astype(np.float32)
    mix = _band_matrix(rate, size)
    power = np.empty((frames, BANDS), dtype=np.float32)
    for first in range(0, frames, _CHUNK):
        starts = np.round(np.arange(first, min(first + _CHUNK, frames)) * rate / fps).astype(np.int64)
        cut = np.lib.stride_tricks.sliding_window_view(padded, size)[starts] * window
        spectrum = np.abs(np.fft.rfft(cut, axis=1)).astype(np.float32) ** 2
        power[first : first + len(starts)] = spectrum @ mix
    return power


def _band_matrix(rate: int, size: int) -> Floats:
    """(bins, BANDS) weights: each band is a triangle at least one bin wide, so low bands are never empty."""
    bins = np.arange(size // 2 + 1) * rate / size
    edges, step = _edges(), rate / size
    centres = np.sqrt(edges[1:] * edges[:-1])
    reach = np.maximum(edges[1:] - edges[:-1], step)
    weights = np.clip(1.0 - np.abs(bins[:, None] - centres) / reach, 0.0, None)
    return np.asarray(weights / np.maximum(weights.sum(axis=0), 1e-9), dtype=np.float32)


def _stretched(power: Floats, range_db: float = 20.0) -> Floats:
    decibels = 10.0 * np.log10(power + 1e-12)
    top = float(np.percentile(decibels, 97.0))
    return np.asarray(np.clip((decibels - top) / range_db + 1.0, 0.0, 1.0), dtype=np.float32)


def _released(heights: Floats, release: float) -> Floats:
    """Rises at once, falls by `release` a frame."""
    rows = heights.reshape(len(heights), -1).copy()
    for row in range(1, len(rows)):
        np.maximum(rows[row], rows[row - 1] * np.float32(release), out=rows[row])
    return rows.reshape(heights.shape)
