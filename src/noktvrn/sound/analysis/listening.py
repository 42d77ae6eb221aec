"""Listening: onsets and pitches, the two things everything else that is heard is read from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noktvrn.kernel import checkpoint
from noktvrn.sound.analysis.chroma import Pitches, pitches
from noktvrn.sound.analysis.onsets import Onsets, onsets

Samples = NDArray[np.float32]


@dataclass(frozen=True)
class Heard:
    """What an ear takes in of a recording."""

    onsets: Onsets
    pitches: Pitches


def listen(audio: Samples, rate: int) -> Heard:
    """Onsets and pitches of `audio` (channels, n) at `rate` Hz."""
    mono = audio.mean(axis=0)
    struck = onsets(mono, rate)
    checkpoint.reached()
    return Heard(struck, pitches(mono, rate))
