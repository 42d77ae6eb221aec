"""Pictures with and without lettering on them, drawn by seed: what the lettering detector is measured on.

Grounds: the house's own covers without type, landscapes under a sky, branches with leaves, gradients, discs
and polygons, textures, scribbles, and rows of windows, dots and signs, which are what such detectors take for
words. Lettering: invented words in a face that is named, 3 to 20 % of the height, turned by up to 20 degrees
or seen aslant, a third of it of low contrast, some of it blurred or saved as JPEG of middling quality.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

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
SYSTEM = Path("/usr/share/fonts/truetype/dejavu")
"""Faces of the machine, where it has them: nothing was ever fitted on them."""
MOODS = ("dark", "dreamy", "warm", "cold", "euphoric", "sad", "calm")
CONSONANTS, VOWELS = "bcdfghklmnprstvwz", "aeiou"


@dataclass(frozen=True)
class Lettered:
    """A picture with words on it: its bytes, where their ink is, the words' height (of the picture's), angle
    (degrees), and whether they are of low contrast, seen aslant or blurred."""

    pixels: Bytes
    ink: NDArray[np.bool_]
    size: float
    angle: float
    low: bool
    aslant: bool
    blurred: bool


def bundled() -> dict[str, Path]:
    """The faces the detector's letters are drawn from."""
    return {name: face.file for name, face in sorted(faces().items())}


def foreign() -> dict[str, Path]:
    """Faces it knows nothing of: the machine's own; none where it has none."""
    return {path.stem: path for path in sorted(SYSTEM.glob("*.ttf")) if "Math" not in path.stem}


def dealt(index: int, known: dict[str, Path]) -> tuple[str, Path]:
    """The face of a picture: each in turn, on another ground every time round."""
    names = list(known)
    name = names[(index + index // len(names)) % len(names)]
    return name, known[name]


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


def landscape(index: int) -> Bytes:
    """Ridges one behind the other under a sky with a sun, in haze and grain, as a photograph has them."""
    dice, light = chance("landscape", index), gradient(index + 3000).astype(float)
    down, across = np.mgrid[0:SIDE, 0:SIDE]
    sun, wide = dice.uniform(0.1, 0.9, 2) * SIDE, dice.uniform(0.02, 0.1) * SIDE
    glow = np.exp(-(((across - sun[0]) ** 2 + (down - sun[1] / 2) ** 2) / (2 * wide**2)))
    light += glow[..., None] * dice.uniform(60, 200)
    rock = texture(index + 3000).astype(float) / 255 - 0.5
    for ridge in np.sort(dice.uniform(0.3, 0.95, int(dice.integers(2, 6)))):
        line = ridge * SIDE + _ridge(dice) * SIDE * dice.uniform(0.03, 0.2)
        tone = dice.integers(5, 190, 3) * (1.2 - ridge)
        land = tone + rock * dice.uniform(10, 90)
        light = np.where((down > line[None, :])[..., None], land, light)
    noisy = light + dice.normal(0, dice.uniform(0, 8), light.shape)
    return np.asarray(np.clip(noisy, 0, 255), dtype=np.uint8)


def _ridge(dice: Rng) -> NDArray[np.float64]:
    """A line of hills, -1 to 1: sines of many lengths."""
    place, line = np.linspace(0, 2 * np.pi, SIDE), np.zeros(SIDE)
    for wave in range(1, 40):
        line += np.sin(wave * place + dice.uniform(0, 2 * np.pi)) / wave ** dice.uniform(0.9, 1.4)
    return np.asarray(line / np.abs(line).max())


def foliage(index: int) -> Bytes:
    """Branches that fork, with leaves or without, before a sky."""
    dice = chance("foliage", index)
    sheet = Image.fromarray(gradient(index + 4000))
    pen, ink = ImageDraw.Draw(sheet), colour(dice)
    leaf = colour(dice) if index % 2 else None
    for _ in range(int(dice.integers(1, 5))):
        x, y = float(dice.uniform(0, SIDE)), SIDE * float(dice.choice([0.0, 1.0]))
        upward = -np.pi / 2 if y else np.pi / 2
        _branch(pen, dice, (x, y), upward, float(dice.uniform(90, 240)), (ink, leaf))
    return np.asarray(sheet.filter(ImageFilter.GaussianBlur(float(dice.uniform(0, 1.5)))))


Inks = tuple[tuple[int, int, int], tuple[int, int, int] | None]


def _branch(
    pen: ImageDraw.ImageDraw, dice: Rng, at: tuple[float, float], way: float, length: float, inks: Inks
) -> None:
    to = (at[0] + length * np.cos(way), at[1] + length * np.sin(way))
    pen.line((*at, *to), fill=inks[0], width=max(1, int(length / 9)))
    if length < 26:
        if inks[1] is not None:
            half = dice.uniform(3, 14, 2)
            pen.ellipse((to[0] - half[0], to[1] - half[1], to[0] + half[0], to[1] + half[1]), fill=inks[1])
        return
    for _ in range(int(dice.integers(2, 4))):
        _branch(pen, dice, to, way + float(dice.normal(0, 0.6)), length * float(dice.uniform(0.5, 0.8)), inks)


GROUNDS: tuple[Callable[[int], Bytes], ...] = (
    cover,
    landscape,
    gradient,
    discs,
    texture,
    scribbles,
    grid,
    cover,
    foliage,
    cover,
    landscape,
)
"""In this order. Eleven of them, so that every face and every kind of wear meets every ground."""


def bare(index: int) -> Bytes:
    """A picture without lettering."""
    return GROUNDS[index % len(GROUNDS)](index)


def lettered(index: int, face: Path) -> Lettered:
    """The same picture with words on it in a face."""
    ground, dice = bare(index), chance("ink", index)
    sheet, size, angle = _words(index, face)
    aslant = index % 5 == 2
    if aslant:
        sheet = _aslant(sheet, dice)
    under = float(np.median(ground[sheet > 128] @ np.array([0.299, 0.587, 0.114])))
    low = index % 3 == 0
    gap = dice.uniform(22, 45) if low else dice.uniform(60, 200)
    tone = np.clip(under + (gap if under < 128 else -gap), 0, 255)
    ink = np.clip(tone + dice.normal(0, 20, 3), 0, 255)
    cover_of_ink = (sheet / 255.0)[..., None]
    drawn = Image.fromarray((ground * (1 - cover_of_ink) + ink * cover_of_ink).astype(np.uint8))
    blurred = index % 4 == 1
    worn = _worn(drawn, dice, blur=dice.uniform(0.01, 0.04) * size * SIDE if blurred else 0.0)
    return Lettered(worn, sheet > 100, size, angle, low, aslant, blurred)


def _aslant(sheet: Bytes, dice: Rng) -> Bytes:
    """Seen from the side or from below: a corner each is drawn in by up to a sixth."""
    corners = np.array([(0, 0), (SIDE, 0), (SIDE, SIDE), (0, SIDE)], dtype=float)
    seen = corners + dice.uniform(0, SIDE / 6, (4, 2)) * np.sign(SIDE / 2 - corners)
    rows = []
    for (x, y), (u, v) in zip(seen, corners, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
    found = np.linalg.solve(np.array(rows), corners.reshape(-1))
    turned = Image.fromarray(sheet).transform(
        (SIDE, SIDE), Image.Transform.PERSPECTIVE, found.tolist(), Image.Resampling.BICUBIC
    )
    return np.asarray(turned)


def _worn(picture: Image.Image, dice: Rng, *, blur: float) -> Bytes:
    """Blurred by so many pixels; half went through a JPEG."""
    if blur:
        picture = picture.filter(ImageFilter.GaussianBlur(blur))
    if dice.random() < 0.5:
        held = io.BytesIO()
        picture.save(held, "JPEG", quality=int(dice.integers(60, 95)))
        picture = Image.open(held).convert("RGB")
    return np.asarray(picture)


def _words(index: int, face: Path) -> tuple[Bytes, float, float]:
    """Coverage of one or two lines, their em as a part of the height, their angle in degrees."""
    dice = chance("words", index)
    size = float(np.exp(dice.uniform(np.log(0.03), np.log(0.20))))
    font = ImageFont.truetype(str(face), int(size * SIDE))
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
