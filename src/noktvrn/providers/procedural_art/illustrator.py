"""Illustrator played by the picture craft."""

from __future__ import annotations

from pathlib import Path

from noktvrn.model.provenance import Provenance, SourceType
from noktvrn.picture.compose import Artwork, Commission, compose, view_of
from noktvrn.picture.encode import JPEG, write_jpeg
from noktvrn.picture.type.setting import Box
from noktvrn.roles.illustrator import Painting, PictureRequest

ENGINE_VERSION = "2"


class ProceduralArt:
    """Paints by computing: the same request gives the same bytes."""

    name = "procedural_art"

    def paint(self, request: PictureRequest) -> Painting:
        """Paints one picture as JPEG into the request's folder.

        Raises:
            Invalid: the identity names a motif or a face that does not exist.
        """
        job = Commission(
            kind=request.kind,
            look=request.look,
            width=request.width,
            height=request.height,
            seed=request.seed,
            artist_name=request.artist_name,
            title=request.title,
            energy=request.energy,
            mood=request.mood,
            variety=request.variety,
        )
        work = compose(job)
        path = request.folder / f"{request.kind}.jpg"
        write_jpeg(work.pixels, path, SourceType.ALGORITHMIC)
        return _painting(job, work, path)


def _painting(job: Commission, work: Artwork, path: Path) -> Painting:
    words = work.lettering
    return Painting(
        path=path,
        width=job.width,
        height=job.height,
        media_type=JPEG,
        shown_text=words.shown if words else (),
        romanised=words.romanised if words else False,
        notes=work.notes,
        title_box=_pixels(job, words.title_box) if words and words.title_box else None,
        title_contrast=round(words.contrast, 2) if words and words.blocks else None,
        provenance=Provenance(engine="procedural_art", engine_version=ENGINE_VERSION, seed=job.seed),
    )


def _pixels(job: Commission, box: Box) -> tuple[int, int, int, int]:
    view = view_of(job)
    left, top = (box[0] - view.left) * view.scale, (box[1] - view.top) * view.scale
    return (
        round(left),
        round(top),
        round((box[2] - box[0]) * view.scale),
        round((box[3] - box[1]) * view.scale),
    )
