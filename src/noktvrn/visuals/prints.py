"""What a finished picture is known by in the catalogue: its fingerprint and its main colours."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from PIL import Image

from noktvrn.kernel.errors import Invalid
from noktvrn.picture.fingerprint import fingerprint, likeness, palette


def prints_of(path: Path) -> tuple[str, tuple[str, ...]]:
    """The fingerprint and up to six main colours of a picture file. Raises OSError when it is none."""
    with Image.open(path) as picture:
        pixels = np.asarray(picture.convert("RGB"))
    return fingerprint(pixels), palette(pixels)


def may_copy_any(mark: str, others: Iterable[str]) -> bool:
    """Whether a picture could be taken for one of others, by the fingerprint of its small proof and theirs;
    unreadable ones are none."""
    return any(_may_copy(mark, other) for other in others)


def _may_copy(mark: str, other: str) -> bool:
    try:
        return likeness(mark, other).may_copy
    except Invalid:
        return False
