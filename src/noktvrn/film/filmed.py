"""Scenes from footage: a clip in the artist's light, under the house's vignette, grain and light leak."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from noktvrn.film.clips import Clip, Projector
from noktvrn.film.cutting import Cut
from noktvrn.film.grading import grade_clip, lay_graded
from noktvrn.film.montage import Shot
from noktvrn.film.styles.base import Palette, Pulse
from noktvrn.film.styles.leak import Leak
from noktvrn.film.yuv import BLACK, Bytes, Frame
from noktvrn.kernel.seeds import derive_seed

GRAIN = 0.5
"""The share of the artist's grain that lies over footage, which has its own."""
_GRAIN_LIMIT = 9
_GRAIN_ROOM = 32
_GRAIN_FRAMES = 3
"""Frames a grain stands: fresh grain in every frame doubles the bits."""
VIGNETTE = 0.34


@dataclass(frozen=True, slots=True)
class Stock:
    """The clips of one film, and the program that decodes them."""

    ffmpeg: Path
    clips: tuple[Clip, ...]


class Finish:
    """What lies over all footage of one film, made once."""

    def __init__(self, palette: Palette, width: int, height: int, *, seed: int) -> None:
        self._seed = seed
        self._leak = Leak(palette, width, height)
        self._grain = _grain(width, height, palette.grain * GRAIN, seed)
        self._vignette = _vignette(width, height)
        self._wide = np.empty((height, width), np.uint16)

    def lay(self, frame: Frame, light: Bytes, pulse: Pulse, shot: Shot) -> None:
        """`light` above black (H, W), darkened to the edges and grained, becomes the frame's luma."""
        np.multiply(light, self._vignette, out=self._wide, dtype=np.uint16)
        self._wide >>= 8
        dice = np.random.Generator(np.random.PCG64(self._phase(pulse, shot)))
        top, left = (int(offset) for offset in dice.integers(0, _GRAIN_ROOM, 2))
        grain = self._grain[top : top + frame.height, left : left + frame.width]
        np.add(self._wide, grain, out=frame.y, casting="unsafe")
        self._leak.lay(frame, pulse, near=bool(shot.seed % 2))

    def _phase(self, pulse: Pulse, shot: Shot) -> int:
        return derive_seed(self._seed, "grain", shot.first, round(pulse.time_s * 30) // _GRAIN_FRAMES)


class Filmed:
    """One cut from a clip."""

    def __init__(
        self, stock: Stock, cut: Cut, finish: Finish, palette: Palette, fps: int, frame: Frame
    ) -> None:
        assert cut.clip is not None  # noqa: S101 - who calls has asked
        clip = stock.clips[cut.clip]
        self._projector = Projector(
            stock.ffmpeg, clip, cut.part, width=frame.width, height=frame.height, fps=fps
        )
        self._tables = grade_clip(clip, palette, cut.shot.energy)
        self._finish, self._shot = finish, cut.shot

    def lay(self, frame: Frame, pulse: Pulse) -> bool:
        """Covers the frame; False, and nothing of use in it, when the clip ended early."""
        if not self._projector.read(frame):
            return False
        light = lay_graded(frame, self._tables, pulse.bass * pulse.presence)
        self._finish.lay(frame, light, pulse, self._shot)
        return True

    def close(self) -> None:
        """Ends its decoder."""
        self._projector.close()


def _grain(width: int, height: int, amount: float, seed: int) -> Bytes:
    """Grain about 1.4 px wide about black level, larger than the frame so that it can be moved."""
    dice = np.random.Generator(np.random.PCG64(derive_seed(seed, "grain")))
    noise = dice.standard_normal((height + _GRAIN_ROOM, width + _GRAIN_ROOM), dtype=np.float32)
    soft = (0.5 * noise + 0.25 * np.roll(noise, 1, axis=0) + 0.25 * np.roll(noise, 1, axis=1)) / 0.61
    steps = np.clip(soft * (amount * 219), -_GRAIN_LIMIT, _GRAIN_LIMIT)
    return np.asarray(np.round(steps + BLACK), dtype=np.uint8)


def _vignette(width: int, height: int) -> NDArray[np.uint16]:
    """Factors of 256 by which light falls off to the edges, as a lens's does."""
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    fall = np.clip((x * x + y * y - 0.3) / 1.7, 0.0, 1.0)
    return np.asarray(np.round(256 * (1 - VIGNETTE * fall)), dtype=np.uint16)
