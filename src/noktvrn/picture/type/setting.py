"""Setting: lines of type with exact ink boxes, fitted to a box.

Widths come from drawing: a line is drawn once at a small size by the same program that draws the picture
and its ink is measured, so kerning, marks and tracking are what they will be.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from xml.sax.saxutils import escape

from PIL import Image

from noktvrn.picture.plane import View
from noktvrn.picture.svg import draw
from noktvrn.picture.type.faces import Face, face

_PROBE = 64
FLOOR = 0.020
"""Smallest type on a picture, em in units of the stage."""

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in stage units."""


@dataclass(frozen=True)
class Ink:
    """Ink of a line in em: from `left` to `right` of the origin, `up` above and `down` below the baseline."""

    left: float
    right: float
    up: float
    down: float

    @property
    def width(self) -> float:
        """Width in em."""
        return self.right - self.left


@dataclass(frozen=True)
class Line:
    """A set line: its origin (x, baseline y) and size in stage units, tracking in em."""

    text: str
    face: Face
    size: float
    tracking: float
    x: float
    y: float

    @property
    def box(self) -> Box:
        """The ink box."""
        ink = ink_of(self.text, self.face.id, self.tracking)
        return (
            self.x + ink.left * self.size,
            self.y - ink.up * self.size,
            self.x + ink.right * self.size,
            self.y + ink.down * self.size,
        )

    def svg(self) -> str:
        """The line as an SVG element, filled white."""
        return (
            f'<text x="{self.x:.5f}" y="{self.y:.5f}" font-family="{self.face.family}" xml:space="preserve" '
            f'font-size="{self.size:.5f}" letter-spacing="{self.tracking * self.size:.5f}" fill="#fff">'
            f"{escape(self.text)}</text>"
        )


@lru_cache(maxsize=512)
def ink_of(text: str, face_id: str, tracking: float) -> Ink:
    """Measures the ink of a line by drawing it."""
    chosen = face(face_id)
    reach = chosen.advance(text) + len(text) * max(0.0, tracking) + 2
    view = View(width=int(reach * 1.15 * _PROBE) + 1, height=int(3.4 * _PROBE), scale=_PROBE, cx=0, cy=0)
    origin_x, origin_y = view.left + 1, 0.5
    line = Line(text, chosen, 1.0, tracking, origin_x, origin_y)
    layer = draw(line.svg(), view, fonts=[str(chosen.file)])
    found = Image.fromarray(layer[..., 3]).point(lambda value: 255 if value > 24 else 0).getbbox()
    if found is None:
        return Ink(0.0, 0.0, 0.0, 0.0)
    left, top, right, bottom = (value / _PROBE for value in found)
    return Ink(
        view.left + left - origin_x,
        view.left + right - origin_x,
        origin_y - view.top - top,
        view.top + bottom - origin_y,
    )


@dataclass(frozen=True)
class Block:
    """A set text: its lines and the box around their ink."""

    lines: tuple[Line, ...]

    @property
    def box(self) -> Box:
        """The ink box of all lines."""
        boxes = [line.box for line in self.lines]
        return (
            min(box[0] for box in boxes),
            min(box[1] for box in boxes),
            max(box[2] for box in boxes),
            max(box[3] for box in boxes),
        )

    def svg(self) -> str:
        """All lines as SVG."""
        return "".join(line.svg() for line in self.lines)


def fit(
    text: str, chosen: Face, room: Box, *, align: str, hang: str, largest: float, tracking: float = 0.0
) -> Block:
    """Sets `text` as large as fits the room, at most `largest` em, in as many lines as serve best.

    `align` is left, centre or right; `hang` is top or bottom: where the block touches the room. The size
    never falls below `FLOOR`; a text too long even then is cut at the last word that fits, with an ellipsis.
    """
    wide, high = room[2] - room[0], room[3] - room[1]
    best: tuple[float, list[str]] = (0.0, [text])
    for count in range(1, 9):
        lines = broken(text, chosen, count, tracking)
        if len(lines) < count:
            break
        size = min(largest, _largest(lines, chosen, wide, high, tracking))
        if size > best[0] * 1.12:
            best = (size, lines)
    size, lines = best
    if size < FLOOR:
        size, lines = FLOOR, _floored(text, chosen, wide, high, tracking)
    return _placed(lines, chosen, size, room, align, hang, tracking)


def _largest(lines: list[str], chosen: Face, wide: float, high: float, tracking: float) -> float:
    inks = [ink_of(line, chosen.id, tracking) for line in lines]
    widest = max(ink.width for ink in inks)
    tall = inks[0].up + inks[-1].down + (len(lines) - 1) * chosen.leading
    return min(wide / max(widest, 0.05), high / max(tall, 0.05))


def broken(text: str, chosen: Face, count: int, tracking: float) -> list[str]:
    """`text` in at most `count` lines of widths as equal as its words allow."""
    words = text.split(" ")
    count = min(count, len(words))
    widths = [chosen.advance(word) + tracking * len(word) for word in words]
    low, high = max(widths), sum(widths) + len(words)
    for _ in range(24):
        middle = (low + high) / 2
        if len(_greedy(words, widths, middle)) <= count:
            high = middle
        else:
            low = middle
    return _greedy(words, widths, high)


def _greedy(words: list[str], widths: list[float], limit: float) -> list[str]:
    lines: list[str] = []
    used = 0.0
    for word, width in zip(words, widths, strict=True):
        if lines and used + 0.28 + width <= limit + 1e-9:
            lines[-1] += " " + word
            used += 0.28 + width
        else:
            lines.append(word)
            used = width
    return lines


def _floored(text: str, chosen: Face, wide: float, high: float, tracking: float) -> list[str]:
    """Lines at the floor size: long words are split, what does not fit is cut."""
    limit = wide / FLOOR * 0.94
    words = [part for word in text.split(" ") for part in _pieces(word, chosen, limit, tracking)]
    widths = [chosen.advance(word) + tracking * len(word) for word in words]
    lines = _greedy(words, widths, limit)
    room = max(1, int((high / FLOOR - 1) / chosen.leading) + 1)
    if len(lines) <= room:
        return lines
    return [*lines[: room - 1], lines[room - 1].rsplit(" ", 1)[0][: max(1, len(lines[room - 1]) - 2)] + "…"]


def _pieces(word: str, chosen: Face, limit: float, tracking: float) -> list[str]:
    pieces = [""]
    for letter in word:
        grown = pieces[-1] + letter
        if pieces[-1] and chosen.advance(grown) + tracking * len(grown) > limit:
            pieces.append(letter)
        else:
            pieces[-1] = grown
    return pieces


def _placed(
    lines: list[str], chosen: Face, size: float, room: Box, align: str, hang: str, tracking: float
) -> Block:
    inks = [ink_of(line, chosen.id, tracking) for line in lines]
    pitch = chosen.leading * size
    if hang == "top":
        baseline = room[1] + inks[0].up * size
    else:
        baseline = room[3] - inks[-1].down * size - pitch * (len(lines) - 1)
    set_lines = []
    for index, (text, ink) in enumerate(zip(lines, inks, strict=True)):
        x = _start(room, ink.width * size, align) - ink.left * size
        set_lines.append(Line(text, chosen, size, tracking, x, baseline + index * pitch))
    return Block(tuple(set_lines))


def _start(room: Box, width: float, align: str) -> float:
    if align == "left":
        return room[0]
    if align == "right":
        return room[2] - width
    return (room[0] + room[2] - width) / 2
