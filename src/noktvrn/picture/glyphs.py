"""Shapes of letters: how much a part of a picture looks like one, by the bundled faces.

A shape is 12 x 12 cells of coverage of its bounding square, blurred by a cell and freed of its mean; two
shapes are compared by the cosine between them. It is no reading: a sign that looks like a letter is one.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from noktvrn.picture.type.faces import FONTS, faces

Floats = NDArray[np.float64]

CELLS = 12
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz2345678&"
PLAIN = "IliOo0-."
"""Signs that a disc, a ring or a bar looks like as well: they speak for no lettering."""
_SIZE = 80


def cells(across: Floats, down: Floats) -> Floats:
    """The coverage of a shape's pixels, given by their places, in its bounding square."""
    left, right, top, bottom = across.min(), across.max(), down.min(), down.max()
    side = max(right - left, bottom - top, 1.0)
    column = _cell((across - (left + right) / 2) / side)
    row = _cell((down - (top + bottom) / 2) / side)
    count = np.bincount(row * CELLS + column, minlength=CELLS * CELLS)
    return np.asarray(np.minimum(count / (side / CELLS) ** 2, 1.0))


def _cell(place: Floats) -> NDArray[np.int64]:
    return np.clip((place + 0.5) * CELLS, 0, CELLS - 1).astype(np.int64)


def shapes(coverage: Floats) -> Floats:
    """Coverages (n, 144) as unit vectors."""
    sheet = np.pad(coverage.reshape(-1, CELLS, CELLS), ((0, 0), (1, 1), (1, 1)))
    rows = 2 * sheet[:, 1:-1] + sheet[:, :-2] + sheet[:, 2:]
    soft = (2 * rows[:, :, 1:-1] + rows[:, :, :-2] + rows[:, :, 2:]).reshape(len(sheet), -1)
    free = soft - soft.mean(axis=1, keepdims=True)
    return np.asarray(free / np.maximum(np.linalg.norm(free, axis=1, keepdims=True), 1e-9))


@cache
def letters(without: frozenset[str] = frozenset()) -> tuple[Floats, NDArray[np.int64]]:
    """Shapes of the letters of the bundled faces, and which letter each is. `without` leaves faces out, so
    that a measurement can be made on faces that are not known."""
    kept = [name for name in sorted(faces()) if name not in without]
    drawn = [_drawn(letter, name) for name in kept for letter in LETTERS]
    return shapes(np.array(drawn)), np.tile(np.arange(len(LETTERS)), len(kept))


@cache
def plain_signs() -> Floats:
    """Shapes of the signs that speak for nothing."""
    return shapes(np.array([_drawn(sign, name) for name in sorted(faces()) for sign in PLAIN]))


def _drawn(letter: str, name: str) -> Floats:
    font = ImageFont.truetype(str(FONTS / faces()[name].file), _SIZE)
    sheet = Image.new("L", (2 * _SIZE, 2 * _SIZE))
    ImageDraw.Draw(sheet).text((_SIZE // 3, _SIZE // 4), letter, font=font, fill=255)
    down, across = np.nonzero(np.asarray(sheet) > 128)
    if not len(down):
        return np.zeros(CELLS * CELLS)
    return cells(across.astype(np.float64), down.astype(np.float64))
