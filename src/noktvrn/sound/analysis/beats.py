"""Beats: the places in a recording that a foot taps, at a known tempo.

Most records are made to a click: there an even grid is the answer, laid where the strokes gather. Where the
pulse drifts, dynamic programming finds the chain of moments that collects most accent while its steps stay
near the beat (D. Ellis, "Beat tracking by dynamic programming", 2007). On the beat or between: a vote of
kick, snare and turns of the harmony over bars of four.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from noktvrn.sound.analysis.onsets import ONSET_RATE, Onsets
from noktvrn.sound.analysis.tempo import accents, beat_phase

Figures = NDArray[np.float64]

PARTS = 24
"""Places in a beat at which the curves are read."""

_TIGHTNESS = 120.0
_BLUR = 1 / 32
_STRETCH, _NEAR, _STEADY = 8, 1 / 12, 0.8

# Fitted as the weights of the tempo are.
_ON_GRID, _OFF_GRID = 1.2, 0.9
_SNARE, _BACKBEAT, _KICK = 0.3, 0.6, 0.2
_TURN, _TURNS_EVERYWHERE = 2.5, -2.7


@dataclass(frozen=True)
class Beats:
    """Beats in seconds (n,), and whether they lie on one even grid."""

    seconds: Figures
    steady: bool

    @property
    def bpm(self) -> float | None:
        """Beats a minute of an even grid; None where the pulse drifts or there are no two beats."""
        if not self.steady or self.seconds.size < 2:
            return None
        return 60.0 * (self.seconds.size - 1) / float(self.seconds[-1] - self.seconds[0])


def beats(heard: Onsets, turning: Figures, bpm: float) -> Beats:
    """The beats of the onset curves at about `bpm`; `turning` (frames of the onset curves,) says how much the
    harmony changes."""
    beat = 60.0 * ONSET_RATE / bpm
    curves = Curves(heard, turning)
    chain = np.arange(beat_phase(heard, beat), heard.full.size - 1, beat)
    steady = chain.size > 1 and _is_even(in_beats(curves.accent, chain))
    if not steady:
        chain = _chain(_blurred(curves.accent, beat), beat)
    if chain.size < 8:
        return Beats(chain / ONSET_RATE, steady)
    chain = _extended(chain + _shift(curves, chain) * beat, heard.full.size)
    if steady:
        chain = _settled(curves.accent, chain)
    return Beats(chain / ONSET_RATE, steady)


class Curves:
    """The curves that tell where a beat and a bar begin, each (frames,)."""

    def __init__(self, heard: Onsets, turning: Figures) -> None:
        self.accent = accents(heard)
        self.full = heard.full / max(float(heard.full.std()), 1e-9)
        self.kick, self.snare = heard.kick, heard.snare
        self.turning = (turning - turning.mean()) / max(float(turning.std()), 1e-9)


def in_beats(curve: Figures, chain: Figures) -> Figures:
    """A curve read at `PARTS` even places of every beat of a chain of frames: (beats - 1, PARTS)."""
    at = chain[:-1, None] + np.diff(chain)[:, None] * np.arange(PARTS) / PARTS
    return np.asarray(np.interp(at, np.arange(curve.size), curve))


def _is_even(read: Figures) -> bool:
    """Whether stretches of eight beats keep the place of their strokes within the beat."""
    stretches = read[: read.shape[0] // _STRETCH * _STRETCH].reshape(-1, _STRETCH, PARTS).mean(axis=1)
    if stretches.shape[0] < 2:
        return True
    likeness = fft.irfft(fft.rfft(stretches) * np.conj(fft.rfft(read.mean(axis=0))), PARTS)
    away = np.argmax(likeness, axis=1)
    # A stretch that stresses the half beats is still on the grid.
    off_grid = np.abs((away + PARTS // 4) % (PARTS // 2) - PARTS // 4) / PARTS
    weights = stretches.std(axis=1) + 1e-9
    return float(weights[off_grid <= _NEAR].sum() / weights.sum()) >= _STEADY


def _blurred(curve: Figures, beat: float) -> Figures:
    spread = max(1.0, beat * _BLUR)
    reach = int(3 * spread)
    taps = np.exp(-0.5 * (np.arange(-reach, reach + 1) / spread) ** 2)
    return np.convolve(curve, taps / taps.sum(), "same")


def _chain(curve: Figures, beat: float) -> Figures:
    """Frames of the best chain of beats."""
    steps = np.arange(-round(2 * beat), -max(1, round(beat / 2)) + 1)
    cost = -_TIGHTNESS * np.log(-steps / beat) ** 2
    score = curve / max(float(curve.std()), 1e-9)
    back = np.full(curve.size, -1, dtype=np.intp)
    for frame in range(-int(steps[0]), curve.size):
        first = frame + int(steps[0])
        reached = score[first : first + steps.size] + cost
        best = int(reached.argmax())
        score[frame] += reached[best]
        back[frame] = first + best
    last = max(0, curve.size - round(beat))
    chain = [last + int(score[last:].argmax())]
    while back[chain[-1]] >= 0:
        chain.append(int(back[chain[-1]]))
    return np.array(chain[::-1], dtype=np.float64)


def _shift(curves: Curves, chain: Figures) -> float:
    """By which quarter of a beat the chain has to move to lie on the beats."""
    quarters = np.arange(4) * PARTS // 4
    scores = [_likely(curves, chain, int(quarter)) for quarter in quarters]
    return (0.0, 0.25, 0.5, -0.25)[int(np.argmax(scores))]


def _likely(curves: Curves, chain: Figures, shift: int) -> float:
    """How likely the beats lie `shift` parts after the chain."""
    full, kick, snare, turn = (
        _bar(in_beats(curve, chain), shift)
        for curve in (curves.full, curves.kick, curves.snare, curves.turning)
    )
    on = np.arange(4) * PARTS
    off = on + PARTS // 2
    backbeat = abs(snare[on[0]] + snare[on[2]] - snare[on[1]] - snare[on[3]]) / max(snare[on].sum(), 1e-9)
    return float(
        _ON_GRID * full[on].mean()
        + _OFF_GRID * full[off].mean()
        + _SNARE * (snare[on].mean() - snare[off].mean())
        + _BACKBEAT * backbeat
        + _KICK * (kick[on].max() - kick[off].max())
        + _TURN * (turn[on].max() - turn[off].max())
        + _TURNS_EVERYWHERE * turn[on].mean()
    )


def _bar(read: Figures, shift: int) -> Figures:
    """The mean bar of four beats that begins `shift` parts in, with its neighbours' peaks: (4 * PARTS,)."""
    bars = read[: read.shape[0] // 4 * 4].reshape(-1, 4 * PARTS).mean(axis=0)
    turned = np.roll(bars, -shift)
    return np.asarray(np.maximum(turned, np.maximum(np.roll(turned, 1), np.roll(turned, -1))))


def _extended(chain: Figures, frames: int) -> Figures:
    """The chain with the beats that a shift has left room for, and none outside the recording."""
    first, last = 2 * chain[0] - chain[1], 2 * chain[-1] - chain[-2]
    whole = np.concatenate(([first], chain, [last]))
    return np.asarray(whole[(whole >= 0) & (whole <= frames - 1)])


def _settled(curve: Figures, chain: Figures) -> Figures:
    """The even grid moved and stretched by the little that collects most accent."""
    beat = float(chain[1] - chain[0])
    lags = np.linspace(-0.06, 0.06, 25) * beat
    stretches = np.linspace(-0.12, 0.12, 13) * beat / chain.size
    at = chain + lags[:, None, None] + stretches[None, :, None] * np.arange(chain.size)
    collected = np.interp(at, np.arange(curve.size), curve, left=0, right=0).sum(axis=2)
    lag, stretch = np.unravel_index(int(collected.argmax()), collected.shape)
    moved = at[lag, stretch]
    return np.asarray(moved[moved >= 0])
