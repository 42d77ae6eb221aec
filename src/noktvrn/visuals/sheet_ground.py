"""The ground of the analysis sheet: its colours, its faces, and how words and bands are set on it."""

from __future__ import annotations

from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

from noktvrn.picture.type.faces import face

Rgb = tuple[int, int, int]
Box = tuple[int, int, int, int]

WIDTH, HEIGHT = 2400, 1600
LEFT, RIGHT = 168, WIDTH - 96

NIGHT: Rgb = (9, 10, 20)
PANEL: Rgb = (13, 14, 27)
HAIR: Rgb = (44, 45, 66)
MUTED: Rgb = (142, 141, 160)
INK: Rgb = (236, 232, 222)
AMBER: Rgb = (250, 186, 102)
CORAL: Rgb = (238, 98, 86)
LILAC: Rgb = (196, 170, 232)
DUSK: Rgb = (96, 104, 168)

LETTER_COLOURS: tuple[Rgb, ...] = (
    (122, 108, 190),
    (206, 120, 92),
    (84, 140, 158),
    (198, 166, 92),
    (160, 84, 132),
    (110, 148, 104),
    (140, 132, 164),
)
"""One for each section letter, in turn."""

_TITLE, _TEXT = "instrument-serif", "inter-tight"


@lru_cache(maxsize=32)
def serif(size: int, *, wide: bool = False) -> ImageFont.FreeTypeFont:
    """The face of titles and large figures; `wide` is its stand-in, which knows Greek and Cyrillic too."""
    chosen = face(_TITLE).stand_in if wide else face(_TITLE)
    return ImageFont.truetype(str(chosen.file), size)


@lru_cache(maxsize=32)
def sans(size: int) -> ImageFont.FreeTypeFont:
    """The face of everything small."""
    return ImageFont.truetype(str(face(_TEXT).file), size)


def fitted(text: str, size: int, width: int, smallest: int = 40) -> tuple[str, ImageFont.FreeTypeFont]:
    """The text in the largest serif up to `size` that fits `width`, cut with an ellipsis if none does; a
    middle dot stands for each letter no bundled face can draw."""
    wide = not face(_TITLE).draws(text)
    known = face(_TITLE).stand_in if wide else face(_TITLE)
    text = "".join(letter if known.draws(letter) else "·" for letter in text)
    while size > smallest and serif(size, wide=wide).getlength(text) > width:
        size -= 4
    font = serif(size, wide=wide)
    while len(text) > 1 and font.getlength(text) > width:
        text = text[:-2].rstrip() + "…"
    return text, font


def caps(
    draw: ImageDraw.ImageDraw, at: tuple[float, float], text: str, size: int = 20, fill: Rgb = MUTED
) -> float:
    """Letter-spaced capitals from `at` (left, middle of the line); gives back their width."""
    font, x = sans(size), at[0]
    for letter in text.upper():
        draw.text((x, at[1]), letter, font=font, fill=fill, anchor="lm")
        x += font.getlength(letter) + 0.14 * size
    return x - at[0]


def panel(image: Image.Image, box: Box, name: str) -> ImageDraw.ImageDraw:
    """An empty panel with its name standing above its left edge."""
    draw = ImageDraw.Draw(image)
    draw.rectangle(box, fill=PANEL)
    caps(draw, (box[0], box[1] - 22), name, 17)
    return draw


def mixed(one: Rgb, other: Rgb, share: float) -> Rgb:
    """A colour `share` of the way from one to the other."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def clock(seconds: float) -> str:
    """Minutes and seconds: `3:07`."""
    whole = int(seconds)
    return f"{whole // 60}:{whole % 60:02d}"
