"""Gain that moves: straight lines between values that stand at equal distances."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]

_CHUNK = 1 << 15


def apply_gain(audio: Samples, nodes: NDArray[np.floating], step: int) -> None:
    """Multiplies `audio` (channels, n) in place by straight lines between `nodes`, one each `step` samples.

    There is one node more than there are blocks of `step`; the last block may be shorter. Stretches where
    every node is one cost nothing.
    """
    ramp = (np.arange(step) / step).astype(np.float32)
    blocks = max(1, _CHUNK // step)
    for first in range(0, nodes.size - 1, blocks):
        part = nodes[first : first + blocks + 1].astype(np.float32)
        if part.min() == part.max() == 1.0:
            continue
        lines = np.diff(part)[:, None] * ramp
        lines += part[:-1, None]
        piece = audio[:, first * step : (first + blocks) * step]
        piece *= lines.ravel()[: piece.shape[1]]
