"""32-bit float WAV for stems: RIFF with `fmt `, `fact` and `data` and nothing that carries a time, so
equal samples
are equal bytes (Multimedia Programming Interface and Data Specifications 1.0; WAVE_FORMAT_IEEE_FLOAT)."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_IEEE_FLOAT = 3
_BLOCK = 1 << 16


def write_float_wav(path: Path, samples: NDArray[np.float32], rate: int) -> None:
    """Writes samples of shape (channels, n)."""
    channels, count = samples.shape
    size = 4 * channels * count
    form = struct.pack("<HHIIHHH", _IEEE_FLOAT, channels, rate, rate * channels * 4, channels * 4, 32, 0)
    head = b"fmt " + struct.pack("<I", len(form)) + form + b"fact" + struct.pack("<II", 4, count)
    riff = b"RIFF" + struct.pack("<I", 4 + len(head) + 8 + size) + b"WAVE"
    with path.open("wb") as out:
        out.write(riff + head + b"data" + struct.pack("<I", size))
        for start in range(0, count, _BLOCK):
            out.write(np.ascontiguousarray(samples[:, start : start + _BLOCK].T, dtype="<f4").data)
