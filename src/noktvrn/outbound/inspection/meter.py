"""What is measured of a sound while it is decoded, block by block."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from noktvrn.outbound.inspection.unfit import Unfit

SILENCE_RMS = 1e-3
"""-60 dBFS over all of it."""
LOUDEST = 64.0
"""Of floating-point files: full scale is 1.0; far beyond, it is noise and no music."""
LONGEST_S = 7200.0


class Meter:
    """Counts frames and adds up their power. `rate` is in Hz."""

    def __init__(self, rate: int, channels: int) -> None:
        if not 8_000 <= rate <= 192_000:
            raise Unfit(f"its sampling rate is {rate} Hz")
        if not 1 <= channels <= 2:
            raise Unfit(f"it has {channels} channels")
        self._rate = rate
        self._frames = 0
        self._power = 0.0

    @property
    def seconds(self) -> float:
        """How long what was heard so far lasts."""
        return self._frames / self._rate

    def hear(self, block: NDArray[np.float32]) -> None:
        """Takes a block (frames, channels). Raises Unfit where it is no sound, or there is no end."""
        if not np.isfinite(block).all() or np.abs(block).max(initial=0.0) > LOUDEST:
            raise Unfit("it holds samples that are no sound")
        self._frames += len(block)
        self._power += float(np.square(block, dtype=np.float64).mean(axis=1).sum())
        if self.seconds > LONGEST_S:
            raise Unfit("it lasts for hours")

    def end(self) -> None:
        """Raises Unfit where all of it was silent."""
        if (self._power / max(1, self._frames)) ** 0.5 < SILENCE_RMS:
            raise Unfit("it is silent")
