"""Noise fields on the plane: value noise by bicubic lattices, fractal sums, domain warp, grain.

A field is anchored to the plane, not to the picture: the preview, the cover, the avatar and the banner of
one seed see the same clouds.
"""

from __future__ import annotations

import numpy as np
from PIL import Image

from noktvrn.kernel.seeds import derive_seed
from noktvrn.picture.colour import Pixels
from noktvrn.picture.plane import View

SPAN = 2.6
"""Lattices cover [-SPAN, SPAN] in both directions."""


def generator(seed: int, *labels: object) -> np.random.Generator:
    """A numpy generator of its own for every label, so that a new layer changes no other."""
    return np.random.Generator(np.random.PCG64(derive_seed(seed, *labels)))


def value_noise(seed: int, view: View, frequency: float, stretch: float = 1.0) -> Pixels:
    """Smooth noise, about N(0, 1), `frequency` cells a unit (x `stretch` times coarser), per pixel."""
    columns = int(2 * SPAN * frequency / stretch) + 4
    rows = int(2 * SPAN * frequency) + 4
    lattice = generator(seed, "lattice").standard_normal((rows, columns), dtype=np.float32)
    box = (
        (view.left + SPAN) * frequency / stretch + 1,
        (view.top + SPAN) * frequency + 1,
        (view.right + SPAN) * frequency / stretch + 1,
        (view.bottom + SPAN) * frequency + 1,
    )
    low = (0.0, 0.0, 0.0, 0.0)
    high = (float(columns), float(rows), float(columns), float(rows))
    inside = tuple(min(max(v, a), b) for v, a, b in zip(box, low, high, strict=True))
    picture = Image.fromarray(lattice).resize(
        (view.width, view.height), Image.Resampling.BICUBIC, box=(inside[0], inside[1], inside[2], inside[3])
    )
    return np.asarray(picture, dtype=np.float32)


def fbm(
    seed: int, view: View, frequency: float, octaves: int = 4, gain: float = 0.5, stretch: float = 1.0
) -> Pixels:
    """A fractal sum of value noise, scaled to a standard deviation of about 1."""
    total = np.zeros((view.height, view.width), dtype=np.float32)
    power = 0.0
    for octave in range(octaves):
        weight = gain**octave
        layer = value_noise(derive_seed(seed, "octave", octave), view, frequency * 2.03**octave, stretch)
        total += np.float32(weight) * layer
        power += weight**2
    return total / np.float32(0.7 * power**0.5)


def sample(field: Pixels, view: View, x: Pixels, y: Pixels) -> Pixels:
    """`field` (one value a pixel of `view`) read bilinearly at plane points; the edge continues outwards."""
    column = np.clip((x - np.float32(view.left)) * np.float32(view.scale) - 0.5, 0, view.width - 1.001)
    row = np.clip((y - np.float32(view.top)) * np.float32(view.scale) - 0.5, 0, view.height - 1.001)
    left, upper = column.astype(np.int32), row.astype(np.int32)
    across, down = column - left, row - upper
    flat = field.ravel()
    corner = upper * view.width + left
    top = flat[corner] * (1 - across) + flat[corner + 1] * across
    low = flat[corner + view.width] * (1 - across) + flat[corner + view.width + 1] * across
    return np.asarray(top * (1 - down) + low * down, dtype=np.float32)


def warped(seed: int, view: View, frequency: float, strength: float, octaves: int = 4) -> Pixels:
    """Fractal noise whose coordinates are displaced by slower noise: fog and fluids instead of clouds."""
    wide = View(view.width, view.height, view.scale / 1.3, view.cx, view.cy)
    base = fbm(derive_seed(seed, "base"), wide, frequency, octaves)
    shift = [fbm(derive_seed(seed, "shift", axis), view, frequency * 0.6, 3) for axis in "xy"]
    x = np.float32(view.left) + (np.arange(view.width, dtype=np.float32) + 0.5) / np.float32(view.scale)
    y = np.float32(view.top) + (np.arange(view.height, dtype=np.float32) + 0.5) / np.float32(view.scale)
    pull = np.float32(strength / frequency)
    return sample(base, wide, x[None, :] + pull * shift[0], y[:, None] + pull * shift[1])


def grain(rng: np.random.Generator, width: int, height: int, size: float) -> Pixels:
    """Film grain, about N(0, 1), grains of `size` pixels, one value a pixel."""
    columns, rows = max(2, round(width / size)), max(2, round(height / size))
    raw = rng.standard_normal((rows, columns), dtype=np.float32)
    if (columns, rows) == (width, height):
        return raw
    picture = Image.fromarray(raw).resize((width, height), Image.Resampling.BICUBIC)
    return np.asarray(picture, dtype=np.float32)
