"""Botanical: grown stems with leaves, as a cyanotype, a cut print or a fine drawing."""

from __future__ import annotations

import numpy as np

from noktvrn.picture.colour import Pixels
from noktvrn.picture.noise import fbm
from noktvrn.picture.plane import Band, cut, mix
from noktvrn.picture.scene import Scene, Sketch
from noktvrn.picture.stock import Stock
from noktvrn.picture.svg import blurred, cover_of, disc, mask, smooth_path

Point = tuple[float, float]

_PEN = 'stroke="#000" stroke-linecap="round"'


def botanical(scene: Scene) -> Sketch:
    """One spray of one plant; the plant stays with the artist, its growth with the release."""
    spray = _Spray(scene)
    return Sketch(spray.shade, quiet=("foot", "head"), focus=(0.0, -0.08))


class _Spray:
    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        own, rng = scene.artist("plant"), scene.release("growth")
        self.leaf = str(own.choice(["fern", "willow", "round", "umbel", "grass"]))
        self.manner = str(own.choice(["cyanotype", "night"] if scene.night else ["print", "drawing"]))
        self.slim = float(own.uniform(0.7, 1.25))
        stems = {"grass": 9, "umbel": int(rng.choice([1, 3, 5]))}.get(self.leaf, int(rng.integers(1, 4)))
        body = "".join(self._stem(rng, index, stems) for index in range(stems))
        self.drawn = mask(f"<g {_PEN}>{body}</g>", scene.view)
        soft = blurred(self.drawn, scene.view, 0.007)
        away = soft.shape[1] * scene.view.scale / scene.view.width
        self.soft = np.roll(soft, (round(0.009 * away), round(0.012 * away)), axis=(0, 1))
        palette = scene.palette
        ground = {
            "cyanotype": palette.stop(0.30),
            "print": palette.paper,
            "drawing": palette.paper,
            "night": palette.stop(0.05),
        }
        self.stock = Stock(scene.look.seed, scene.view, ground[self.manner])
        self.wash = fbm(scene.seed, scene.view.shrunk(min(700, scene.view.width)), 2.2, 5, gain=0.62)

    def _stem(self, rng: np.random.Generator, index: int, stems: int) -> str:
        spread = (index - (stems - 1) / 2) / max(1, stems - 1) if stems > 1 else 0.0
        lean = spread * 0.52 + rng.uniform(-0.07, 0.07)
        start = (0.06 * spread + rng.uniform(-0.02, 0.02), 0.20)
        high = rng.uniform(0.56, 0.63) * (0.78 if self.leaf == "umbel" else 1) * (1 - 0.25 * abs(spread))
        bend = rng.uniform(-0.16, 0.16)
        t = np.linspace(0, 1, 15)
        x = start[0] + lean * t**1.4 + bend * np.sin(np.pi * t) * 0.5
        y = start[1] - high * t
        line = list(zip(x.tolist(), y.tolist(), strict=True))
        out = f'<path d="{smooth_path(line)}" fill="none" stroke-width="{0.0042:.4f}"/>'
        return out + self._leaves(rng, line)

    def _leaves(self, rng: np.random.Generator, line: list[Point]) -> str:
        count = {"fern": 30, "willow": 20, "round": 11, "umbel": 0, "grass": 0}[self.leaf]
        if self.leaf == "umbel":
            return self._umbel(rng, line)
        if self.leaf == "grass":
            return self._ears(rng, line)
        out = []
        xs, ys = (np.array([point[axis] for point in line]) for axis in (0, 1))
        for index in range(count):
            share = 0.14 + 0.86 * (index + 0.5) / count
            place = share * (len(line) - 1)
            x, y = np.interp(place, range(len(line)), xs), np.interp(place, range(len(line)), ys)
            ahead = min(place + 0.5, len(line) - 1)
            way = np.arctan2(
                np.interp(ahead, range(len(line)), ys) - y + 1e-6, np.interp(ahead, range(len(line)), xs) - x
            )
            loud = float(self.scene.curve[int(share * 127)])
            size = self._size(share) * (0.65 + 0.6 * loud) * rng.uniform(0.9, 1.1)
            for side in (-1, 1) if self.leaf == "fern" else ((-1, 1)[index % 2],):
                angle = way + side * (0.95 if self.leaf == "fern" else 0.72) * rng.uniform(0.85, 1.15)
                out.append(self._blade(float(x), float(y), float(angle), size, side))
        return "".join(out)

    def _size(self, share: float) -> float:
        shape = np.sin(np.pi * min(1.0, 0.18 + 0.80 * share)) ** 0.8
        return float({"fern": 0.165, "willow": 0.160, "round": 0.125}[self.leaf] * (0.15 + 0.85 * shape))

    def _blade(self, x: float, y: float, angle: float, size: float, side: int) -> str:
        width = size * {"fern": 0.10, "willow": 0.11, "round": 0.36}[self.leaf] * self.slim
        droop = side * size * 0.10
        near, far = f"{size * 0.28:.5f}", f"{size * 0.75:.5f}"
        points = f"M0 0C{near} {-width:.5f} {far} {droop - width * 0.9:.5f} {size:.5f} {droop:.5f}"
        points += f"C{far} {droop + width * 0.9:.5f} {near} {width:.5f} 0 0Z"
        kind = 'fill="none" stroke-width="0.0016"' if self.manner == "drawing" else 'stroke="none"'
        vein = f'<path d="M0 0L{size * 0.9:.5f} {droop * 0.9:.5f}" fill="none" stroke-width="0.0010"/>'
        inner = f'<path d="{points}" {kind}/>' + (vein if self.manner == "drawing" else "")
        return f'<g transform="translate({x:.5f} {y:.5f}) rotate({np.rad2deg(angle):.2f})">{inner}</g>'

    def _umbel(self, rng: np.random.Generator, line: list[Point]) -> str:
        """An umbel: rays from the stem's end, each with a small umbel of dots."""
        out = []
        cx, cy = line[-1]
        for ray in range(15):
            angle = -np.pi / 2 + (ray - 7) * 0.17 + rng.normal(0, 0.03)
            long = rng.uniform(0.10, 0.14)
            x, y = cx + long * np.cos(angle), cy + long * np.sin(angle)
            bow = f"M{cx:.5f} {cy:.5f}Q{cx:.5f} {y:.5f} {x:.5f} {y:.5f}"
            out.append(f'<path d="{bow}" fill="none" stroke-width="0.0016"/>')
            for dot in range(11):
                turn, far = angle + (dot - 5) * 0.3, rng.uniform(0.014, 0.030)
                size = rng.uniform(0.0025, 0.0050)
                dot_x, dot_y = float(x + far * np.cos(turn)), float(y + far * np.sin(turn))
                out.append(f'<path d="{disc(dot_x, dot_y, size)}" stroke="none"/>')
        return "".join(out)

    def _ears(self, rng: np.random.Generator, line: list[Point]) -> str:
        out = []
        for grain in range(22):
            x, y = line[-1 - grain // 5]
            side = -1 if grain % 2 else 1
            px, py = x + side * 0.006 + rng.normal(0, 0.001), y - 0.004 * (grain % 5) + 0.012
            out.append(self._ear(px, py, side, rng))
        return "".join(out)

    def _ear(self, x: float, y: float, side: int, rng: np.random.Generator) -> str:
        turn = -90 + side * rng.uniform(14, 30)
        shape = (
            '<path d="M0 0C0.006 -0.006 0.018 -0.005 0.026 0C0.018 0.005 0.006 0.006 0 0Z" stroke="none"/>'
        )
        hair = '<path d="M0.026 0L0.072 0" fill="none" stroke-width="0.0008"/>'
        return f'<g transform="translate({x:.5f} {y:.5f}) rotate({turn:.2f})">{shape}{hair}</g>'

    def shade(self, band: Band) -> Pixels:
        palette = self.scene.palette
        drawn, soft, wash = (
            cover_of(self.drawn, band),
            np.maximum(cut(self.soft, band), 0),
            cut(self.wash, band),
        )
        sheet = self.stock.sheet(band)
        if self.manner in ("print", "drawing"):
            ghost = self.stock.ink(
                sheet, palette.stop(0.70), soft * (0.55 if self.manner == "print" else 0.25), band
            )
            colour = palette.ink if self.manner == "drawing" else palette.stop(0.30)
            return self.stock.ink(ghost, colour, drawn, band, 0.08)
        light = np.clip(1 + 0.10 * wash, 0.6, 1.4)
        ground = np.asarray(sheet * light[..., None], dtype=np.float32)
        if self.manner == "night":
            haze = palette.shade(np.clip(0.10 + 0.5 * soft + 0.02 * wash, 0, 1))
            lit = palette.shade(np.clip(0.85 - 0.9 * (band.y + 0.4) + 0 * drawn, 0.35, 1))
            return mix(haze, lit, drawn)
        bright = palette.paper + 0 * ground
        ghosted = mix(ground, bright, 0.30 * soft)
        return mix(ghosted, bright, drawn * np.clip(0.86 + 0.05 * wash, 0, 1))
