"""A picture in the cells of a terminal.

With many colours each cell is the upper half block: its ink is the upper pixel, its ground the lower one.
Without them a cell has eight dots of braille, and the picture is dithered into them.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from noktvrn.kernel.errors import Invalid

if TYPE_CHECKING:
    from PIL import Image

UPPER = "▀"
BRAILLE = 0x2800
BEHIND = (128, 128, 128)
"""What shows through a transparent picture: light and dark drawings are seen on it."""
MOST_PIXELS = 80_000_000
_DOTS = tuple(
    zip((0, 0, 0, 1, 1, 1, 0, 1), (0, 1, 2, 0, 1, 2, 3, 3), (1, 2, 4, 8, 16, 32, 64, 128), strict=True)
)
"""Column, row and bit of each dot in a cell (Unicode, block Braille Patterns)."""

Cells = tuple[int, int]
"""Columns and rows of a pane."""


def draw(path: Path, room: Cells, *, coloured: bool = True, on_dark: bool = True) -> list[Strip]:
    """The picture as large as the room lets it be, one strip a row; empty where there is no room.

    Raises:
        Invalid: nobody can read the file as a picture.
    """
    if min(room) < 1:
        return []
    image = _read(path, room)
    columns, rows = fitted(image.size, room)
    if coloured:
        return _in_colours(image.resize((columns, rows * 2), _best(), reducing_gap=3.0))
    return _in_dots(image.convert("L").resize((columns * 2, rows * 4), _best()), on_dark=on_dark)


def fitted(size: tuple[int, int], room: Cells) -> Cells:
    """Columns and rows of a picture of `size` pixels in a room of cells that are twice as high as wide."""
    width, height = max(1, size[0]), max(1, size[1])
    scale = min(room[0] / width, room[1] * 2 / height)
    columns, rows = round(width * scale), round(height * scale / 2)
    return min(room[0], max(1, columns)), min(room[1], max(1, rows))


def _best() -> Image.Resampling:
    from PIL import Image

    return Image.Resampling.LANCZOS


def _read(path: Path, room: Cells) -> Image.Image:
    from PIL import Image, ImageOps

    try:
        with Image.open(path) as image:
            _check_size(image, path)
            image.draft("RGB", (room[0] * 2, room[1] * 4))  # a JPEG is decoded no larger than is needed
            return _in_rgb(ImageOps.exif_transpose(image))
    except Invalid:
        raise
    # What a broken file makes a decoder raise is told nowhere, and none of it may end the console.
    except Exception as error:
        raise _unreadable(path) from error


def _check_size(image: Image.Image, path: Path) -> None:
    """Passes unless a small file would become an immense picture."""
    if image.width * image.height > MOST_PIXELS:
        raise _unreadable(path)


def _in_rgb(image: Image.Image) -> Image.Image:
    from PIL import Image

    if image.mode.startswith("I;16") or image.mode in ("I", "F"):
        return _in_eight_bits(image).convert("RGB")
    if image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info:
        over = image.convert("RGBA")
        ground = Image.new("RGBA", over.size, (*BEHIND, 255))
        return Image.alpha_composite(ground, over).convert("RGB")
    return image.convert("RGB")


def _in_eight_bits(image: Image.Image) -> Image.Image:
    """Grey of sixteen bits or more; Pillow's own conversion cuts it off."""
    grey = image.convert("F")
    brightest = [float(one) for one in grey.getextrema() if isinstance(one, int | float)]
    scale = 1 / 257 if image.mode.startswith("I;16") else 255 / max(1.0, *brightest)
    return grey.point(lambda value: value * scale + 0.0).convert("L")


def _unreadable(path: Path) -> Invalid:
    return Invalid(
        f"{path.name} cannot be read as a picture.",
        code="picture.unreadable",
        hint="`noktvrn vault check` tells which files are damaged.",
    )


def _in_colours(image: Image.Image) -> list[Strip]:
    columns, rows = image.width, image.height // 2
    data = image.tobytes()
    return [_coloured_row(data, columns, 2 * row) for row in range(rows)]


def _coloured_row(data: bytes, columns: int, top: int) -> Strip:
    segments: list[Segment] = []
    before, length = b"", 0
    for column in range(columns + 1):
        place = 3 * (top * columns + column)
        here = data[place : place + 3] + data[place + 3 * columns :][:3] if column < columns else b""
        if here != before and length:
            segments.append(Segment(UPPER * length, _style(before)))
            length = 0
        before, length = here, length + 1
    return Strip(segments, columns)


def _style(pair: bytes) -> Style:
    return Style(color=Color.from_rgb(*pair[:3]), bgcolor=Color.from_rgb(*pair[3:]))


def _in_dots(image: Image.Image, *, on_dark: bool) -> list[Strip]:
    from PIL import ImageOps

    image = ImageOps.autocontrast(image, cutoff=1)
    dots = (image if on_dark else ImageOps.invert(image)).convert("1").convert("L")
    data, width = dots.tobytes(), dots.width
    rows = range(0, dots.height, 4)
    return [Strip([Segment(_dotted_row(data, width, row))], width // 2) for row in rows]


def _dotted_row(data: bytes, width: int, top: int) -> str:
    return "".join(
        chr(BRAILLE + sum(bit for x, y, bit in _DOTS if data[(top + y) * width + left + x]))
        for left in range(0, width, 2)
    )
