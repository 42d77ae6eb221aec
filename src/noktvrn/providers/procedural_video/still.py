"""The world behind a film: the artist's own motif at film size, without type, out of focus and darkened.

Cover and film are of one world because the still is the cover's motif; it is lit through the artist's own
ramp, so that the light of the visualiser always has dark ground to shine on.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from noktvrn.kernel.seeds import derive_seed
from noktvrn.model.look import VisualIdentity
from noktvrn.picture.colour import Pixels, luminance, to_encoded
from noktvrn.picture.motifs import motif
from noktvrn.picture.noise import value_noise
from noktvrn.picture.palette import Palette, palette_of
from noktvrn.picture.plane import View
from noktvrn.picture.scene import Scene

SOFT = 0.13
"""Blur in shares of the shorter side: the world is out of focus, the subject is not."""
DARKEST, LIGHTEST = 0.05, 0.56
"""Where on the artist's ramp the world's shadows and lights lie."""


def paint_world(look: VisualIdentity, width: int, height: int, *, seed: int) -> NDArray[np.uint8]:
    """A dark world: gamma-coded RGB (height / 2, width / 2, 3) of 8 bits."""
    view = View(width // 2, height // 2, scale=max(width, height) / 2)
    palette = palette_of(look)
    light = _motif_light(look, palette, view, seed)
    mist = value_noise(derive_seed(seed, "mist"), view, 1.6)
    level = DARKEST + (LIGHTEST - DARKEST) * np.clip(light + 0.10 * mist, 0, 1) * _vignette(view)
    return _bytes(palette.shade(level.astype(np.float32)))


def paint_paper(look: VisualIdentity) -> NDArray[np.uint8]:
    """The plain colour of the artist's paper, (16, 16, 3); styles that print bring its fibres themselves."""
    return np.broadcast_to(_bytes(palette_of(look).paper), (16, 16, 3)).copy()


def _motif_light(look: VisualIdentity, palette: Palette, view: View, seed: int) -> Pixels:
    """The motif's brightness, blurred and stretched to 0..1."""
    sketch = motif(look.motif)(Scene(view, palette, look, seed))
    rows = [to_encoded(luminance(sketch.shade(band))) for band in view.bands()]
    picture = Image.fromarray((np.concatenate(rows) * 255).astype(np.uint8))
    soft = picture.filter(ImageFilter.GaussianBlur(SOFT * min(view.width, view.height)))
    light = np.asarray(soft, dtype=np.float32)
    low, high = np.percentile(light, (3.0, 98.0))
    stretched = (light - float(low)) / max(float(high - low), 8.0)
    return np.asarray(np.clip(stretched, 0.0, 1.0), dtype=np.float32)


def _vignette(view: View) -> Pixels:
    x = np.linspace(-1, 1, view.width, dtype=np.float32)[None, :]
    y = np.linspace(-1, 1, view.height, dtype=np.float32)[:, None]
    return np.asarray(1.0 - 0.55 * np.clip((x * x + y * y - 0.35) / 1.4, 0.0, 1.0), dtype=np.float32)


def _bytes(linear: Pixels) -> NDArray[np.uint8]:
    return (to_encoded(linear) * 255 + 0.5).astype(np.uint8)
