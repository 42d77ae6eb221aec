"""Press: two or three spot inks on paper, a grid, one big shape, one rhythm, one counterweight."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from noktvrn.picture.colour import Pixels
from noktvrn.picture.plane import Band
from noktvrn.picture.scene import Scene, Sketch
from noktvrn.picture.stock import Stock, halftone
from noktvrn.picture.svg import Bytes, cover_of, mask

_LEFT, _TOP, _SIDE = -0.425, -0.425, 0.85
_FOOT = 0.2
"""Shapes stay above this line; the type stands below it."""

Plates = tuple[str, str, str]
"""SVG of three plates: main (screened), second (solid), key (dark, solid)."""


def press(scene: Scene) -> Sketch:
    """A print in the artist's manner: every artist keeps two of the arrangements, until these are used up."""
    own = scene.artist("arrangement")
    first = int(own.integers(len(_ARRANGEMENTS)))
    rng, others = scene.release("pick"), 1 + round(3 * scene.variety)
    usual = rng.random() < 0.6 - 0.4 * scene.variety
    index = first if usual else first + 1 + int(rng.integers(others))
    plates = _ARRANGEMENTS[index % len(_ARRANGEMENTS)](scene.release("arrange"), scene.curve)
    return Sketch(_Print(scene, plates).shade, quiet=("foot",), focus=(0.0, -0.1), grain=0.8)


class _Print:
    def __init__(self, scene: Scene, plates: Plates) -> None:
        own = scene.artist("inks")
        paper, main, second, key = inks(scene, int(own.integers(4)))
        self.stock = Stock(scene.look.seed, scene.view, paper, opaque=scene.night)
        self.inks = (main, second, key)
        slips = scene.release("slip").normal(0, 0.0013, (3, 2))
        self.plates: list[Bytes] = [
            mask(f'<g transform="translate({dx:.5f} {dy:.5f})" fill="#000">{plate}</g>', scene.view)
            for plate, (dx, dy) in zip(plates, slips, strict=True)
        ]
        self.lines = float(own.choice([64, 90, 120]))
        self.angle = float(own.choice([15, 33, 45]))
        self.light = scene.light

    def shade(self, band: Band) -> Pixels:
        out = self.stock.sheet(band)
        slope = 0.62 + 0.75 * (band.x * -self.light[0] + (band.y + 0.1) * -self.light[1])
        tone = np.asarray(np.clip(slope, 0.12, 0.97) + 0 * band.x, dtype=np.float32)
        screen = halftone(tone, band, self.lines, self.angle)
        out = self.stock.ink(out, self.inks[0], cover_of(self.plates[0], band) * screen, band)
        out = self.stock.ink(out, self.inks[1], cover_of(self.plates[1], band), band, 0.05)
        return self.stock.ink(out, self.inks[2], cover_of(self.plates[2], band), band, 0.02)


def inks(scene: Scene, scheme: int) -> tuple[Pixels, Pixels, Pixels, Pixels]:
    """Paper, main, second and key colour: four ways to use one palette, two of them on black stock."""
    palette = scene.palette
    if scene.night:
        main, second = (
            (palette.accent, palette.stop(0.5)) if scheme % 2 else (palette.stop(0.62), palette.accent)
        )
        return palette.stop(0.03), main, second, palette.stop(0.92)
    if scheme == 0:
        return palette.paper, palette.accent, palette.stop(0.42), palette.ink
    if scheme == 1:
        return palette.paper, palette.stop(0.55), palette.accent, palette.ink
    if scheme == 2:
        return palette.stop(0.93), palette.stop(0.5), palette.accent, palette.stop(0.12)
    return palette.paper, palette.ink, palette.accent, palette.ink


def _circle(x: float, y: float, r: float) -> str:
    return f'<circle cx="{x:.4f}" cy="{y:.4f}" r="{r:.4f}"/>'


def _rect(x: float, y: float, w: float, h: float) -> str:
    return f'<rect x="{x:.4f}" y="{y:.4f}" width="{w:.4f}" height="{h:.4f}"/>'


def _pie(x: float, y: float, r: float, quarter: int) -> str:
    sx, sy = ((1, 1), (-1, 1), (-1, -1), (1, -1))[quarter]
    sweep = 1 if sx * sy > 0 else 0
    return f'<path d="M{x:.4f} {y:.4f}h{sx * r:.4f}A{r:.4f} {r:.4f} 0 0 {sweep} {x:.4f} {y + sy * r:.4f}Z"/>'


def _sun_and_bars(rng: np.random.Generator, curve: Pixels) -> Plates:
    side = 1 if rng.random() < 0.5 else -1
    x, y, r = side * rng.uniform(0.06, 0.14), rng.uniform(-0.16, -0.12), rng.uniform(0.25, 0.29)
    count = int(rng.integers(7, 14))
    pitch = 0.55 / count
    bars = []
    for index in range(count):
        high = pitch * (0.18 + 0.62 * float(curve[int(index / count * 127)]))
        left = _LEFT if side > 0 else _LEFT + _SIDE - 0.44
        bars.append(_rect(left, _TOP + 0.05 + index * pitch, 0.44, high))
    corner = _LEFT + _SIDE if side > 0 else _LEFT
    key = _pie(corner, _FOOT + 0.01, rng.uniform(0.14, 0.22), 2 if side > 0 else 3)
    return _circle(x, y, r), "".join(bars), key


def _columns(rng: np.random.Generator, curve: Pixels) -> Plates:
    count = int(rng.choice([5, 8, 12, 17]))
    pitch = _SIDE / count
    main: list[str] = []
    second: list[str] = []
    for index in range(count):
        high = 0.08 + 0.52 * float(curve[int((index + 0.5) / count * 127)])
        target = main if rng.random() < 0.72 else second
        target.append(_rect(_LEFT + index * pitch, _FOOT - high, pitch * 0.86, high))
    moon = rng.uniform(0.05, 0.09)
    key = _circle(rng.choice([-1, 1]) * rng.uniform(0.2, 0.36), _TOP + moon, moon)
    return "".join(main), "".join(second), key


def _tiles(rng: np.random.Generator, curve: Pixels) -> Plates:
    columns = int(rng.choice([4, 6]))
    rows = columns * 3 // 4
    cell = _SIDE / columns
    plates: list[list[str]] = [[], [], []]
    for index in range(columns * rows):
        x, y = _LEFT + index % columns * cell, _TOP + index // columns * cell
        loud = float(curve[int(index / (columns * rows) * 127)])
        if rng.random() > 0.62 + 0.36 * loud:
            continue
        plates[int(rng.choice([0, 0, 0, 1, 1, 2]))].append(_tile(rng, x, y, cell))
    return "".join(plates[0]) + _rect(_LEFT, _TOP, cell, cell), "".join(plates[1]), "".join(plates[2])


def _tile(rng: np.random.Generator, x: float, y: float, cell: float) -> str:
    kind = int(rng.integers(5))
    if kind < 3:
        quarter = int(rng.integers(4))
        corners = ((x, y), (x + cell, y), (x + cell, y + cell), (x, y + cell))
        return _pie(*corners[quarter], cell, quarter)
    if kind == 3:
        return _circle(x + cell / 2, y + cell / 2, cell * rng.choice([0.5, 0.25]))
    return "".join(_rect(x, y + cell * k / 4, cell, cell / 8) for k in range(4))


def _arcs(rng: np.random.Generator, curve: Pixels) -> Plates:
    x, y = rng.choice([-0.2, 0.0, 0.2]), _FOOT
    count = int(rng.integers(5, 9))
    main: list[str] = []
    second: list[str] = []
    for index in range(count):
        r = 0.10 + 0.47 * index / count
        width = 0.47 / count * (0.35 + 0.5 * float(curve[int(index / count * 127)]))
        arc = (
            f'<path d="M{x - r:.4f} {y}A{r:.4f} {r:.4f} 0 0 1 {x + r:.4f} {y}" fill="none" '
            f'stroke="#000" stroke-width="{width:.4f}"/>'
        )
        (second if index % 3 == 1 else main).append(arc)
    return "".join(main), "".join(second), _circle(x, y - 0.035, 0.035)


def _overlap(rng: np.random.Generator, curve: Pixels) -> Plates:
    """Two bodies that overprint, lying, standing or aslant, and one dark stroke."""
    r, share = rng.uniform(0.17, 0.25), rng.uniform(0.45, 1.0)
    turn = float(rng.choice([0.0, 0.5, 0.9, -0.6, -1.2]))
    dx, dy = 0.62 * (r + r * share) * np.cos(turn), 0.5 * (r + r * share) * np.sin(turn)
    x, y, loud = -dx * share, -0.125 - dy * share, float(curve.mean())
    ox, oy = x + dx * (1 + share), y + dy * (1 + share)
    second = (
        _circle(ox, oy, r * share)
        if rng.random() < 0.6
        else _rect(ox - r * share, oy - r * share, 2 * r * share, 2 * r * share)
    )
    width = 0.006 + 0.024 * loud
    strokes = (
        _rect(_LEFT, y + 0.5 * r, _SIDE, width),
        _rect(ox - width / 2, _TOP, width, _FOOT - _TOP),
        _circle(x, y, 0.3 * r * share),
        "",
    )
    return _circle(x, y, r), second, strokes[int(rng.integers(len(strokes)))]


_ARRANGEMENTS: tuple[Callable[[np.random.Generator, Pixels], Plates], ...] = (
    _sun_and_bars,
    _columns,
    _tiles,
    _arcs,
    _overlap,
)
