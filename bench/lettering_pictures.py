"""Pictures with and without lettering on them, drawn by seed: what the lettering detector is measured on.

Grounds: the house's own covers without type, gradients, discs and polygons, textures, scribbles, and rows of
windows, dots and signs, which are what such detectors take for words. Lettering: invented words in the
bundled faces, 3 to 20 % of the height, turned by up to 20 degrees, a third of it of low contrast, some of it
blurred or saved as JPEG of middling quality.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from noktvrn.kernel.seeds import derive_seed
from noktvrn.picture.compose import Commission, compose
from noktvrn.picture.identity import make_look
from noktvrn.picture.motifs import MOTIFS
from noktvrn.picture.type.faces import faces

Bytes = NDArray[np.uint8]
Rng = np.random.Generator

SIDE = 1000
HELD_OUT = frozenset({"anton", "fraunces", "space-mono", "syne"})
"""Faces the weights are fitted without, to see what lettering in unknown faces comes to."""
MOODS = ("dark", "dreamy", "warm", "cold", "euphoric", "sad", "calm")
CONSONANTS, VOWELS = "bcdfghklmnprstvwz", "aeiou"


@dataclass(frozen=True)
class Lettered:
    """A picture with words on it: its bytes, where their ink is, the words' height, angle and contrast."""

    pixels: Bytes
    ink: NDArray[np.bool_]
    size: float
    angle: float
    low: bool


def chance(*labels: object) -> Rng:
    """Dice of their own for each picture."""
    return np.random.Generator(np.random.PCG64(derive_seed(5, *labels)))


def colour(dice: Rng) -> tuple[int, int, int]:
    """Any colour."""
    red, green, blue = (int(dice.integers(255)) for _ in range(3))
    return red, green, blue


def cover(index: int) -> Bytes:
    """A cover of the house without its type, of every motif in turn."""
    dice = chance("cover", index)
    look = make_look(int(dice.integers(1_000_000)), moods=[MOODS[index % 7]], looks=[], stage_name="V L")
    look = look.model_copy(update={"motif": sorted(MOTIFS)[index % len(MOTIFS)]})
    return compose(Commission("avatar" if index % 3 else "cover", look, SIDE, SIDE, index)).pixels


def gradient(index: int) -> Bytes:
    """A linear and a radial gradient with some noise."""
    dice = chance("gradient", index)
    first, second, third = (dice.integers(0, 256, 3).astype(float) for _ in range(3))
    down, across = np.mgrid[0:SIDE, 0:SIDE] / SIDE
    turn = dice.uniform(0, 2 * np.pi)
    line = across * np.cos(turn) + down * np.sin(turn)
    ring = np.hypot(across - dice.random(), down - dice.random())
    light = first + (second - first) * line[..., None] + 0.7 * (third - first) * ring[..., None]
    noisy = light + dice.normal(0, dice.uniform(0, 6), light.shape)
    return np.asarray(np.clip(noisy, 0, 255), dtype=np.uint8)


def discs(index: int) -> Bytes:
    """Discs, boxes and polygons strewn about."""
    dice, sheet = chance("discs", index), Image.fromarray(gradient(index + 9000))
    pen, size = ImageDraw.Draw(sheet), dice.uniform(0.01, 0.2) * SIDE
    for _ in range(int(dice.integers(5, 120))):
        x, y = dice.uniform(0, SIDE, 2)
        half, ink = size * dice.uniform(0.4, 1), colour(dice)
        form = int(dice.integers(3)) if index % 2 else 0
        if form == 0:
            pen.ellipse((x - half, y - half, x + half, y + half), fill=ink)
        elif form == 1:
            pen.rectangle((x - half, y - half * dice.uniform(0.2, 1), x + half, y + half), fill=ink)
        else:
            corners = [tuple(np.array([x, y]) + dice.uniform(-half, half, 2)) for _ in range(5)]
            pen.polygon(corners, fill=ink)
    return np.asarray(sheet)


def texture(index: int) -> Bytes:
    """Noise of many sizes, sometimes folded into veins."""
    dice, field = chance("texture", index), np.zeros((SIDE, SIDE))
    for octave in range(2, 9):
        coarse = dice.normal(size=(2**octave, 2**octave)).astype(np.float32)
        fine = Image.fromarray(coarse).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
        field += np.asarray(fine) * 2.0 ** (-octave * dice.uniform(0.3, 1))
    field = (field - field.min()) / np.ptp(field)
    if index % 3 == 0:
        field = np.abs(np.sin(field * dice.uniform(5, 30)))
    dark, bright = (dice.integers(0, 256, 3).astype(float) for _ in range(2))
    return np.asarray(np.clip(dark + (bright - dark) * field[..., None], 0, 255), dtype=np.uint8)


def scribbles(index: int) -> Bytes:
    """Strokes as letters have them, in no order."""
    dice, sheet = chance("scribbles", index), Image.fromarray(gradient(index + 7000))
    pen = ImageDraw.Draw(sheet)
    for _ in range(int(dice.integers(10, 160))):
        steps = dice.normal(0, dice.uniform(6, 50), (int(dice.integers(2, 12)), 2))
        line = np.cumsum(steps, axis=0) + dice.uniform(0, SIDE, 2)
        points = [(float(x), float(y)) for x, y in line]
        pen.line(points, fill=colour(dice), width=int(dice.integers(2, 14)), joint="curve")
    return np.asarray(sheet)


def grid(index: int) -> Bytes:
    """Windows, dots, panes or triangles in rows, a little turned."""
    dice, sheet = chance("grid", index), Image.fromarray(gradient(index + 5000))
    pen, wide = ImageDraw.Draw(sheet), dice.uniform(0.02, 0.12) * SIDE
    high, right, bottom = wide * dice.uniform(0.5, 2.2), *(SIDE * dice.uniform(0.6, 1, 2))
    step_x, step_y = wide * dice.uniform(1.2, 2), high * dice.uniform(1.2, 2.4)
    inks = colour(dice), colour(dice)
    for y in np.arange(SIDE * dice.uniform(0, 0.4), bottom, step_y):
        for x in np.arange(SIDE * dice.uniform(0, 0.3), right, step_x):
            if dice.random() > 0.25 * (index % 2):
                _sign(pen, index % 4, (x, y, x + wide, y + high), inks[int(dice.random() < 0.2)])
    return np.asarray(sheet.rotate(float(dice.uniform(-15, 15)), Image.Resampling.BICUBIC))


def _sign(
    pen: ImageDraw.ImageDraw,
    form: int,
    box: tuple[float, float, float, float],
    ink: tuple[int, int, int],
) -> None:
    left, top, right, bottom = box
    middle, thick = (left + right) / 2, max(2, int((right - left) / 8))
    if form == 0:
        pen.rectangle(box, fill=ink)
    elif form == 1:
        pen.ellipse(box, fill=ink)
    elif form == 2:
        pen.rectangle(box, outline=ink, width=thick)
        pen.line((middle, top, middle, bottom), fill=ink, width=thick)
    else:
        pen.polygon([(left, bottom), (middle, top), (right, bottom)], fill=ink)


GROUNDS: tuple[Callable[[int], Bytes], ...] = (
    cover,
    cover,
    gradient,
    discs,
    texture,
    scribbles,
    grid,
    cover,
    cover,
    texture,
)
"""In this order, so that four of ten are covers."""


def bare(index: int) -> Bytes:
    """A picture without lettering."""
    return GROUNDS[index % len(GROUNDS)](index)


def lettered(index: int, known: tuple[str, ...] | None = None) -> Lettered:
    """The same picture with words on it, in one of the faces given."""
    ground, dice = bare(index), chance("ink", index)
    sheet, size, angle = _words(index, known or tuple(sorted(faces())))
    under = float(np.median(ground[sheet > 128] @ np.array([0.299, 0.587, 0.114])))
    low = index % 3 == 0
    gap = dice.uniform(22, 45) if low else dice.uniform(60, 200)
    tone = np.clip(under + (gap if under < 128 else -gap), 0, 255)
    ink = np.clip(tone + dice.normal(0, 20, 3), 0, 255)
    cover_of_ink = (sheet / 255.0)[..., None]
    drawn = Image.fromarray((ground * (1 - cover_of_ink) + ink * cover_of_ink).astype(np.uint8))
    return Lettered(_worn(drawn, index, dice), sheet > 100, size, angle, low)


def _worn(picture: Image.Image, index: int, dice: Rng) -> Bytes:
    """Some are blurred, half went through a JPEG."""
    if index % 4 == 1:
        picture = picture.filter(ImageFilter.GaussianBlur(float(dice.uniform(0.3, 1.2))))
    if index % 2:
        held = io.BytesIO()
        picture.save(held, "JPEG", quality=int(dice.integers(60, 95)))
        picture = Image.open(held).convert("RGB")
    return np.asarray(picture)


def _words(index: int, known: tuple[str, ...]) -> tuple[Bytes, float, float]:
    """Coverage of one or two lines, their em as a part of the height, their angle in degrees."""
    dice = chance("words", index)
    name = known[int(dice.integers(len(known)))]
    size = float(np.exp(dice.uniform(np.log(0.03), np.log(0.20))))
    font = ImageFont.truetype(str(faces()[name].file), int(size * SIDE))
    angle = float(dice.uniform(-20, 20)) if dice.random() < 0.6 else 0.0
    text = "\n".join(_line(dice, font) for _ in range(int(dice.integers(1, 3))))
    sheet = Image.new("L", (SIDE, SIDE))
    pen = ImageDraw.Draw(sheet)
    left, top, right, bottom = pen.multiline_textbbox((0, 0), text, font=font)
    wide, high, lean = right - left, bottom - top, np.deg2rad(abs(angle))
    x = _place(dice, wide * np.cos(lean) + high * np.sin(lean))
    y = _place(dice, wide * np.sin(lean) + high * np.cos(lean))
    pen.multiline_text((x - wide / 2 - left, y - high / 2 - top), text, font=font, fill=255)
    return np.asarray(sheet.rotate(angle, Image.Resampling.BICUBIC, center=(x, y))), size, angle


def _place(dice: Rng, length: float) -> float:
    """The middle of something so long that fits on the sheet."""
    return float(dice.uniform(length / 2, SIDE - length / 2)) if length < SIDE else SIDE / 2


def _line(dice: Rng, font: ImageFont.FreeTypeFont) -> str:
    words = [_word(dice) for _ in range(int(dice.integers(1, 4)))]
    while font.getlength(" ".join(words)) > 0.92 * SIDE and len(words) > 1:
        words.pop()
    while font.getlength(" ".join(words)) > 0.92 * SIDE and len(words[0]) > 3:
        words[0] = words[0][:-1]
    return " ".join(words)


def _word(dice: Rng) -> str:
    """Three to six letters one can say."""
    letters = (
        CONSONANTS[int(dice.integers(len(CONSONANTS)))] if place % 2 == 0 else VOWELS[int(dice.integers(5))]
        for place in range(int(dice.integers(3, 7)))
    )
    word = "".join(letters)
    return (word.upper(), word.upper(), word.title(), word)[int(dice.integers(4))]
