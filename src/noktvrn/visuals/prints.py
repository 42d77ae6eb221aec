"""What a finished picture is known by in the catalogue: its fingerprint and its main colours."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from noktvrn.picture.fingerprint import fingerprint, palette


def prints_of(path: Path) -> tuple[str, tuple[str, ...]]:
    """The fingerprint and up to six main colours of a picture file. Raises OSError when it is none."""
    with Image.open(path) as picture:
        pixels = np.asarray(picture.convert("RGB"))
    return fingerprint(pixels), palette(pixels)
