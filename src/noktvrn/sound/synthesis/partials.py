"""Partials that die: sums of decaying sines, each computed only for as long as it can be heard."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from noktvrn.sound.score import RATE
from noktvrn.sound.synthesis.modal import ringing

Figures = NDArray[np.float64]

_LOUDEST = 0.7


class Partials(NamedTuple):
    """Frequencies (Hz), gains, times to fall by 60 dB (s) and phases of some partials, one row each."""

    hertz: Figures
    gains: Figures
    falls: Figures
    phases: Figures


def gathered(*groups: Partials) -> Partials:
    """The partials of all groups."""
    return Partials(*(np.concatenate(column) for column in zip(*groups, strict=True)))


def heard(partials: Partials, floor: float = 2e-4) -> Partials:
    """Without what lies above 0.45 of the sample rate or below `floor` of the loudest; the rest has RMS
    0.5."""
    loud = np.abs(partials.gains)
    keep = (partials.hertz < 0.45 * RATE) & (loud > floor * loud.max(initial=0.0))
    kept = Partials(*(column[keep] for column in partials))
    return kept._replace(gains=kept.gains * (_LOUDEST / np.sqrt(np.sum(kept.gains**2) + 1e-12)))


def ring(partials: Partials, count: int) -> NDArray[np.float32]:
    """The sound (count,). Partials that are gone early cost only the samples they last: groups by half
    lengths."""
    sound = np.zeros(count, dtype=np.float32)
    lengths = np.minimum(count, np.maximum(1.15 * partials.falls * RATE, 512).astype(np.int64))
    longest = count
    while longest:
        shorter = longest // 3 if longest > 4096 else 0
        group = (lengths <= longest) & (lengths > shorter)
        if group.any():
            size = int(lengths[group].max())
            one = Partials(*(column[group] for column in partials))
            sound[:size] += ringing(one.hertz, one.gains, one.falls, one.phases, size)
        longest = shorter
    return sound
