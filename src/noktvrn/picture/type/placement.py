"""Placement: where the words go, found by looking at the picture, not by hoping.

Every candidate layout is set, and what lies under its ink boxes is measured on a small preview: how busy it
is (mean gradient of the encoded picture) and how well the colour of the type stands off (WCAG contrast at
the least favourable tenth). The first candidate that passes wins.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product

import numpy as np

from noktvrn.picture.colour import Pixels, contrast, luminance, to_encoded
from noktvrn.picture.plane import View
from noktvrn.picture.type.setting import Block, Box, fit
from noktvrn.picture.type.spelling import Spelling

TITLE_CONTRAST = 4.5
SMALL_CONTRAST = 3.0
BUSY = 0.012
"""Mean change of the encoded picture per 1/200 of its width that type may stand on."""

_TILE = 12

MARGIN = 0.075
_EDGE = 0.5 - MARGIN


@dataclass(frozen=True)
class Layout:
    """Zone of the title (head, foot, middle), side, and where the small line goes (beside, across)."""

    zone: str
    side: str
    small: str


@dataclass(frozen=True)
class Voice:
    """How loud an artist's type is: largest title in em of the stage, share of the height it may take."""

    largest: float
    room: float
    small: float
    title_tracking: float


WHISPER = Voice(0.044, 0.16, 0.021, 0.0)
SPEAK = Voice(0.092, 0.24, 0.023, -0.01)
SHOUT = Voice(0.30, 0.27, 0.024, -0.015)


@dataclass(frozen=True)
class Words:
    """Title and name as they will be drawn; either may be missing."""

    title: Spelling
    name: Spelling
    tracking: float


@dataclass(frozen=True)
class Placed:
    """Blocks of type, their colour (linear RGB), the contrast of the first, how busy their ground is."""

    blocks: tuple[Block, ...]
    colour: Pixels
    contrast: float
    busy: float
    passed: bool


def candidates(quiet: Iterable[str], sides: Iterable[str], smalls: Iterable[str]) -> list[Layout]:
    """Layouts in order: the motif's quiet zones first, in them the artist's habits."""
    return [Layout(*parts) for parts in product(quiet, sides, smalls)]


def place(
    words: Words,
    layouts: Iterable[Layout],
    voices: Iterable[Voice],
    preview: Pixels,
    view: View,
    inks: list[Pixels],
) -> Placed | None:
    """The first layout that reads well on `preview` (linear RGB of `view`), else the best.

    None where there are no words.
    """
    best: Placed | None = None
    for voice, layout in product(voices, layouts):
        blocks = typeset(words, layout, voice)
        if not blocks:
            return None
        found = _judge(blocks, preview, view, inks)
        if found.passed:
            return found
        if best is None or _worth(found) > _worth(best):
            best = found
    return best


def _worth(placed: Placed) -> float:
    return min(placed.contrast, 6.0) - 60.0 * placed.busy


def typeset(words: Words, layout: Layout, voice: Voice) -> tuple[Block, ...]:
    """Title and name as blocks in stage units; the title is the first block where there is one."""
    small_high = voice.small * 1.6
    blocks: list[Block] = []
    if words.title.text:
        blocks.append(_title(words, layout, voice, small_high))
    if words.name.text:
        blocks.append(_name(words, layout, voice, blocks[0] if blocks else None))
    return tuple(blocks)


def _title(words: Words, layout: Layout, voice: Voice, small_high: float) -> Block:
    high = voice.room * 2 * _EDGE
    reserve = small_high + 0.02 if layout.small == "beside" and words.name.text else 0.0
    if layout.zone == "head":
        room, hang = (-_EDGE, -_EDGE, _EDGE, -_EDGE + high), "top"
    elif layout.zone == "foot":
        room, hang = (-_EDGE, _EDGE - reserve - high, _EDGE, _EDGE - reserve), "bottom"
    else:
        room, hang = (-_EDGE, -0.06, _EDGE, -0.06 + high), "top"
    tracking = voice.title_tracking if words.title.face.genus != "wide" else 0.0
    if voice is WHISPER:
        tracking = min(0.2, words.tracking * 0.5)
    return fit(
        words.title.text,
        words.title.face,
        room,
        align=layout.side,
        hang=hang,
        largest=voice.largest,
        tracking=tracking,
    )


def _name(words: Words, layout: Layout, voice: Voice, title: Block | None) -> Block:
    room, hang = _name_room(layout, voice, title)
    return fit(
        words.name.text,
        words.name.face,
        room,
        align=layout.side,
        hang=hang,
        largest=voice.small,
        tracking=words.tracking,
    )


def _name_room(layout: Layout, voice: Voice, title: Block | None) -> tuple[Box, str]:
    tall = 3.2 * voice.small
    if title is not None and layout.small == "beside":
        if layout.zone == "foot":
            return (-_EDGE, _EDGE - tall, _EDGE, _EDGE), "bottom"
        below = title.box[3] + 0.6 * voice.small + 0.012
        return (-_EDGE, below, _EDGE, below + tall), "top"
    if layout.zone == "foot":
        return (-_EDGE, -_EDGE, _EDGE, -_EDGE + tall), "top"
    return (-_EDGE, _EDGE - tall, _EDGE, _EDGE), "bottom"


def _judge(blocks: tuple[Block, ...], preview: Pixels, view: View, inks: list[Pixels]) -> Placed:
    grounds = [window(preview, view, block.box) for block in blocks]
    busy = max(busyness(ground) for ground in grounds)
    scored = [(_worst_share(grounds, ink), ink) for ink in inks]
    share, ink = next((pair for pair in scored if pair[0] >= 1), max(scored, key=lambda pair: pair[0]))
    return Placed(blocks, ink, contrast_under(grounds[0], ink), busy, share >= 1 and busy <= BUSY)


def _worst_share(grounds: list[Pixels], ink: Pixels) -> float:
    """The least part of its limit any block reaches: the first stands for the title, the others are small."""
    limits = [TITLE_CONTRAST, *([SMALL_CONTRAST] * (len(grounds) - 1))]
    return min(contrast_under(ground, ink) / limit for ground, limit in zip(grounds, limits, strict=True))


def window(picture: Pixels, view: View, box: Box, pad: float = 0.012) -> Pixels:
    """The pixels of `picture` under a box of stage units, with a small margin around it."""
    left = int(max(0, (box[0] - pad - view.left) * view.scale))
    top = int(max(0, (box[1] - pad - view.top) * view.scale))
    right = int(min(view.width, (box[2] + pad - view.left) * view.scale + 1))
    bottom = int(min(view.height, (box[3] + pad - view.top) * view.scale + 1))
    return picture[top : max(bottom, top + 2), left : max(right, left + 2)]


def busyness(ground: Pixels) -> float:
    """How restless the ground is where it is most restless.

    Mean step between neighbours of the encoded luminance, after averaging 3 x 3 pixels (fibre and grain do
    not count), for the worst of the tiles the ground is cut into: one edge behind one letter is enough.
    """
    grey = _thirds(to_encoded(luminance(ground)))
    return max(_unrest(tile) for row in _tiles(grey, 0) for tile in _tiles(row, 1))


def _thirds(grey: Pixels) -> Pixels:
    rows, columns = (max(1, size // 3) for size in grey.shape)
    cropped = grey[: rows * 3, : columns * 3]
    if cropped.shape != (rows * 3, columns * 3):
        return grey
    return np.asarray(cropped.reshape(rows, 3, columns, 3).mean(axis=(1, 3)), dtype=np.float32)


def _tiles(grey: Pixels, axis: int) -> list[Pixels]:
    return np.array_split(grey, max(1, grey.shape[axis] // _TILE), axis=axis)


def _unrest(tile: Pixels) -> float:
    steps = [np.abs(np.diff(tile, axis=axis)) for axis in (0, 1)]
    return float(sum(part.mean() for part in steps if part.size))


def contrast_under(ground: Pixels, ink: Pixels) -> float:
    """WCAG contrast of `ink` against the least favourable twentieth of the ground."""
    levels = luminance(ground)
    own = float(luminance(ink))
    dark, bright = (float(value) for value in np.quantile(levels, (0.05, 0.95)))
    if dark <= own <= bright:
        return 1.0
    return min(contrast(own, dark), contrast(own, bright))
