"""The world behind a film: the artist's own motif at film size, without type, a little out of focus.

Cover and film are of one world because the still is the cover's motif. It is lit through the artist's own
ramp and held dark, so that the light of the visualiser always has ground to shine on; for styles that print
it is a pale first ink on the artist's paper.
"""

from __future__ import annotations

from dataclasses import replace

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

SOFT, AIR = 0.0075, 0.11
"""Blurs in shares of the shorter side: of the motif, which stands just behind the focus, and of the light
that hangs in the air about it."""
SHARE, EDGE = 0.58, 0.35
"""How much of the world is motif, the rest its light in the air; and how much more its edges count."""
DARKEST, LIGHTEST = 0.03, 0.46
"""Where on the artist's ramp the world's shadows and lights lie."""
PALE = 0.32
"""How strong the motif is printed on paper."""


def paint_world(look: VisualIdentity, width: int, height: int, *, seed: int) -> NDArray[np.uint8]:
    """A dark world: gamma-coded RGB (height / 2, width / 2, 3) of 8 bits."""
    dark, palette = look.model_copy(update={"ground": "night"}), palette_of(look)
    view = _view(dark, palette, width, height, seed)
    light = _motif_light(dark, palette, view, seed)
    mist = value_noise(derive_seed(seed, "mist"), view, 1.6)
    level = DARKEST + (LIGHTEST - DARKEST) * np.clip(light + 0.10 * mist, 0, 1) * _vignette(view)
    return _bytes(palette.shade(level.astype(np.float32)))


def paint_paper(look: VisualIdentity, width: int, height: int, *, seed: int) -> NDArray[np.uint8]:
    """The artist's paper with the motif as a pale first ink, half size; the press brings its fibres."""
    palette = palette_of(look)
    view = _view(look, palette, width, height, seed)
    cover = PALE * (1.0 - _motif_light(look, palette, view, seed))
    ink = palette.stop(0.5)
    return _bytes(palette.paper * (1 - cover[..., None] * (1 - ink)))


def _view(look: VisualIdentity, palette: Palette, width: int, height: int, seed: int) -> View:
    """Half the film's size, the motif's optical centre in the middle."""
    view = View(width // 2, height // 2, scale=max(width, height) / 2)
    focus = motif(look.motif)(Scene(view.shrunk(64), palette, look, seed)).focus
    return replace(view, cx=0.5 * focus[0], cy=focus[1])


def _motif_light(look: VisualIdentity, palette: Palette, view: View, seed: int) -> Pixels:
    """The motif's brightness and the light about it, 0..1."""
    sketch = motif(look.motif)(Scene(view, palette, look, seed))
    rows = [to_encoded(luminance(sketch.shade(band))) for band in view.bands()]
    picture = Image.fromarray((np.concatenate(rows) * 255).astype(np.uint8))
    side = min(view.width, view.height)
    near, air = (_stretched(picture.filter(ImageFilter.GaussianBlur(blur * side))) for blur in (SOFT, AIR))
    light = SHARE * near + (1 - SHARE) * air + EDGE * (near - air)
    return np.asarray(np.clip(light, 0.0, 1.0), dtype=np.float32)


def _stretched(picture: Image.Image) -> Pixels:
    light = np.asarray(picture, dtype=np.float32)
    low, high = np.percentile(light, (3.0, 98.0))
    stretched = (light - float(low)) / max(float(high - low), 8.0)
    return np.asarray(np.clip(stretched, 0.0, 1.0), dtype=np.float32)


def _vignette(view: View) -> Pixels:
    x = np.linspace(-1, 1, view.width, dtype=np.float32)[None, :]
    y = np.linspace(-1, 1, view.height, dtype=np.float32)[:, None]
    return np.asarray(1.0 - 0.55 * np.clip((x * x + y * y - 0.35) / 1.4, 0.0, 1.0), dtype=np.float32)


def _bytes(linear: Pixels) -> NDArray[np.uint8]:
    return (to_encoded(linear) * 255 + 0.5).astype(np.uint8)
