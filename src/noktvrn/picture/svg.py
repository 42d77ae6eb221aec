"""Vector drawing: small SVG documents drawn by resvg with bundled fonts only.

Coordinates inside are stage units: the document's viewBox is the view itself, so strokes and sizes scale
with the picture.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence

import numpy as np
import resvg_py
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from noktvrn.picture.colour import BYTE_TO_LINEAR, Field, Pixels, hex_of
from noktvrn.picture.plane import Band, View, mix

Bytes = NDArray[np.uint8]


def draw(body: str, view: View, *, fonts: Sequence[str] = (), defs: str = "") -> Bytes:
    """Draws SVG elements given in plane units; (height, width, 4) bytes, straight alpha."""
    box = f"{view.left:.6f} {view.top:.6f} {view.width / view.scale:.6f} {view.height / view.scale:.6f}"
    document = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{view.width}" height="{view.height}" '
        f'viewBox="{box}" preserveAspectRatio="none"><defs>{defs}</defs>{body}</svg>'
    )
    png = resvg_py.svg_to_bytes(svg_string=document, skip_system_fonts=True, font_files=list(fonts))
    with Image.open(io.BytesIO(bytes(png))) as picture:
        return np.asarray(picture.convert("RGBA"))


def mask(body: str, view: View, *, defs: str = "") -> Bytes:
    """Coverage (0..255) of SVG elements given in plane units."""
    return np.ascontiguousarray(draw(body, view, defs=defs)[..., 3])


def cover_of(coverage: Bytes, band: Band) -> Pixels:
    """The rows of a coverage mask under a band as 0..1."""
    return coverage[band.start : band.stop].astype(np.float32) / np.float32(255)


def lay(under: Field, layer: Bytes, band: Band, strength: float = 1.0) -> Pixels:
    """An RGBA layer laid on linear RGB."""
    rows = layer[band.start : band.stop]
    return mix(
        under, BYTE_TO_LINEAR[rows[..., :3]], rows[..., 3].astype(np.float32) * np.float32(strength / 255)
    )


def add(under: Field, layer: Bytes, band: Band, strength: float = 1.0) -> Pixels:
    """An RGBA layer added to linear RGB, as light adds up."""
    rows = layer[band.start : band.stop]
    weight = rows[..., 3].astype(np.float32) * np.float32(strength / 255)
    return np.asarray(under + BYTE_TO_LINEAR[rows[..., :3]] * weight[..., None], dtype=np.float32)


def blurred(coverage: Bytes, view: View, radius: float) -> Pixels:
    """Coverage of a view (0..255) blurred by `radius` units, as 0..1 at a quarter of its size."""
    small = view.shrunk(max(64, view.width // 4))
    picture = Image.fromarray(np.ascontiguousarray(coverage))
    shrunk = picture.resize((small.width, small.height), Image.Resampling.BOX)
    soft = shrunk.filter(ImageFilter.GaussianBlur(radius * small.scale))
    return np.asarray(soft, dtype=np.float32) / np.float32(255)


def smooth_path(points: Sequence[tuple[float, float]], *, closed: bool = False) -> str:
    """Path data of a Catmull-Rom spline through `points` as cubic curves."""
    count = len(points)
    ends = range(count if closed else count - 1)
    parts = [f"M{points[0][0]:.5f} {points[0][1]:.5f}"]
    for index in ends:
        before, here, there, after = (_at(points, index + shift, closed) for shift in (-1, 0, 1, 2))
        one = (here[0] + (there[0] - before[0]) / 6, here[1] + (there[1] - before[1]) / 6)
        two = (there[0] - (after[0] - here[0]) / 6, there[1] - (after[1] - here[1]) / 6)
        parts.append(f"C{one[0]:.5f} {one[1]:.5f} {two[0]:.5f} {two[1]:.5f} {there[0]:.5f} {there[1]:.5f}")
    return "".join(parts) + ("Z" if closed else "")


def _at(points: Sequence[tuple[float, float]], index: int, closed: bool) -> tuple[float, float]:
    return points[index % len(points)] if closed else points[min(max(index, 0), len(points) - 1)]


def disc(x: float, y: float, radius: float) -> str:
    """Path data of a circle."""
    half = f"{radius:.5f} {radius:.5f} 0 1 0"
    return f"M{x - radius:.5f} {y:.5f}a{half} {2 * radius:.5f} 0a{half} {-2 * radius:.5f} 0Z"


def arc(x: float, y: float, radius: float, start: float, end: float) -> str:
    """Path data of a circle's arc from angle `start` to `end`, radians, at most half a turn."""
    from_x, from_y = x + radius * math.cos(start), y + radius * math.sin(start)
    to_x, to_y = x + radius * math.cos(end), y + radius * math.sin(end)
    return f"M{from_x:.5f} {from_y:.5f}A{radius:.5f} {radius:.5f} 0 0 1 {to_x:.5f} {to_y:.5f}"


def fill(data: str, colour: Pixels, opacity: float = 1.0) -> str:
    """A filled path."""
    return f'<path d="{data}" fill="{hex_of(colour)}" fill-opacity="{opacity:.3f}"/>'


def stroke(data: str, colour: Pixels, width: float, opacity: float = 1.0, extra: str = "") -> str:
    """A stroked path, `width` in units, round joins and ends."""
    return (
        f'<path d="{data}" fill="none" stroke="{hex_of(colour)}" stroke-width="{width:.5f}" '
        f'stroke-opacity="{opacity:.3f}" stroke-linecap="round" stroke-linejoin="round" {extra}/>'
    )


def mask_of_text(body: str, view: View, fonts: Sequence[str]) -> Bytes:
    """Coverage (0..255) of SVG text in plane units, drawn with the font files given."""
    return np.ascontiguousarray(draw(body, view, fonts=fonts)[..., 3])
