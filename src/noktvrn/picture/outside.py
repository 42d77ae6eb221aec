"""Pictures that were made outside, brought into the house's form: freed of lettering, cut, graded, enlarged.

Colours are graded in OKLab by a table of 33 x 33 x 33: lightness stays, hue and chroma go part of the way to
the artist's ramp at that lightness, or to the accent where they are near it, and further where kinship asks
for it. An enlarged picture is sharpened
once and given the artist's grain, which hides what enlarging cannot bring back.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from noktvrn.kernel.errors import Refused
from noktvrn.model.look import VisualIdentity
from noktvrn.picture.colour import linear_to_oklab, oklab_to_linear, to_encoded, to_linear
from noktvrn.picture.finish import grain_size
from noktvrn.picture.lettering import find_lettering
from noktvrn.picture.meters import kinship
from noktvrn.picture.noise import generator, grain
from noktvrn.picture.palette import palette_of
from noktvrn.picture.plane import View, cut

Bytes = NDArray[np.uint8]
Box = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels."""

LETTERED = "picture.lettered"
"""Code of a picture that has lettering which cannot be cut away."""
MOST_PIXELS = 40_000_000
ENLARGED = 3.0
"""How many times a side may grow: 1024 pixels become 3000."""
KEPT = 0.72
"""Of a side, what must be left when lettering is cut away."""
MARGIN = 0.02
"""Of a side, what is cut away beyond the lettering."""
GENTLE, FIRM = 0.6, 0.92
"""How far colours go to the artist's own: at least, so that the covers of one artist belong together, and at
most."""
AKIN = 0.7
"""Kinship that is enough; the critic asks for 0.6 with the type on it."""
LEAST_GRAIN = 0.014
_NODES = 33
_REACH = 0.06


def brought_in(path: Path, look: VisualIdentity, width: int, height: int, seed: int) -> Bytes:
    """A picture file as sRGB bytes (height, width, 3) without lettering, in the artist's colours.

    Raises:
        Refused: no picture, too small, or with lettering that cannot be cut away (`LETTERED`).
    """
    pixels = opened(path)
    whole = pixels.shape[1], pixels.shape[0]
    box = clear_box(whole, [place.box for place in find_lettering(pixels)], width / height)
    if box is None:
        raise Refused(
            "There is lettering in the picture.", code=LETTERED, hint="Another take is a new order."
        )
    left, top, right, bottom = box
    if width > ENLARGED * (right - left):
        raise _bad(f"has {right - left} x {bottom - top} pixels where {width} x {height} are to be filled")
    part = graded(pixels[top:bottom, left:right], look)
    return grained(enlarged(part, width, height), max(look.grain, LEAST_GRAIN), seed)


def opened(path: Path) -> Bytes:
    """The pixels of a JPEG, PNG or WebP file. Raises Refused."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the size is judged here, before anything is unpacked
            with Image.open(path, formats=("JPEG", "PNG", "WEBP")) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    raise _bad(f"has {picture.width} x {picture.height} pixels")
                return np.asarray(picture.convert("RGB"))
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        pass
    raise _bad("cannot be read")


def _bad(what: str) -> Refused:
    return Refused(f"The picture {what}.", code="picture.unusable", hint="Another take is a new order.")


def clear_box(size: tuple[int, int], places: Sequence[Box], ratio: float) -> Box | None:
    """The largest box of `ratio` (width by height) in a picture of `size` without any of the places.

    None: what could be left is too little.
    """
    whole = _fitted((0, 0, *size), ratio)
    if not places:
        return whole
    wide = [_widened(place, size) for place in places]
    ways = [_cut_by(size, wide, edges) for edges in (*_alike(len(wide)), _nearest(size, wide))]
    best = max((_fitted(way, ratio) for way in ways), key=lambda box: box[2] - box[0])
    return best if best[2] - best[0] >= KEPT * (whole[2] - whole[0]) else None


def _fitted(box: Box, ratio: float) -> Box:
    """The largest box of a ratio in the middle of another."""
    left, top, right, bottom = box
    wide, high = max(0, right - left), max(0, bottom - top)
    width, height = min(wide, round(high * ratio)), min(high, round(wide / ratio))
    start, head = left + (wide - width) // 2, top + (high - height) // 2
    return start, head, start + width, head + height


def _widened(place: Box, size: tuple[int, int]) -> Box:
    more = round(MARGIN * min(size))
    left, top, right, bottom = place
    return max(0, left - more), max(0, top - more), min(size[0], right + more), min(size[1], bottom + more)


def _alike(count: int) -> list[list[int]]:
    return [[edge] * count for edge in range(4)]


def _nearest(size: tuple[int, int], places: Sequence[Box]) -> list[int]:
    """The edge (left, top, right, bottom) at which least is lost, for each place."""
    lost = [(place[2], place[3], size[0] - place[0], size[1] - place[1]) for place in places]
    return [costs.index(min(costs)) for costs in lost]


def _cut_by(size: tuple[int, int], places: Sequence[Box], edges: Sequence[int]) -> Box:
    """What is left when each place is cut away at its edge."""
    box = [0, 0, *size]
    for place, edge in zip(places, edges, strict=True):
        opposite = place[(edge + 2) % 4]
        box[edge] = max(box[edge], opposite) if edge < 2 else min(box[edge], opposite)
    return box[0], box[1], box[2], box[3]


def graded(pixels: Bytes, look: VisualIdentity) -> Bytes:
    """The picture in the artist's colours: as gently as makes it akin."""
    picture = Image.fromarray(np.ascontiguousarray(pixels))
    small = picture.resize((128, 128), Image.Resampling.BOX)
    steps = np.linspace(GENTLE, FIRM, 5)
    tables = (_table(look, float(step)) for step in steps)
    chosen = next((one for one in tables if kinship(_through(small, one), look) >= AKIN), None)
    return _through(picture, chosen or _table(look, FIRM))


def _through(picture: Image.Image, table: ImageFilter.Color3DLUT) -> Bytes:
    return np.asarray(picture.filter(table))


def _table(look: VisualIdentity, strength: float) -> ImageFilter.Color3DLUT:
    """The grading table: blue outermost, red innermost, as Pillow wants it."""
    level = np.linspace(0, 1, _NODES, dtype=np.float32)
    blue, green, red = np.meshgrid(level, level, level, indexing="ij")
    lab = linear_to_oklab(to_linear(np.stack([red, green, blue], axis=-1).reshape(-1, 3)))
    lab[:, 1:] += strength * (_goal(lab, look) - lab[:, 1:])
    encoded = to_encoded(oklab_to_linear(lab))
    return ImageFilter.Color3DLUT(_NODES, encoded.astype(np.float32).ravel().tolist())


def _goal(lab: NDArray[np.float64], look: VisualIdentity) -> NDArray[np.float64]:
    """Where the chroma (a, b) of OKLab colours is drawn to."""
    palette = palette_of(look)
    ramp, accent = linear_to_oklab(palette.table), linear_to_oklab(palette.accent)
    order = np.argsort(ramp[:, 0], kind="stable")
    along = [np.interp(lab[:, 0], ramp[order, 0], ramp[order, axis]) for axis in (1, 2)]
    apart = ((lab[:, 1:] - accent[1:]) ** 2).sum(axis=-1, keepdims=True)
    near = 0.6 * np.exp(-apart / (2 * _REACH**2))
    return np.asarray((1 - near) * np.stack(along, axis=-1) + near * accent[1:])


def enlarged(pixels: Bytes, width: int, height: int) -> Bytes:
    """The picture at another size (Lanczos), sharpened as much as it was enlarged."""
    picture = Image.fromarray(pixels).resize((width, height), Image.Resampling.LANCZOS)
    times = width / pixels.shape[1]
    if times <= 1:
        return np.asarray(picture)
    sharp = ImageFilter.UnsharpMask(radius=0.8 * times, percent=round(min(90, 45 * times)), threshold=2)
    return np.asarray(picture.filter(sharp))


def grained(pixels: Bytes, amount: float, seed: int) -> Bytes:
    """The picture with film grain, strongest in mid-tones (`finish.eight_bits`, on finished bytes)."""
    height, width = pixels.shape[:2]
    view, size = View(width, height, float(min(width, height))), grain_size(width)
    sheet = grain(generator(seed, "outside grain"), round(width / size), round(height / size), 1.0)
    out = np.empty_like(pixels)
    for band in view.bands():
        rows = pixels[band.start : band.stop].astype(np.float32)
        level = rows.mean(axis=-1) / np.float32(255)
        weight = np.sqrt(np.clip(level * (1 - level), 0.012, 0.25)) * np.float32(2 * 255 * amount)
        noisy = rows + (cut(sheet, band) * weight)[..., None] + np.float32(0.5)
        out[band.start : band.stop] = np.clip(noisy, 0, 255).astype(np.uint8)
    return out
