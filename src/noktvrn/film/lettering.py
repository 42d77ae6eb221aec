"""Type in film: title card, captions and credits as masks drawn once and blended per frame.

Who calls hands in a `Typesetter`, so the letters are the artist's own bundled faces.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from PIL import Image, ImageFilter

from noktvrn.film.light import blend
from noktvrn.film.yuv import Bytes, Frame, Tone, halved

Face = Literal["display", "text"]
LINE_BOX = 1.25  # height of a line's mask in units of its size


class Typesetter(Protocol):
    """Draws one line of type."""

    def __call__(self, text: str, face: Face, size: float, tracking: float) -> Bytes:
        """Coverage (rows, columns) of 8 bits: rows are `LINE_BOX * size`, the baseline at 0.95 `size`;
        columns are tight. `size` is the em in pixels, `tracking` in em."""


@dataclass(frozen=True, slots=True)
class Lettering:
    """A mask in its place: `x`, `y` even, `cover` and `halo` of one even shape, and their colours."""

    x: int
    y: int
    cover: Bytes
    halo: Bytes
    tone: Tone
    ground: Tone

    def show(self, frame: Frame, alpha: float) -> None:
        """Blends halo and letters into the frame."""
        rows, columns = self.cover.shape
        box = (slice(self.y, self.y + rows), slice(self.x, self.x + columns))
        half = (slice(box[0].start // 2, box[0].stop // 2), slice(box[1].start // 2, box[1].stop // 2))
        for mask, colour in ((self.halo, self.ground), (self.cover, self.tone)):
            blend(frame.y[box], mask, colour.y, alpha)
            small = halved(mask)
            blend(frame.u[half], small, colour.u, alpha)
            blend(frame.v[half], small, colour.v, alpha)


def stacked(lines: Sequence[Bytes], *, pitch: int, align: float) -> Bytes:
    """Line masks under one another every `pitch` rows; `align` 0 is left, 0.5 centred, 1 right."""
    width = max(line.shape[1] for line in lines)
    block = np.zeros((pitch * (len(lines) - 1) + lines[-1].shape[0], width), dtype=np.uint8)
    for number, line in enumerate(lines):
        left = round((width - line.shape[1]) * align)
        spot = block[number * pitch : number * pitch + line.shape[0], left : left + line.shape[1]]
        np.maximum(spot, line, out=spot)
    return block


def placed(
    mask: Bytes,
    *,
    x: float,
    y: float,
    align: float,
    frame: tuple[int, int],
    tone: Tone,
    ground: Tone,
    halo: float,
) -> Lettering:
    """A mask with its halo, the point (`x`, `y`) being the top of its block at `align` of its width.

    `halo` is the strength 0..1 of the soft ground behind the letters. The block is moved into the frame
    (width, height) when it would leave it.
    """
    pad = max(2, round(mask.shape[0] * 0.22 + frame[1] * 0.012))
    rows, columns = (
        min(limit, (side + 2 * pad + 1) // 2 * 2) for side, limit in zip(mask.shape, frame[::-1], strict=True)
    )
    cover = np.zeros((rows, columns), dtype=np.uint8)
    fit = mask[: rows - 2 * pad, : columns - 2 * pad]
    cover[pad : pad + fit.shape[0], pad : pad + fit.shape[1]] = fit
    left = _inside(x - align * mask.shape[1] - pad, frame[0] - columns)
    top = _inside(y - pad, frame[1] - rows)
    return Lettering(left, top, cover, _halo(cover, pad, halo), tone, ground)


def _inside(position: float, limit: int) -> int:
    return max(0, min(round(position), limit)) // 2 * 2


def _halo(cover: Bytes, pad: int, strength: float) -> Bytes:
    """A soft ground: the letters spread wide, so that thin strokes still stand on calm colour."""
    image = Image.fromarray(cover)
    wide = np.asarray(image.filter(ImageFilter.GaussianBlur(pad * 0.42)), dtype=np.float32)
    near = np.asarray(image.filter(ImageFilter.GaussianBlur(max(1.0, pad * 0.12))), dtype=np.float32)
    return np.clip((1.6 * wide + 0.5 * near) * strength, 0, 255 * strength).astype(np.uint8)


def fitted_size(
    typeset: Typesetter, text: str, face: Face, *, tracking: float, width: float, most: float
) -> float:
    """The largest size up to `most` at which `text` is at most `width` pixels wide."""
    measured = typeset(text, face, most, tracking).shape[1]
    return most if measured <= width else most * width / measured


def title_lines(text: str, *, most: int = 3) -> tuple[tuple[str, ...], ...]:
    """The ways to break a title into 1..`most` lines, each the one with the shortest longest line."""
    words = text.split() or [text]
    counts = range(1, min(most, len(words)) + 1)
    return tuple(min(_breaks(words, count), key=lambda way: (max(map(len, way)), way)) for count in counts)


def _breaks(words: Sequence[str], count: int) -> list[tuple[str, ...]]:
    if count == 1:
        return [(" ".join(words),)]
    return [
        (" ".join(words[:at]), *rest)
        for at in range(1, len(words) - count + 2)
        for rest in _breaks(words[at:], count - 1)
    ]
