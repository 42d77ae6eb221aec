"""Lettering in pictures: words are found where they stand, and pictures without words are left alone."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from noktvrn.picture.components import parts_of
from noktvrn.picture.compose import Commission, compose
from noktvrn.picture.identity import make_look
from noktvrn.picture.layers import mean_around
from noktvrn.picture.lettering import WEIGHTS, find_lettering, marks_of, strongest
from noktvrn.picture.type.faces import faces

Bytes = NDArray[np.uint8]
SIDE = 600


def _ground(seed: int = 1) -> Bytes:
    """A soft field of colours."""
    dice = np.random.Generator(np.random.PCG64(seed))
    small = dice.integers(20, 120, (4, 4, 3), dtype=np.uint8)
    return np.asarray(Image.fromarray(small).resize((SIDE, SIDE), Image.Resampling.BICUBIC))


def _lettered(
    words: str, *, face: str = "fraunces", size: float = 0.08, angle: float = 0.0, ink: int = 230
) -> tuple[Bytes, tuple[int, int, int, int]]:
    """The field with words in its middle, and the box of their ink."""
    font = ImageFont.truetype(str(faces()[face].file), int(size * SIDE))
    sheet = Image.new("L", (SIDE, SIDE))
    ImageDraw.Draw(sheet).text((SIDE / 2, SIDE / 2), words, font=font, fill=255, anchor="mm")
    turned = np.asarray(sheet.rotate(angle, Image.Resampling.BICUBIC)) / 255.0
    box = Image.fromarray(turned > 0.5).getbbox()
    assert box is not None
    light = _ground() * (1 - turned[..., None]) + ink * turned[..., None]
    return np.asarray(light, dtype=np.uint8), box


def _shared(one: tuple[int, int, int, int], other: tuple[int, int, int, int]) -> float:
    """The share of `other` that lies in `one`."""
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    return max(0, wide) * max(0, high) / ((other[2] - other[0]) * (other[3] - other[1]))


@pytest.mark.parametrize(
    ("words", "how"),
    [
        ("DREAMSCAPE", {}),
        ("midnight", {"face": "space-mono", "size": 0.05}),
        ("Haze Night", {"angle": 18.0}),
        ("VELVET", {"face": "anton", "size": 0.2, "angle": -12.0}),
        ("Afterglow", {"ink": 150}),
    ],
)
def test_words_are_found_where_they_stand(words: str, how: dict[str, object]) -> None:
    pixels, box = _lettered(words, **how)  # type: ignore[arg-type]  # each is of its parameter's type
    places = find_lettering(pixels)
    assert places
    assert max(_shared(place.box, box) for place in places) > 0.6


def test_larger_pictures_are_told_of_in_their_own_pixels() -> None:
    pixels, box = _lettered("DREAMSCAPE")
    large = np.asarray(Image.fromarray(pixels).resize((3 * SIDE, 3 * SIDE), Image.Resampling.LANCZOS))
    places = find_lettering(large)
    grown = (3 * box[0], 3 * box[1], 3 * box[2], 3 * box[3])
    assert max(_shared(place.box, grown) for place in places) > 0.6


@pytest.mark.parametrize("motif", ["eclipse", "facade", "weave", "press"])
def test_sleeves_without_type_are_left_alone(motif: str) -> None:
    look = make_look(7, moods=["dark"], looks=[], stage_name="V").model_copy(update={"motif": motif})
    assert find_lettering(compose(Commission("avatar", look, SIDE, SIDE, 4)).pixels) == ()


def test_neither_dots_nor_windows_are_lettering() -> None:
    sheet = Image.fromarray(_ground())
    pen = ImageDraw.Draw(sheet)
    for y in range(60, 560, 70):
        for x in range(60, 560, 50):
            box = (x, y, x + 30, y + 40)
            (pen.ellipse if y > 300 else pen.rectangle)(box, fill=(240, 220, 180))
    assert find_lettering(np.asarray(sheet)) == ()
    assert find_lettering(np.zeros((80, 80, 3), dtype=np.uint8)) == ()


def test_every_weight_has_its_mark() -> None:
    pixels, _ = _lettered("DREAMSCAPE")
    assert set(marks_of(strongest(pixels)[0])) == set(WEIGHTS)


def test_parts_of_a_mask_are_measured() -> None:
    mask = np.zeros((12, 12), dtype=bool)
    mask[1:7, 1:7] = True
    mask[3:5, 3:5] = False  # a ring
    mask[8, 8] = mask[9, 9] = mask[10, 8] = True  # touching by corners
    parts = parts_of(mask)
    assert parts.area.tolist() == [32, 3]
    assert parts.holes.tolist() == [1, 0]
    assert parts.perimeter.tolist() == [32, 12]
    assert (parts.left.tolist(), parts.right.tolist()) == ([1, 8], [7, 10])
    assert (parts.top.tolist(), parts.bottom.tolist()) == ([1, 8], [7, 11])
    assert len(parts_of(np.zeros((4, 4), dtype=bool))) == 0


def test_parts_are_those_of_a_flood_fill() -> None:
    mask = np.random.Generator(np.random.PCG64(3)).random((40, 50)) > 0.55
    assert sorted(parts_of(mask).area.tolist()) == sorted(_flooded(mask))


def _flooded(mask: NDArray[np.bool_]) -> list[int]:
    left, sizes = {(int(y), int(x)) for y, x in np.argwhere(mask)}, []
    while left:
        edge, size = [left.pop()], 0
        while edge:
            y, x = edge.pop()
            size += 1
            near = {(y + dy, x + dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1)} & left
            left -= near
            edge += near
        sizes.append(size)
    return sizes


def test_the_mean_around_is_that_of_the_square() -> None:
    plane = np.arange(49, dtype=np.float32).reshape(7, 7)
    assert mean_around(plane, 3)[3, 3] == pytest.approx(plane[2:5, 2:5].mean())
    assert mean_around(plane, 3)[0, 0] == pytest.approx((0 * 4 + 1 * 2 + 7 * 2 + 8) / 9)
