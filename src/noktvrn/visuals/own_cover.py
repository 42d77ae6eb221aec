"""A person's own cover: opened within limits and brought into the form stores take, its look untouched."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from noktvrn.kernel.errors import Invalid
from noktvrn.model.finding import Finding, Report, Severity
from noktvrn.model.provenance import Provenance, SourceType
from noktvrn.picture.encode import JPEG, write_jpeg
from noktvrn.roles.illustrator import Painting
from noktvrn.visuals.critic import MAX_BYTES as STORE_BYTES

SIDE = 3000
MAX_BYTES = 40_000_000
MAX_PIXELS = 100_000_000
"""10,000 pixels a side: what a scanner makes. More is refused before it is unpacked."""

QUALITIES = (95, 88, 80, 70)
"""Of the JPEG, best first: the first one stores find small enough is taken."""

FORMATS = ("JPEG", "PNG", "TIFF", "WEBP")

TASTE = ("picture.palette", "picture.contrast", "picture.missing_text")
"""Checks a person's own picture is only told about: its colours and its lettering are its maker's choice."""

NOTE = "It is a person's own picture: the words on it were not read. Only artist and title may stand there."


def prepare(path: Path, folder: Path, *, by: str) -> Painting:
    """The picture as a 3000 x 3000 JPEG with its mark, without any other data of the file, in `folder`.

    Raises:
        Invalid: no picture, too large to unpack, not square, or smaller than stores take.
    """
    pixels = _pixels(path)
    out = folder / "cover.jpg"
    for quality in QUALITIES:
        write_jpeg(pixels, out, SourceType.HUMAN, quality=quality)
        if out.stat().st_size <= STORE_BYTES:
            break
    return Painting(
        path=out,
        width=SIDE,
        height=SIDE,
        media_type=JPEG,
        notes=(NOTE,),
        provenance=Provenance.own_work_of(by),
    )


def for_a_person(report: Report) -> Report:
    """The critic's report with matters of taste as warnings."""
    softened = (
        finding.model_copy(update={"severity": Severity.WARNING}) if _is_taste(finding) else finding
        for finding in report.findings
    )
    return report.model_copy(update={"findings": tuple(softened)})


def _is_taste(finding: Finding) -> bool:
    return finding.rule in TASTE and finding.severity is Severity.ERROR


def _pixels(path: Path) -> np.ndarray[tuple[int, int, int], np.dtype[np.uint8]]:
    if path.stat().st_size > MAX_BYTES:
        raise _bad(f"has over {MAX_BYTES // 1_000_000} MB", "Save it as a JPEG of high quality.")
    try:
        with warnings.catch_warnings():
            # Pillow warns of large pictures and of EXIF data that breaks off; the size is judged here, before
            # anything is unpacked, and of the EXIF data nothing is kept.
            warnings.simplefilter("ignore")
            with Image.open(path, formats=FORMATS) as picture:
                _check_size(*picture.size)
                upright = ImageOps.exif_transpose(picture).convert("RGB")
                square = upright.resize((SIDE, SIDE), Image.Resampling.LANCZOS)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise _bad("cannot be read as a picture", "JPEG, PNG, TIFF and WebP can be read.") from error
    return np.asarray(square)


def _check_size(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise _bad(f"has {width} x {height} pixels", "10,000 pixels a side are the most.")
    if width != height:
        raise _bad(f"is {width} x {height} and not square", "Cut it to a square: stores take no other shape.")
    if width < SIDE:
        hint = f"Export it with {SIDE} pixels a side; enlarging would only blur it."
        raise _bad(f"has {width} pixels a side; {SIDE} are needed", hint)


def _bad(what: str, hint: str) -> Invalid:
    return Invalid(f"The picture {what}.", code="picture.unusable", hint=hint)
