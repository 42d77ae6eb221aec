"""Fingerprints of pictures: what a picture looks like in a few bytes, to find near-copies.

Two parts: a 64-bit perceptual hash (signs of the low frequencies of a 32 x 32 cosine transform, after
Zauner, "Implementation and Benchmarking of Perceptual Image Hash Functions", 2010), which knows forms, and
an 8 x 8 thumbnail in OKLab, which knows colours.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from noktvrn.kernel.errors import Invalid
from noktvrn.picture.colour import BYTE_TO_LINEAR, hex_of, linear_to_oklab, oklab_to_linear

_HEAD = "np1"
_SIDE = 32
_LOW = 8
_SCALE = np.array([255.0, 400.0, 400.0])
_SHIFT = np.array([0.0, 128.0, 128.0])

SAME_FORM = 10
"""Bits (of 64) two pictures of one form differ in at most."""
SAME_COLOUR = 0.045
"""Mean OKLab distance below which two thumbnails have the same colours."""

PROOF_FORM, PROOF_COLOUR = 2, 0.02
"""What a proof of 600 pixels and its picture may differ in: grain and dot screens average otherwise."""


@dataclass(frozen=True)
class Likeness:
    """How far two pictures are apart: `form` in bits 0..64, `colour` as mean OKLab distance."""

    form: int
    colour: float

    @property
    def may_copy(self) -> bool:
        """Whether one could be taken for the other at full size, where one of them is a small proof."""
        return self.form <= SAME_FORM + PROOF_FORM and self.colour <= SAME_COLOUR + PROOF_COLOUR

    @property
    def copies(self) -> bool:
        """Whether a person would take one for the other."""
        return self.form <= SAME_FORM and self.colour <= SAME_COLOUR


def fingerprint(pixels: NDArray[np.uint8]) -> str:
    """The fingerprint of sRGB bytes (rows, columns, 3) as text."""
    picture = Image.fromarray(pixels)
    return f"{_HEAD}:{_form(picture):016x}:{base64.b64encode(_colours(picture).tobytes()).decode()}"


def likeness(one: str, other: str) -> Likeness:
    """The distance of two fingerprints.

    Raises:
        Invalid: one of them is none.
    """
    (form, colours), (other_form, other_colours) = _read(one), _read(other)
    apart = (colours - other_colours) / _SCALE
    distance = float(np.sqrt((apart**2).sum(axis=-1)).mean())
    return Likeness((form ^ other_form).bit_count(), distance)


def palette(pixels: NDArray[np.uint8], count: int = 6) -> tuple[str, ...]:
    """The main colours of a picture as `#rrggbb`, most frequent first."""
    colours, _weights = main_colours(pixels, count)
    return tuple(hex_of(np.clip(oklab_to_linear(colour), 0, 1)) for colour in colours)


def main_colours(pixels: NDArray[np.uint8], count: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """OKLab centres (n, 3) of a picture's colours and their share (n,), largest first.

    Lloyd's k-means over a 64 x 64 thumbnail, begun at even steps of lightness: no chance in it.
    """
    small = np.asarray(Image.fromarray(pixels).resize((64, 64), Image.Resampling.BOX))
    lab = linear_to_oklab(BYTE_TO_LINEAR[small]).reshape(-1, 3)
    centres = lab[np.argsort(lab[:, 0])][np.linspace(0, len(lab) - 1, count).astype(int)]
    nearest = np.zeros(len(lab), dtype=int)
    for _ in range(8):
        nearest = ((lab[:, None, :] - centres[None]) ** 2).sum(axis=-1).argmin(axis=1)
        for index in range(count):
            if (nearest == index).any():
                centres[index] = lab[nearest == index].mean(axis=0)
    share = np.bincount(nearest, minlength=count) / len(lab)
    order = np.argsort(-share, kind="stable")
    order = order[share[order] > 0]
    return centres[order], share[order]


def _form(picture: Image.Image) -> int:
    grey = np.asarray(picture.convert("L").resize((_SIDE, _SIDE), Image.Resampling.BOX), dtype=np.float64)
    basis = _cosines()
    low = (basis @ grey @ basis.T)[:_LOW, :_LOW].ravel()
    bits = low > np.median(low[1:])
    return int("".join("1" if bit else "0" for bit in bits), 2)


@cache
def _cosines() -> NDArray[np.float64]:
    place = (np.arange(_SIDE) + 0.5) * np.pi / _SIDE
    return np.asarray(np.cos(np.outer(np.arange(_SIDE), place)))


def _colours(picture: Image.Image) -> NDArray[np.uint8]:
    small = np.asarray(picture.convert("RGB").resize((_LOW, _LOW), Image.Resampling.BOX))
    lab = linear_to_oklab(BYTE_TO_LINEAR[small])
    return np.asarray(np.clip(np.round(lab * _SCALE + _SHIFT), 0, 255), dtype=np.uint8)


def _read(text: str) -> tuple[int, NDArray[np.float64]]:
    try:
        form, colours = text.removeprefix(f"{_HEAD}:").split(":")
        cells = np.frombuffer(base64.b64decode(colours, validate=True), dtype=np.uint8)
        return int(form, 16), cells.reshape(_LOW, _LOW, 3).astype(np.float64)
    except ValueError as error:
        raise Invalid(
            "This is not the fingerprint of a picture.", hint="Take it anew from the picture file."
        ) from error
