"""The world behind a film: the artist's own motif at film size, without type."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from noktvrn.model.look import VisualIdentity
from noktvrn.picture.colour import to_encoded
from noktvrn.picture.finish import shoulder
from noktvrn.picture.motifs import motif
from noktvrn.picture.palette import palette_of
from noktvrn.picture.plane import View
from noktvrn.picture.scene import Scene

SOFT = 0.035
"""Blur of the world behind, in shares of its shorter side: it is out of focus, the subject is not."""


def paint_still(look: VisualIdentity, width: int, height: int, *, seed: int) -> NDArray[np.uint8]:
    """The motif as gamma-coded RGB (height, width, 3) of 8 bits, out of focus. It is drawn at half size."""
    view = View(width // 2, height // 2, scale=max(width, height) / 2)
    sketch = motif(look.motif)(Scene(view, palette_of(look), look, seed))
    rows = [to_encoded(shoulder(sketch.shade(band))) for band in view.bands()]
    picture = Image.fromarray((np.concatenate(rows) * 255 + 0.5).astype(np.uint8))
    return np.asarray(picture.filter(ImageFilter.GaussianBlur(SOFT * min(view.width, view.height))))
