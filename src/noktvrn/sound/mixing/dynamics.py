"""Dynamics of a bus: a compressor that holds it together, a crushed copy under it, saturation.

Both compressors are gain curves over blocks of 256 samples; a copy of the same sound mixed under itself is
a gain too, so parallel compression costs no second bus. Thresholds follow the music around (six seconds),
or a chorus would be pressed down to its verse.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from noktvrn.sound.gain import apply_gain
from noktvrn.sound.score import RATE
from noktvrn.sound.synthesis.spectrum import Samples

Figures = NDArray[np.float64]

BLOCK = 256
_CHUNK = 1 << 15
_PROGRAMME_S = 6.0
_FLOOR_DB = -50.0
_GLUE_RATIO, _GLUE_ATTACK_S, _GLUE_RELEASE_DB, _GLUE_MOST_DB = 2.2, 0.02, 25.0, 5.0
_CRUSH_RATIO, _CRUSH_ATTACK_S, _CRUSH_RELEASE_DB, _CRUSH_MOST_DB = 5.0, 0.004, 90.0, 12.0


def compress(bus: Samples, glue: float, parallel: float) -> None:
    """Bus compression by `glue` (0..1), then a crushed copy at level `parallel` (0..1) under `bus` (2, n),
    in place and about as loud as before."""
    if not glue and not parallel:
        return
    level = levels(bus)
    home = _programme(level)
    down = glue * _reduction(level, home, _GLUE_RATIO, _GLUE_ATTACK_S, _GLUE_RELEASE_DB, _GLUE_MOST_DB)
    gain = 10.0 ** (-down / 20.0)
    if parallel:
        crushed = _reduction(level, home, _CRUSH_RATIO, _CRUSH_ATTACK_S, _CRUSH_RELEASE_DB, _CRUSH_MOST_DB)
        lifted = 10.0 ** ((_CRUSH_MOST_DB / 2.0 - crushed) / 20.0)
        gain *= (1.0 + parallel * lifted) / (1.0 + parallel)
    nodes = np.concatenate([gain[:1], (gain[1:] + gain[:-1]) / 2.0, gain[-1:]])
    apply_gain(bus, nodes, BLOCK)


def saturate(bus: Samples, drive: float) -> None:
    """tanh at the same loudness, in place: peaks rounded."""
    amount = np.float32(1.0 + drive)
    for start in range(0, bus.shape[1], _CHUNK):
        piece = bus[:, start : start + _CHUNK]
        piece *= amount
        np.tanh(piece, out=piece)
        piece *= np.float32(1.0) / amount


def levels(bus: Samples) -> Figures:
    """Level of each block of `bus` (channels, n) in dB, not below -50."""
    blocks = -(-bus.shape[1] // BLOCK)
    power = np.zeros(blocks)
    for channel in bus:
        whole = channel[: channel.size // BLOCK * BLOCK].reshape(-1, BLOCK)
        power[: whole.shape[0]] += np.einsum("ij,ij->i", whole, whole)
    return np.asarray(10.0 * np.log10(np.maximum(power / (len(bus) * BLOCK), 10.0 ** (_FLOOR_DB / 10.0))))


def _programme(level: Figures) -> Figures:
    """The mean level of `_PROGRAMME_S` around each block, in dB."""
    width = min(level.size, max(1, round(_PROGRAMME_S * RATE / BLOCK)))
    power = np.pad(10.0 ** (level / 10.0), (width // 2, width - width // 2), mode="edge")
    sums = np.cumsum(power)
    return np.asarray(10.0 * np.log10((sums[width:] - sums[:-width]) / width))


def _reduction(
    level: Figures, home: Figures, ratio: float, attack_s: float, release_db: float, most_db: float
) -> Figures:
    """dB (0 to `most_db`) a compressor takes away: above the programme by `ratio`, let go at `release_db` a
    second."""
    reach = np.exp(-np.arange(32) * BLOCK / RATE / attack_s)
    risen = 10.0 * np.log10(np.convolve(10.0 ** (level / 10.0), reach / reach.sum())[: level.size])
    over = np.clip((risen - home) * (1.0 - 1.0 / ratio), 0.0, most_db)
    slope = release_db * BLOCK / RATE * np.arange(over.size)
    return np.asarray(np.maximum.accumulate(over + slope) - slope)
