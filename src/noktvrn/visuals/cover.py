"""Covers: ordered from an illustrator, lettered here where the illustrator set no type, marked either way."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from noktvrn.kernel.errors import Refused
from noktvrn.model.look import VisualIdentity
from noktvrn.picture.compose import Artwork, letter_picture
from noktvrn.picture.encode import JPEG, mark_file, read_mark, write_jpeg
from noktvrn.roles.errand import Errand
from noktvrn.roles.illustrator import Illustrator, Painting, PictureRequest

SIDE = 3000


def paint_cover(
    illustrator: Illustrator,
    *,
    look: VisualIdentity,
    artist_name: str,
    title: str,
    mood: str,
    energy: tuple[float, ...],
    seed: int,
    folder: Path,
    prompt: str = "",
    errand: Errand | None = None,
    side: int = SIDE,
    variety: float = 0.0,
) -> Painting:
    """A cover of `side` pixels square with title and name on it, written into `folder` with its mark.

    `prompt` is for illustrators that read words, `errand` for those who order from outside. `variety` (0..1)
    is how far the cover may go from the artist's usual composition.

    Raises:
        Refused: what the illustrator gave back is no picture.
        Outside: the illustrator failed; see its role.
    """
    request = PictureRequest(
        kind="cover",
        look=look,
        artist_name=artist_name,
        title=title,
        mood=mood,
        energy=energy,
        width=side,
        height=side,
        variety=variety,
        seed=seed,
        folder=folder,
        prompt=prompt,
        errand=errand or Errand(),
    )
    painting = illustrator.paint(request)
    if not painting.shown_text and not painting.notes:
        return lettered(painting, request)
    return marked(painting)


def lettered(painting: Painting, request: PictureRequest) -> Painting:
    """A painting without words as a JPEG with title and name in the artist's own type."""
    pixels = _pixels(painting.path)
    work = letter_picture(
        pixels, request.look, artist_name=request.artist_name, title=request.title, seed=request.seed
    )
    path = request.folder / "cover-lettered.jpg"
    write_jpeg(work.pixels, path, painting.provenance.source_type)
    return _told(painting, work, path)


def marked(painting: Painting) -> Painting:
    """The painting, its file marked with its source type if it was not."""
    if read_mark(painting.path) is None:
        mark_file(painting.path, painting.provenance.source_type)
    return painting


def _pixels(path: Path) -> NDArray[np.uint8]:
    try:
        with Image.open(path) as picture:
            return np.asarray(picture.convert("RGB"))
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        raise Refused(
            f"{path.name} from the illustrator is no readable picture.",
            code="cover.unreadable",
            hint="Try again, or cast procedural_art as illustrator.",
        ) from error


def _told(painting: Painting, work: Artwork, path: Path) -> Painting:
    height, width = work.pixels.shape[:2]
    words = work.lettering
    if words is None or words.title_box is None:
        box = None
    else:
        side = min(width, height)
        left, top, right, bottom = (round((value + 0.5) * side) for value in words.title_box)
        box = (left + (width - side) // 2, top + (height - side) // 2, right - left, bottom - top)
    return painting.model_copy(
        update={
            "path": path,
            "width": width,
            "height": height,
            "media_type": JPEG,
            "shown_text": words.shown if words else (),
            "romanised": bool(words and words.romanised),
            "notes": (*painting.notes, *work.notes),
            "title_box": box,
            "title_contrast": round(words.contrast, 2) if words and words.blocks else None,
        }
    )
