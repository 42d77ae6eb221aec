"""Filters that move: a low-pass that opens or closes over a stretch of a bus, a band that glides."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from noktvrn.sound.score import RATE
from noktvrn.sound.synthesis.spectrum import Curve, Samples

_WINDOW = 4096
_HALF = _WINDOW // 2
_BATCH = 16
"""Frames transformed at once: a multiple of four, because the transform works on four rows at a time."""

Response = Callable[[Curve], Curve]
"""Octaves from the bins (frames, bins) to a corner, as gains."""


def sweep_low_pass(
    bus: Samples, start: int, stop: int, first_hz: float, last_hz: float, rate: int = RATE
) -> None:
    """Filters bus[:, start:stop] in place through a low-pass (24 dB an octave) that glides from `first_hz`
    to `last_hz`, by the octave. Less than two windows is left alone."""
    if stop - start >= 2 * _WINDOW:
        _sweep(bus[:, start:stop], first_hz, last_hz, _low_pass, rate)


def sweep_band(bus: Samples, first_hz: float, last_hz: float) -> None:
    """Filters all of `bus` in place through a band of about an octave that glides."""
    _sweep(bus, first_hz, last_hz, _band, RATE)


def split(sound: Curve, curves: Sequence[Callable[[Curve], Curve]]) -> list[Curve]:
    """`sound` (n,) through equaliser curves (gains of frequencies in Hz), without delay, one result each.

    Overlapping frames under a window: curves may be as steep as 20 Hz.
    """
    frames = -(-(-(-sound.size // _HALF) + 1) // _BATCH) * _BATCH
    source = np.zeros((frames + 1) * _HALF, np.float32)
    source[_HALF : _HALF + sound.size] = sound
    views = np.lib.stride_tricks.sliding_window_view(source, _WINDOW)[::_HALF]
    hertz = np.maximum(np.arange(_HALF + 1, dtype=np.float32) * np.float32(RATE / _WINDOW), np.float32(1.0))
    gains = [curve(hertz) for curve in curves]
    outs = [np.zeros_like(source) for _ in curves]
    for first in range(0, frames, _BATCH):
        bins = fft.rfft(views[first : first + _BATCH] * _window(), axis=1)
        for out, gain in zip(outs, gains, strict=True):
            shaped = fft.irfft(bins * gain, _WINDOW, axis=1) * _window()
            here = out[first * _HALF : (first + _BATCH + 1) * _HALF]
            here[:-_HALF] += shaped[:, :_HALF].reshape(-1)
            here[_HALF:] += shaped[:, _HALF:].reshape(-1)
    return [out[_HALF : _HALF + sound.size] for out in outs]


def _low_pass(octaves: Curve) -> Curve:
    return np.asarray(np.float32(1.0) / (np.float32(1.0) + np.exp2(np.float32(4.0) * octaves)))


def _band(octaves: Curve) -> Curve:
    return np.asarray(np.exp(np.float32(-1.4) * octaves * octaves))


def _sweep(piece: Samples, first_hz: float, last_hz: float, response: Response, rate: int) -> None:
    channels, count = piece.shape
    frames = -(-(-(-count // _HALF) + 1) // _BATCH) * _BATCH
    source = np.zeros((channels, (frames + 1) * _HALF), np.float32)
    source[:, _HALF : _HALF + count] = piece
    views = np.lib.stride_tricks.sliding_window_view(source, _WINDOW, axis=1)[:, ::_HALF]
    pitch = np.log2(first_hz) + np.arange(frames) * (np.log2(last_hz / first_hz) * _HALF / count)
    before = np.zeros((channels, _HALF), np.float32)
    for first in range(0, frames, _BATCH):
        corner = np.clip(pitch[first : first + _BATCH], *sorted((np.log2(first_hz), np.log2(last_hz))))
        gains = response(_octaves(rate)[None, :] - corner[:, None].astype(np.float32))
        bins = fft.rfft(views[:, first : first + _BATCH] * _window(), axis=2) * gains
        heard = fft.irfft(bins, _WINDOW, axis=2) * _window()
        heard[:, 1:, :_HALF] += heard[:, :-1, _HALF:]
        heard[:, 0, :_HALF] += before
        before = heard[:, -1, _HALF:]
        place = (first - 1) * _HALF
        flat = heard[:, :, :_HALF].reshape(channels, -1)[:, max(0, -place) : count - place]
        piece[:, max(0, place) : max(0, place) + flat.shape[1]] = flat


@cache
def _window() -> Curve:
    """The root of a Hann window: twice applied, halves that overlap add up to one."""
    turn = 2.0 * np.pi * np.arange(_WINDOW) / _WINDOW
    return np.asarray(np.sqrt(0.5 - 0.5 * np.cos(turn)), dtype=np.float32)


@cache
def _octaves(rate: int) -> NDArray[np.float32]:
    """The pitch of each bin in octaves above 1 Hz."""
    hertz = np.maximum(np.arange(_HALF + 1) * (rate / _WINDOW), 1.0)
    return np.asarray(np.log2(hertz), dtype=np.float32)
