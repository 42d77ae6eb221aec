"""Composition: a motif, type that was placed by looking, grain, eight bits.

The picture is drawn twice: once small, to find where type reads well, then at full size in bands of
float32 rows, so that a sleeve of 3000 pixels never holds more than one band in floating point.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from noktvrn.kernel import checkpoint
from noktvrn.kernel.seeds import derive_seed, dice
from noktvrn.model.look import VisualIdentity
from noktvrn.model.picture import PictureKind
from noktvrn.picture.camera import shot
from noktvrn.picture.colour import BYTE_TO_LINEAR, Pixels
from noktvrn.picture.finish import eight_bits, grain_size
from noktvrn.picture.identity import hues_of, light_of
from noktvrn.picture.motifs import motif
from noktvrn.picture.noise import generator, grain
from noktvrn.picture.palette import MAX_SHIFT, palette_of
from noktvrn.picture.plane import View, cut, mix
from noktvrn.picture.scene import Scene, Sketch
from noktvrn.picture.svg import cover_of, mask_of_text
from noktvrn.picture.type.faces import face
from noktvrn.picture.type.lettering import Lettering, letter
from noktvrn.picture.type.spelling import spell

PREVIEW = 600
BANNER_ZONE = 0.62
"""Share of a banner's height that one stage unit takes: the subject stays inside the middle 423 of 1140."""

_LETTERED: tuple[PictureKind, ...] = ("cover", "thumbnail")


@dataclass(frozen=True)
class Commission:
    """What is to be painted. `title` and `artist_name` as in the metadata; `mood` is the release's.

    `variety` (0..1) is how far a cover may go from the artist's usual composition.
    """

    kind: PictureKind
    look: VisualIdentity
    width: int
    height: int
    seed: int
    artist_name: str = ""
    title: str = ""
    energy: tuple[float, ...] = ()
    mood: str = ""
    variety: float = 0.0


@dataclass(frozen=True)
class Artwork:
    """A finished picture: sRGB bytes (rows, columns, 3) and what was written on it."""

    pixels: NDArray[np.uint8]
    lettering: Lettering | None
    notes: tuple[str, ...] = ()


def compose(job: Commission) -> Artwork:
    """Paints one picture; the same commission gives the same bytes."""
    view = view_of(job)
    small = view.shrunk(min(view.width, PREVIEW))
    scene = scene_of(job, small)
    sketch = shot(motif(job.look.motif), scene)
    if job.kind in ("avatar", "banner"):
        view = replace(view, cx=sketch.focus[0], cy=sketch.focus[1])
        scene = replace(scene, view=small)
    lettering = None
    if job.kind in _LETTERED:
        preview = np.concatenate([sketch.shade(band) for band in small.bands()])
        lettering = letter_on(preview, small, job, scene, sketch)
    full = replace(scene, view=view)
    pixels = develop(shot(motif(job.look.motif), full), full, lettering)
    return Artwork(pixels, lettering, lettering.notes if lettering else ())


def view_of(job: Commission) -> View:
    """The window a kind of picture opens on the plane."""
    if job.kind == "banner":
        return View(job.width, job.height, job.height * BANNER_ZONE)
    if job.kind == "avatar":
        return View(job.width, job.height, min(job.width, job.height) * 1.12)
    return View(job.width, job.height, float(min(job.width, job.height)))


def scene_of(job: Commission, view: View) -> Scene:
    """The scene of a commission: a release turns and lifts the colours a little, a portrait does not."""
    if job.kind in ("avatar", "banner"):
        return Scene(view, palette_of(job.look), job.look, derive_seed(job.look.seed, "portrait"), job.energy)
    palette = palette_of(job.look, _shift(job), light_of(job.mood))
    return Scene(view, palette, job.look, job.seed, job.energy, job.variety)


def _shift(job: Commission) -> float:
    """Degrees the hues turn, at most 20: by chance, and half towards the hues the mood leans to."""
    chance = dice(job.seed, "hue shift").uniform(-MAX_SHIFT, MAX_SHIFT)
    wanted = hues_of(job.mood)
    if not wanted:
        return chance
    low, high = wanted[0]
    away = ((low + high) / 2 - job.look.hue + 180) % 360 - 180
    return 0.5 * chance + 0.5 * max(-MAX_SHIFT, min(MAX_SHIFT, away))


def letter_on(
    preview: Pixels, view: View, job: Commission, scene: Scene, sketch: Sketch, *, scrim: bool = False
) -> Lettering:
    """The words of a commission, spelt and placed on its preview."""
    title = spell(_cased(job.title, job.look), face(job.look.display_face), what="title")
    name = spell(job.artist_name, face(job.look.text_face), what="artist name")
    return letter(preview, view, title, name, job.look, scene.palette, sketch.quiet, scrim=scrim)


def _cased(title: str, look: VisualIdentity) -> str:
    """Capitals where the identity wants them and they spell the same words."""
    upper = title.upper()
    return upper if look.uppercase and upper.casefold() == title.casefold() else title


def develop(sketch: Sketch, scene: Scene, lettering: Lettering | None) -> NDArray[np.uint8]:
    """Draws a sketch at full size with its type, grain and dither; sRGB bytes."""
    view, look = scene.view, scene.look
    words = mask_of_text(lettering.svg, view, lettering.fonts) if lettering and lettering.svg else None
    noise = grain(generator(scene.seed, "grain"), *_grain_sheet(view))
    dither = generator(scene.seed, "dither")
    out = np.empty((view.height, view.width, 3), dtype=np.uint8)
    for band in view.bands():
        checkpoint.reached()
        light = sketch.shade(band)
        if lettering:
            light = lettering.burn(light, band)
        if lettering and words is not None:
            light = mix(light, lettering.colour, cover_of(words, band))
        rows = eight_bits(light, cut(noise, band), look.grain * sketch.grain, dither)
        out[band.start : band.stop] = rows
    return out


def _grain_sheet(view: View) -> tuple[int, int, float]:
    size = grain_size(view.width)
    return round(view.width / size), round(view.height / size), 1.0


def linear_pixels(pixels: NDArray[np.uint8]) -> Pixels:
    """sRGB bytes as linear light."""
    return BYTE_TO_LINEAR[pixels]


def letter_picture(
    pixels: NDArray[np.uint8], look: VisualIdentity, *, artist_name: str, title: str, seed: int
) -> Artwork:
    """Title and name set on a picture somebody else painted (sRGB bytes, rows, columns, 3)."""
    height, width = pixels.shape[:2]
    job = Commission("cover", look, width, height, seed, artist_name, title)
    view = view_of(job)
    light = linear_pixels(pixels)
    sketch = Sketch(shade=lambda band: light[band.start : band.stop], quiet=("foot", "head"), grain=0.0)
    scene = replace(scene_of(job, view), palette=palette_of(look))
    small = view.shrunk(min(width, PREVIEW))
    preview = np.stack([_shrunk(light[..., channel], small) for channel in range(3)], axis=-1)
    lettering = letter_on(preview, small, job, scene, sketch, scrim=True)
    return Artwork(develop(sketch, scene, lettering), lettering, lettering.notes)


def _shrunk(plane: Pixels, view: View) -> Pixels:
    picture = Image.fromarray(np.ascontiguousarray(plane))
    return np.asarray(picture.resize((view.width, view.height), Image.Resampling.BOX), dtype=np.float32)
