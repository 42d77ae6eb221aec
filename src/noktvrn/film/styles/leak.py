"""Light that leaks into the camera: two soft lights beyond the frame, along the artist's own light."""

from __future__ import annotations

import numpy as np

from noktvrn.film.glow import Glow, disc_light
from noktvrn.film.styles.base import Palette, Pulse, Stage
from noktvrn.film.yuv import Frame

STRENGTH = 0.20
REACH = 1.12
"""Where the near light stands, in shares of the way from the middle to the edge."""
TIDE_S = 7.3


class Leak:
    """The lights of one film, made once. They come with the upper air of the song, and by themselves."""

    def __init__(self, palette: Palette, width: int, height: int) -> None:
        stage = Stage(width, height, width / 2, height / 2, 1.0, 1.0, 0.5, "verse", palette, 0)
        disc = disc_light(round(1.15 * max(width, height)) // 2 * 2, core=0.02, falloff=0.30)
        angle = np.deg2rad(palette.light_angle)
        dx, dy = 0.5 * width * np.cos(angle), -0.5 * height * np.sin(angle)
        self._near, self._far = (
            Glow(stage, disc, share=STRENGTH * share, cx=width / 2 + by * dx, cy=height / 2 + by * dy)
            for by, share in ((REACH, 1.0), (-REACH, 0.7))
        )

    def lay(self, frame: Frame, pulse: Pulse, *, near: bool) -> None:
        """Adds one of the two, as strong as the song is airy."""
        tide = 0.5 + 0.5 * np.sin(2 * np.pi * pulse.time_s / TIDE_S)
        level = float(np.clip(0.18 + 0.32 * tide + 0.4 * pulse.air, 0.0, 1.0)) * pulse.presence
        (self._near if near else self._far).lay(frame, level)
