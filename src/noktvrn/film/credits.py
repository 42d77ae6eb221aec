"""All type of a film in its places and times: title card, captions, teaser heading, end card."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from noktvrn.film.captions import broken
from noktvrn.film.lettering import Lettering, Typesetter, fitted_size, placed, stacked, title_lines
from noktvrn.film.styles.base import Palette
from noktvrn.film.yuv import Bytes, Frame, Tone, tone
from noktvrn.model.film import Cue

CARD_S = 4.0
FADE_S = 0.25
SAFE = (60 / 1080, 960 / 1080, 220 / 1920, 1480 / 1920)
"""Left, right, top, bottom of what no app of the vertical platforms covers, in shares of the frame."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A piece of type and when it stands."""

    lettering: Lettering
    start_s: float
    end_s: float
    fade_s: float

    def show(self, frame: Frame, time_s: float) -> None:
        """Blends it in if its time is now."""
        alpha = min((time_s - self.start_s) / self.fade_s, (self.end_s - time_s) / self.fade_s, 1.0)
        if alpha > 0:
            self.lettering.show(frame, alpha * alpha * (3 - 2 * alpha))


class Typography:
    """Sets the type of one film in the artist's faces and colours."""

    def __init__(
        self,
        typeset: Typesetter,
        palette: Palette,
        size: tuple[int, int],
        *,
        tracking: float,
        uppercase: bool,
    ) -> None:
        self._typeset = typeset
        self._size = size
        self._tracking = tracking
        self._uppercase = uppercase
        light, dark = tone(palette.paper), tone(palette.ramp[0])
        ink, paper = tone(palette.ink), tone(palette.paper)
        self._tone, self._ground = (ink, paper) if palette.on_paper else (light, dark)
        self._halo = 0.85 if palette.on_paper else 0.62

    @property
    def tone(self) -> Tone:
        """The colour of all type."""
        return self._tone

    def title_card(self, artist: str, title: str, *, end_s: float) -> list[Slot]:
        """Wide films: name over title, lower left, for the first seconds."""
        width, height = self._size
        block = self._heading(title, width=0.44 * width, most=0.125 * height, align=0.0)
        name = self._small(artist, 0.026 * height, width * 0.6)
        left, bottom = 0.075 * width, 0.86 * height
        top = bottom - block.shape[0]
        fade = min(0.6, end_s / 4)
        return [
            Slot(self._place(block, left, top, 0.0), 0.35 * fade, end_s, fade),
            Slot(self._place(name, left, top - 0.055 * height, 0.0), 0.9 * fade, end_s, fade),
        ]

    def heading(self, artist: str, title: str, *, end_s: float) -> list[Slot]:
        """Tall films: title and name at the top of the safe zone, all the time."""
        height = self._size[1]
        left, right, top, _ = self._safe()
        block = self._heading(title, width=right - left, most=0.058 * height, align=0.5)
        name = self._small(artist, 0.0165 * height, right - left)
        middle, below = (left + right) / 2, top + 0.012 * height
        return [
            Slot(self._place(name, middle, below, 0.5), -1.0, end_s + 1.0, 0.5),
            Slot(self._place(block, middle, below + 0.034 * height, 0.5), -1.0, end_s + 1.0, 0.5),
        ]

    def captions(self, cues: Sequence[Cue]) -> list[Slot]:
        """Every cue in its place: low and centred, on tall films at the bottom of the safe zone."""
        return [Slot(self._caption(cue.text), cue.start_s, cue.end_s, FADE_S) for cue in cues]

    def end_card(self, artist: str, title: str, *, start_s: float, end_s: float) -> list[Slot]:
        """The artist's name at the end, the title small below it."""
        width, height = self._size
        name = self._heading(artist, width=0.6 * width, most=0.055 * min(width, height), align=0.5)
        small = self._small(title, 0.020 * min(width, height), 0.6 * width)
        top, fade = 0.79 * height - name.shape[0] / 2, min(0.9, (end_s - start_s) / 2)
        below = top + name.shape[0] + 0.022 * min(width, height)
        spots = (self._place(name, width / 2, top, 0.5), self._place(small, width / 2, below, 0.5))
        return [Slot(spot, start_s, end_s + 1.0, fade) for spot in spots]

    def _caption(self, text: str) -> Lettering:
        width, height = self._size
        tall = height > width
        left, right, _, bottom = self._safe() if tall else (0.1 * width, 0.9 * width, 0.0, 0.93 * height)
        most = 0.030 * height if tall else 0.040 * height
        lines = broken(text).split("\n")
        size = min(
            fitted_size(self._typeset, line, "text", tracking=0.0, width=right - left, most=most)
            for line in lines
        )
        masks = [self._typeset(line, "text", size, 0.0) for line in lines]
        block = stacked(masks, pitch=round(size * 1.3), align=0.5)
        return self._place(block, (left + right) / 2, bottom - block.shape[0], 0.5)

    def _heading(self, text: str, *, width: float, most: float, align: float) -> Bytes:
        """A title as large as its width allows: of all ways to break it the one that ends largest."""
        shown = text.upper() if self._uppercase else text
        size, lines = max(
            (self._largest(way, width, most / len(way) ** 0.5), way) for way in title_lines(shown)
        )
        masks = [self._typeset(line, "display", size, 0.0) for line in lines]
        return stacked(masks, pitch=round(size * 1.08), align=align)

    def _largest(self, lines: Sequence[str], width: float, most: float) -> float:
        """The size at which the widest line is `width` pixels, at most `most`."""
        return min(
            fitted_size(self._typeset, line, "display", tracking=0.0, width=width, most=most)
            for line in lines
        )

    def _small(self, text: str, size: float, width: float) -> Bytes:
        tracking = max(self._tracking, 0.06)
        fit = fitted_size(self._typeset, text.upper(), "text", tracking=tracking, width=width, most=size)
        return self._typeset(text.upper(), "text", fit, tracking)

    def _place(self, mask: Bytes, x: float, y: float, align: float) -> Lettering:
        return placed(
            mask,
            x=x,
            y=y,
            align=align,
            frame=self._size,
            tone=self._tone,
            ground=self._ground,
            halo=self._halo,
        )

    def _safe(self) -> tuple[float, float, float, float]:
        width, height = self._size
        return SAFE[0] * width, SAFE[1] * width, SAFE[2] * height, SAFE[3] * height
