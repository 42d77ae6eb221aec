"""Single pictures out of a film, small: enough to look for what is lettered on it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

SIDE = 360
"""Pixels of the shorter side."""
_LIMIT_S = 60


def still(ffmpeg: Path, path: Path, at_s: float, size: tuple[int, int]) -> NDArray[np.uint8] | None:
    """The picture at a moment of a film of `size` (width, height), its shorter side `SIDE` pixels, as sRGB
    bytes (rows, columns, 3); None where there is none."""
    share = SIDE / min(size)
    width, height = (max(2, round(side * share)) for side in size)
    command = [
        *(str(ffmpeg), "-hide_banner", "-nostdin", "-v", "error", "-ss", f"{at_s:.3f}"),
        *("-protocol_whitelist", "file,pipe", "-i", f"file:{path.absolute()}", "-map", "0:v:0"),
        *(
            "-frames:v",
            "1",
            "-vf",
            f"scale={width}:{height}",
            "-pix_fmt",
            "rgb24",
            "-f",
            "rawvideo",
            "pipe:1",
        ),
    ]
    try:
        done = subprocess.run(command, capture_output=True, timeout=_LIMIT_S, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        return None
    if len(done.stdout) != width * height * 3:
        return None
    return np.frombuffer(done.stdout, np.uint8).reshape(height, width, 3)
