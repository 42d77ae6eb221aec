"""Press: a printed sheet that plays. Bars of ink grow with the bands, a halftone sun swells with the bass.

Inks are laid on the artist's paper once per shot: the sheet, the sheet full of bars, and the sun at every
swelling, alone and under bars. A frame only chooses which plate shows where. On light paper inks multiply;
by night they are opaque, as on black stock. The paper carries the artist's motif where the stage has one.
"""

from __future__ import annotations

import numpy as np
from PIL import Image

from noktvrn.film.strokes import even
from noktvrn.film.styles.base import Pulse, Rgb, Stage, ramp_colour
from noktvrn.film.yuv import Floats, Frame, Planes, to_planes

Box = tuple[slice, slice]

BARS = 11
SWELLINGS = 6
_NEAR = 1.6
SCREEN_DEGREES = 33.0


class Press:
    """The style on one stage."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        chance = stage.draw("press")
        self._inks = self._choose_inks(chance)
        self._lay_out(chance)
        paper = self._paper()
        self._sheet = self._printed(paper, (slice(0, stage.height), slice(0, stage.width)), None, bars=False)
        self._barred_sheet = self._printed(paper, self._area, None, bars=True)
        steps = range(SWELLINGS)
        self._suns = [self._printed(paper, self._sun_box, step, bars=False) for step in steps]
        self._barred_suns = [self._printed(paper, self._sun_box, step, bars=True) for step in steps]
        self._swell = 0.0

    def draw(self, frame: Frame, pulse: Pulse) -> None:
        """The sheet, the sun at this swelling, then the bars, over both."""
        self._swell += (pulse.bass * (0.3 + 0.7 * pulse.presence) - self._swell) * 0.45
        step = min(SWELLINGS - 1, int(self._swell * SWELLINGS))
        frame.y[...], frame.u[...], frame.v[...] = self._sheet.y, self._sheet.u, self._sheet.v
        _print(frame, self._suns[step], self._sun_box, self._sun_box)
        for number, rows in enumerate(self._bar_rows):
            level = float(pulse.bands[4 + 5 * number : 9 + 5 * number].mean()) * pulse.presence
            bar = (rows, self._bar_columns(level))
            _print(frame, self._barred_sheet, self._area, bar)
            over = _common(bar, self._sun_box)
            if over:
                _print(frame, self._barred_suns[step], self._sun_box, over)

    def _bar_columns(self, level: float) -> slice:
        left, right = self._area[1].start, self._area[1].stop
        length = even((0.10 + 0.90 * level**0.8) * self._reach, self._reach)
        return slice(right - length, right) if self._from_right else slice(left, left + length)

    def _choose_inks(self, chance: np.random.Generator) -> tuple[Rgb, Rgb, Rgb]:
        """Sun, bars, counterweight."""
        palette = self._stage.palette
        pair = [palette.accent, ramp_colour(palette, 0.48 if palette.on_paper else 0.66)]
        first = int(self._stage.draw("inks").integers(2))
        return pair[first], pair[1 - first], palette.ink if palette.on_paper else palette.ramp[4]

    def _lay_out(self, chance: np.random.Generator) -> None:
        """The printed area with its margins, sun and bars in it; room is left for the words."""
        stage = self._stage
        wide, aside = stage.width >= stage.height, abs(stage.cx / stage.width - 0.5) > 0.1
        share = 0.42 if wide and aside else (0.86 if wide else 0.87)
        width, height = stage.width * share, stage.height * (0.72 if wide else 0.40)
        centre = (
            stage.width * (0.745 if stage.cx > stage.width / 2 else 0.255)
            if wide and aside
            else stage.width / 2
        )
        top, left = even(stage.cy - height / 2, stage.height), even(centre - width / 2, stage.width)
        rows, columns = even(height, stage.height - top), even(width, stage.width - left)
        self._area = (slice(top, top + rows), slice(left, left + columns))
        self._from_right = bool(chance.integers(2))
        self._reach = even(columns * 0.60, columns)
        radius = min(stage.size * 0.56, rows * 0.5, columns * 0.44)
        self._sun = (
            centre + (-1 if self._from_right else 1) * (columns / 2 - radius * 1.04),
            stage.cy,
            radius,
        )
        self._sun_box = _box(*self._sun, stage.width, stage.height)
        self._bar_rows = _rhythm(top, rows)
        self._corner_at = (
            left if self._from_right else left + columns,
            top + rows,
            min(rows, columns) * 0.21,
        )

    def _paper(self) -> Floats:
        """The sheet before printing, (H, W, 3) RGB: fibres and an uneven tint."""
        stage = self._stage
        paper = self._stock()
        chance = stage.draw("paper")
        cloud = Image.fromarray(chance.normal(0, 1, (9, 16)).astype(np.float32))
        soft = np.asarray(cloud.resize((stage.width, stage.height), Image.Resampling.BICUBIC))
        fibre = Image.fromarray(chance.normal(0, 1, (stage.height // 2, stage.width // 5)).astype(np.float32))
        fine = np.asarray(fibre.resize((stage.width, stage.height), Image.Resampling.BICUBIC))
        shade = np.float32(0.985) + np.float32(0.008) * soft + np.float32(0.012) * fine
        return np.asarray(paper * shade[..., None], dtype=np.float32)

    def _stock(self) -> Floats:
        """The colour of the unprinted sheet, the motif in it: nearer in a chorus, far in a verse."""
        stage = self._stage
        if stage.world is None:
            return np.asarray(
                stage.palette.paper if stage.palette.on_paper else stage.palette.ramp[0], dtype=np.float32
            )
        rows, columns, _ = stage.world.shape
        zoom = max(stage.width / columns, stage.height / rows) * (_NEAR if stage.full else 1.0)
        wide, high = stage.width / zoom, stage.height / zoom
        left, top = (columns - wide) / 2, (rows - high) / 2
        near = Image.fromarray(stage.world).resize(
            (stage.width, stage.height), Image.Resampling.BICUBIC, box=(left, top, left + wide, top + high)
        )
        return np.asarray(near, dtype=np.float32) / np.float32(255)

    def _printed(self, paper: Floats, box: Box, step: int | None, *, bars: bool) -> Planes:
        """A part of the sheet with its inks multiplied on it; `step` None leaves the sun out."""
        sheet = paper[box].copy()
        chance = self._stage.draw("mottle")
        mottle = 1.0 - np.float32(0.06) * np.abs(chance.standard_normal(sheet.shape[:2], dtype=np.float32))
        sun, bar, dark = self._inks
        lay = _multiply if self._stage.palette.on_paper else _cover
        if step is not None:
            lay(sheet, self._halftone(box, step) * mottle, sun)
        if bars:
            lay(sheet, np.float32(0.95) * mottle, bar)
        lay(sheet, self._corner(box) * mottle, dark)
        return to_planes((np.clip(sheet, 0, 1) * 255).astype(np.uint8), seed=self._stage.seed)

    def _halftone(self, box: Box, step: int) -> Floats:
        """Dots on a turned screen, larger towards the middle and with the swelling."""
        centre_x, centre_y, radius = self._sun
        x, y = _grid(box, centre_x, centre_y)
        distance = np.hypot(x, y)
        angle = np.float32(np.deg2rad(SCREEN_DEGREES))
        pitch = np.float32(max(5.0, min(self._stage.width, self._stage.height) / 84))
        across = (x * np.cos(angle) + y * np.sin(angle)) / pitch
        along = (y * np.cos(angle) - x * np.sin(angle)) / pitch
        dot = np.hypot(across - np.round(across), along - np.round(along)) * pitch
        weight = (
            1.0 - 0.62 * distance / np.float32(radius) + np.float32(0.36 * (step / (SWELLINGS - 1) - 0.5))
        )
        size = pitch * np.float32(0.66) * np.sqrt(np.clip(weight, 0.02, 1.1))
        return np.asarray(
            np.clip(size - dot + 0.5, 0, 1) * np.clip(radius - distance, 0, 1), dtype=np.float32
        )

    def _corner(self, box: Box) -> Floats:
        """The dark counterweight: a quarter of a disc in the lower corner opposite to the bars' root."""
        x0, y0, size = self._corner_at
        x, y = _grid(box, x0, y0)
        inside = (x >= 0 if self._from_right else x < 0) & (y < 0)
        return np.asarray(np.clip(size - np.hypot(x, y) + 0.5, 0, 1) * inside, dtype=np.float32)


def _grid(box: Box, x0: float, y0: float) -> tuple[Floats, Floats]:
    x = np.arange(box[1].start, box[1].stop, dtype=np.float32)[None, :] - np.float32(x0)
    y = np.arange(box[0].start, box[0].stop, dtype=np.float32)[:, None] - np.float32(y0)
    return x, y


def _multiply(sheet: Floats, cover: Floats, ink: Rgb) -> None:
    """Ink laid over what is printed, as transparent inks are."""
    sheet *= 1.0 - cover[..., None] * (1.0 - np.asarray(ink, dtype=np.float32))


def _cover(sheet: Floats, cover: Floats, ink: Rgb) -> None:
    """Opaque ink, as screens print it on black stock."""
    sheet += cover[..., None] * (np.asarray(ink, dtype=np.float32) - sheet)


def _box(x: float, y: float, radius: float, width: int, height: int) -> Box:
    return (
        slice(even(y - radius - 2, height), even(y + radius + 4, height)),
        slice(even(x - radius - 2, width), even(x + radius + 4, width)),
    )


def _common(one: Box, other: Box) -> Box | None:
    """The part two boxes share."""
    rows = slice(max(one[0].start, other[0].start), min(one[0].stop, other[0].stop))
    columns = slice(max(one[1].start, other[1].start), min(one[1].stop, other[1].stop))
    return (rows, columns) if rows.start < rows.stop and columns.start < columns.stop else None


def _rhythm(top: int, height: int) -> list[slice]:
    """Rows of the bars: one pitch, weight decaying downwards."""
    pitch = height / BARS
    rows = []
    for number, weight in enumerate(np.linspace(0.70, 0.12, BARS)):
        first = even(top + pitch * number, top + height)
        rows.append(slice(first, max(first + 2, even(first + pitch * weight, top + height))))
    return rows


def _print(frame: Frame, plate: Planes, origin: Box, box: Box) -> None:
    """Copies `box` of the frame from a plate that was printed for `origin`. All edges are even."""
    inner = tuple(
        slice(part.start - at.start, part.stop - at.start) for part, at in zip(box, origin, strict=True)
    )
    half = tuple(slice(part.start // 2, part.stop // 2) for part in box)
    small = tuple(slice(part.start // 2, part.stop // 2) for part in inner)
    frame.y[box] = plate.y[inner]
    frame.u[half], frame.v[half] = plate.u[small], plate.v[small]
