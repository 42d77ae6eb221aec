"""Soft lights that breathe: a still light in steps of brightness, computed once, added in one pass."""

from __future__ import annotations

import numpy as np

from noktvrn.film.light import GLOW_LIMIT, add_light, add_tint
from noktvrn.film.styles.base import Stage, light_table
from noktvrn.film.yuv import Bytes, Frame

STEPS = 12


class Glow:
    """A light of any shape about (`cx`, `cy`), by default the stage's centre; `share` is its strength."""

    def __init__(
        self, stage: Stage, light: Bytes, *, share: float, cx: float | None = None, cy: float | None = None
    ) -> None:
        middle_x, middle_y = stage.cx if cx is None else cx, stage.cy if cy is None else cy
        top = int(middle_y - light.shape[0] / 2) // 2 * 2
        left = int(middle_x - light.shape[1] / 2) // 2 * 2
        bottom, right = top + light.shape[0], left + light.shape[1]
        self._top, self._left = max(0, top), max(0, left)
        inside = light[self._top - top : stage.height - top, self._left - left : stage.width - left]
        inside = inside[: (min(bottom, stage.height) - self._top) // 2 * 2]
        inside = inside[:, : (min(right, stage.width) - self._left) // 2 * 2]
        table = light_table(stage.palette, start=0.35, limit=GLOW_LIMIT)
        levels = [(inside * (share * (step + 1) / STEPS)).astype(np.uint8) for step in range(STEPS)]
        self._luma = [table.y[level] for level in levels]
        self._tints = [(table.u[level[::2, ::2]], table.v[level[::2, ::2]]) for level in levels]
        self._size = (inside.shape[0], inside.shape[1])
        self._scratch = np.empty(self._size, np.uint8)

    def lay(self, frame: Frame, level: float) -> None:
        """Adds the light at `level` 0..1."""
        step = min(STEPS - 1, int(level * STEPS))
        rows, columns = self._size
        top, left = self._top, self._left
        add_light(frame.y[top : top + rows, left : left + columns], self._luma[step], self._scratch)
        half = (slice(top // 2, (top + rows) // 2), slice(left // 2, (left + columns) // 2))
        for plane, tint in zip((frame.u, frame.v), self._tints[step], strict=True):
            add_tint(plane[half], tint)


def disc_light(size: int, *, core: float, falloff: float) -> Bytes:
    """A soft round light of `size` x `size`: full inside `core` of the radius, then falling off."""
    axis = (np.arange(size, dtype=np.float32) + 0.5) / (size / 2) - 1
    distance = np.hypot(axis[None, :], axis[:, None])
    light = np.where(distance < core, 1.0, np.exp(-(distance - core) / falloff))
    light *= np.clip((1.0 - distance) / 0.25, 0, 1)
    return np.asarray(light * 255, dtype=np.float32).astype(np.uint8)
