"""Matrix products of many short rows on one thread.

OpenBLAS wakes all its threads for a product of more than 2^18 multiplications and lets them spin; on a busy
machine that costs up to seven times the CPU time of the work itself, and the sums may depend on the number of
cores. Small products in a row stay on one thread, cost less, and are the same everywhere.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]

_ONE_THREAD = 1 << 18


def product(rows: Samples, matrix: Samples) -> Samples:
    """`rows` (n, k) @ `matrix` (k, m) in float32: (n, m)."""
    count, width = rows.shape
    step = max(1, _ONE_THREAD // (width * matrix.shape[1]))
    whole = count // step * step
    out = np.empty((count, matrix.shape[1]), np.float32)
    np.matmul(
        rows[:whole].reshape(-1, step, width), matrix, out=out[:whole].reshape(-1, step, matrix.shape[1])
    )
    np.matmul(rows[whole:], matrix, out=out[whole:])
    return out
