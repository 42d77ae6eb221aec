"""The world behind the subject: an oversize still whose visible part drifts and breathes with the bass.

Each brightness step is computed once per shot, so a frame costs one copy.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image

from noktvrn.film.light import BASE_LIMIT
from noktvrn.film.yuv import BLACK, WHITE, Bytes, Floats, Frame, Planes, to_planes

STEPS = 14
GAIN_SPAN = 0.16
"""The brightest step over the darkest, at most."""
_SAFE_CHANGE = 0.085  # of relative luminance; WCAG 2.3.1 counts changes of 0.10 as halves of a flash
_GAMMA = 2.4
DRIFT_S = 34.0


@dataclass(frozen=True, slots=True)
class Grade:
    """How a shot is lit: luma `gain`, chroma `saturation`, hue turned by `turn` degrees, `zoom` >= 1."""

    gain: float = 1.0
    saturation: float = 1.0
    turn: float = 0.0
    zoom: float = 1.0
    mirrored: bool = False


def margin_of(width: int, height: int) -> int:
    """Pixels the still reaches beyond the frame on each side (64 at 1080p)."""
    return max(4, max(width, height) // 60 * 2)


class Backdrop:
    """One still for all shots of a film, given as RGB (H, W, 3) of any size; it is scaled to cover."""

    def __init__(self, rgb: Bytes, width: int, height: int, *, grain: float, seed: int) -> None:
        self._margin = margin_of(width, height)
        self._size = (width + 2 * self._margin, height + 2 * self._margin)
        self._frame = (width, height)
        self._planes = to_planes(rgb, seed=seed)
        self._grain = _grain(self._size, grain, seed)
        self._seed = seed

    def light(self, grade: Grade, *, seed: int) -> Set:
        """The still as one shot sees it."""
        width, height = self._size
        y = _fitted(self._planes.y, width, height, grade)
        u = _fitted(self._planes.u, width // 2, height // 2, grade).astype(np.float32) - 128
        v = _fitted(self._planes.v, width // 2, height // 2, grade).astype(np.float32) - 128
        angle = np.deg2rad(grade.turn)
        cos, sin = grade.saturation * np.cos(angle), grade.saturation * np.sin(angle)
        graded = Planes(y, _chroma(cos * u - sin * v), _chroma(sin * u + cos * v))
        return Set(graded, self._grain, grade.gain, self._margin, seed)


class Set:
    """A lit backdrop ready to be laid under a frame."""

    def __init__(self, still: Planes, grain: Floats, gain: float, margin: int, seed: int) -> None:
        lifted = (still.y.astype(np.float32) - BLACK) * gain
        middle = np.clip(lifted / (WHITE - BLACK), 0.0, 1.0)
        lifted += grain * np.sqrt(middle * (1.0 - middle)) * 2.0
        span = safe_span(lifted)
        self._lumas = [_step(lifted, 1.0 + span * step / (STEPS - 1)) for step in range(STEPS)]
        self._u, self._v = _phases(still.u), _phases(still.v)
        self._margin = margin
        phase = np.random.Generator(np.random.PCG64(seed)).random(2)
        self._phase = (float(phase[0]), float(phase[1]))

    def lay(self, frame: Frame, time_s: float, pulse: float) -> None:
        """Covers the frame: the part that has drifted into view at `time_s`, lit by `pulse` 0..1."""
        reach = self._margin - 2
        dx = self._margin + round(reach * np.sin(2 * np.pi * (time_s / DRIFT_S + self._phase[0])))
        dy = self._margin + round(reach * np.sin(2 * np.pi * (time_s / DRIFT_S / 1.31 + self._phase[1])))
        luma = self._lumas[min(STEPS - 1, int(pulse * STEPS))]
        frame.y[...] = luma[dy : dy + frame.height, dx : dx + frame.width]
        rows = slice(dy // 2, dy // 2 + frame.height // 2)
        columns = slice(dx // 2, dx // 2 + frame.width // 2)
        frame.u[...] = self._u[dy % 2][dx % 2][rows, columns]
        frame.v[...] = self._v[dy % 2][dx % 2][rows, columns]


def _fitted(plane: Bytes, width: int, height: int, grade: Grade) -> Bytes:
    """The middle of a plane, scaled to cover `width` x `height` at the grade's zoom."""
    rows, columns = plane.shape
    scale = max(width / columns, height / rows) * grade.zoom
    crop_w, crop_h = width / scale, height / scale
    left, top = (columns - crop_w) / 2, (rows - crop_h) / 2
    image = Image.fromarray(plane).resize(
        (width, height), Image.Resampling.BICUBIC, box=(left, top, left + crop_w, top + crop_h)
    )
    fitted = np.asarray(image)
    return np.ascontiguousarray(fitted[:, ::-1] if grade.mirrored else fitted)


def _chroma(offset: Floats) -> Bytes:
    return np.asarray(np.clip(offset, -BASE_LIMIT, BASE_LIMIT) + 128.5, dtype=np.float32).astype(np.uint8)


def safe_span(lifted: Floats) -> float:
    """The largest gain (less one) that changes the relative luminance of the brightest twentieth by less than
    a flash, however often it comes. `lifted` is luma above black, 0..219."""
    bright = max(float(np.percentile(lifted, 95)) / (WHITE - BLACK), 1e-3)
    luminance = bright**_GAMMA
    allowed = float((luminance + _SAFE_CHANGE) / luminance) ** (1 / _GAMMA) - 1.0
    return min(GAIN_SPAN, float(allowed))


def _step(lifted: Floats, gain: float) -> Bytes:
    bright = np.clip(lifted * np.float32(gain), 0, WHITE - BLACK) + np.float32(BLACK + 0.5)
    return np.asarray(bright.astype(np.uint8))


def _phases(plane: Bytes) -> list[list[Bytes]]:
    """The plane moved by half a chroma sample down and right, so that odd luma offsets stay in register."""
    wide = plane.astype(np.uint16)
    right = np.concatenate([wide[:, 1:], wide[:, -1:]], axis=1)
    down = np.concatenate([wide[1:], wide[-1:]], axis=0)
    both = np.concatenate([right[1:], right[-1:]], axis=0)
    return [
        [plane, ((wide + right + 1) >> 1).astype(np.uint8)],
        [((wide + down + 1) >> 1).astype(np.uint8), ((wide + right + down + both + 2) >> 2).astype(np.uint8)],
    ]


def _grain(size: tuple[int, int], amount: float, seed: int) -> Floats:
    """Gaussian grain about 1.4 px wide, in luma steps. Baked in once: fresh grain doubles the bits."""
    width, height = size
    noise = np.random.Generator(np.random.PCG64(seed)).standard_normal((height, width), dtype=np.float32)
    soft = 0.5 * noise + 0.25 * np.roll(noise, 1, axis=0) + 0.25 * np.roll(noise, 1, axis=1)
    return np.asarray(soft * (amount * (WHITE - BLACK) / 0.61), dtype=np.float32)
