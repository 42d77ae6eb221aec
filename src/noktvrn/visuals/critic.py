"""The house's own checks of pictures. They cannot be switched off.

Store rules: distribution rules 74 to 78 and the limits of cover art (square, RGB, 8 bit, 3000 px, at most
10 MB, only title and artist on it). A picture that fails is painted again with another seed or stops.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image

from noktvrn.kernel.errors import Invalid
from noktvrn.model.finding import Finding, Report, Severity
from noktvrn.model.look import VisualIdentity
from noktvrn.model.picture import PictureKind
from noktvrn.picture.encode import JPEG, PNG, read_mark
from noktvrn.picture.fingerprint import fingerprint, likeness
from noktvrn.picture.meters import kinship, sharpness, spread, type_contrast
from noktvrn.roles.illustrator import Painting

MAX_BYTES = 10_000_000
MAX_THUMBNAIL = 2_000_000
MIN_SHARPNESS = 3.0
MIN_SPREAD = 4.0
MIN_CONTRAST = 4.5
MIN_KINSHIP = 0.6

_SIZES: dict[PictureKind, tuple[int, int]] = {
    "cover": (3000, 3000),
    "avatar": (1500, 1500),
    "banner": (2660, 1140),
    "thumbnail": (1280, 720),
}
_FORBIDDEN = re.compile(
    r"https?:|www\.|\b[\w-]+\.(?:com|net|org|io|fm|music)\b|(?:^|\s)@\w|[$€£]\s?\d|"
    r"\b(?:spotify|apple music|youtube|tiktok|instagram|exclusive|limited edition|ai generated)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class _Subject:
    """A painting with everything it is measured against; the file is decoded once."""

    painting: Painting
    kind: PictureKind
    expected: tuple[str, ...]
    look: VisualIdentity
    catalogue: tuple[tuple[str, str], ...]
    opened: Image.Image

    @cached_property
    def pixels(self) -> NDArray[np.uint8]:
        return np.asarray(self.opened.convert("RGB"))


def examine_picture(
    painting: Painting,
    *,
    kind: PictureKind,
    expected_text: Sequence[str],
    look: VisualIdentity,
    catalogue: Iterable[tuple[str, str]],
) -> Report:
    """Every check over one painted file.

    `expected_text` is title and artist name as in the metadata; `catalogue` holds (title, fingerprint) of
    the pictures of other releases. The report passes when nothing in it blocks.
    """
    subject = f"{kind}:{painting.path.name}"
    try:
        with Image.open(painting.path) as opened:
            opened.load()
            case = _Subject(painting, kind, tuple(expected_text), look, tuple(catalogue), opened)
            findings = [finding for check in CHECKS for finding in check(case)]
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        findings = [_error("picture.unreadable", f"The picture cannot be read: {error}", "Paint it again.")]
    return Report(subject=subject, checked=len(CHECKS), findings=tuple(findings))


def _finding(severity: Severity, rule: str, message: str, hint: str, **figures: float | str) -> Finding:
    return Finding(
        rule=rule,
        severity=severity,
        message=message,
        hint=hint,
        measured=figures.get("measured"),
        limit=figures.get("limit"),
    )


def _error(rule: str, message: str, hint: str, **figures: float | str) -> Finding:
    return _finding(Severity.ERROR, rule, message, hint, **figures)


def _warning(rule: str, message: str, hint: str, **figures: float | str) -> Finding:
    return _finding(Severity.WARNING, rule, message, hint, **figures)


def _format(case: _Subject) -> Iterator[Finding]:
    """JPEG for covers, JPEG or PNG else; name and told type fit the content."""
    found = {"JPEG": JPEG, "PNG": PNG}.get(case.opened.format or "", "")
    allowed = (JPEG,) if case.kind == "cover" else (JPEG, PNG)
    suffixes = {JPEG: (".jpg", ".jpeg"), PNG: (".png",)}.get(found, ())
    if found not in allowed:
        yield _error(
            "picture.format",
            f"The file is {case.opened.format}.",
            "Write it as JPEG.",
            measured=found or "other",
        )
    elif case.painting.path.suffix.lower() not in suffixes or case.painting.media_type != found:
        yield _error("picture.suffix", "Name or type do not fit the content.", "Name it by its content.")


def _size(case: _Subject) -> Iterator[Finding]:
    """Shape and pixels of its kind; told size is the real one."""
    width, height = case.opened.size
    low_width, low_height = _SIZES[case.kind]
    if width * low_height != height * low_width:
        yield _error(
            "picture.shape",
            "The picture has the wrong shape.",
            "Paint it again.",
            measured=f"{width}x{height}",
        )
    elif width < low_width:
        yield _error(
            "picture.size", "The picture is too small.", "Paint it larger, never enlarge it.",
            measured=width, limit=low_width,
        )  # fmt: skip
    if (width, height) != (case.painting.width, case.painting.height):
        yield _error("picture.told_size", "The told size is not the file's.", "Read the size from the file.")


def _bytes(case: _Subject) -> Iterator[Finding]:
    """Not larger than the stores take."""
    size = case.painting.path.stat().st_size
    limit = MAX_THUMBNAIL if case.kind == "thumbnail" else MAX_BYTES
    if size > limit:
        yield _error(
            "picture.bytes", "The file is too large.", "Lower the JPEG quality.", measured=size, limit=limit
        )


def _mode(case: _Subject) -> Iterator[Finding]:
    """RGB of 8 bits, no alpha, never CMYK."""
    if case.opened.mode != "RGB" or "transparency" in case.opened.info:
        yield _error("picture.mode", f"The picture is {case.opened.mode}.", "Convert it to 8-bit RGB.")


def _privacy(case: _Subject) -> Iterator[Finding]:
    """No place in the EXIF data."""
    if case.opened.getexif().get_ifd(ExifTags.IFD.GPSInfo):
        yield _error("picture.gps", "The file tells where it was made.", "Strip the EXIF data.")


def _mark(case: _Subject) -> Iterator[Finding]:
    """The IPTC source mark is there and says what the provenance says."""
    found = read_mark(case.painting.path)
    wanted = case.painting.provenance.source_type.value
    if found != wanted:
        yield _error(
            "picture.mark", "The source mark is missing or another.", "Write the mark again.",
            measured=found or "none", limit=wanted,
        )  # fmt: skip


def _clear(case: _Subject) -> Iterator[Finding]:
    """Neither blurred nor enlarged nor blank."""
    sharp, wide = sharpness(case.pixels), spread(case.pixels)
    if wide < MIN_SPREAD:
        yield _error(
            "picture.blank", "The picture is blank.", "Paint it again.", measured=wide, limit=MIN_SPREAD
        )
    if sharp < MIN_SHARPNESS:
        yield _error(
            "picture.blurred", "The picture is blurred or enlarged.", "Paint it at full size.",
            measured=round(sharp, 2), limit=MIN_SHARPNESS,
        )  # fmt: skip


def _text(case: _Subject) -> Iterator[Finding]:
    """Only title and artist name, spelt as in the metadata; none on avatars and banners."""
    shown = case.painting.shown_text
    if case.kind in ("avatar", "banner"):
        if shown:
            yield _error("picture.text", f"A {case.kind} carries no text.", "Paint it without words.")
        return
    for text in shown:
        if _FORBIDDEN.search(text):
            yield _error("picture.forbidden_text", f"{text!r} may not stand on a cover.", "Change the title.")
    strange = [text for text in shown if not _stands_for(text, case)]
    if strange:
        yield _error("picture.text", f"{strange[0]!r} is neither title nor artist.", "Set the words again.")
    missing = len([text for text in case.expected if text.strip()]) - len(shown)
    if missing > 0:
        told = "; ".join(case.painting.notes)
        make = _warning if told else _error
        yield make(
            "picture.missing_text", told or "Title or artist is not on the picture.", "Set the words again."
        )


def _stands_for(text: str, case: _Subject) -> bool:
    """Whether a shown text is one of the expected ones; a told change of spelling is allowed."""
    plain = {_plain(expected) for expected in case.expected}
    return _plain(text) in plain or case.painting.romanised or bool(case.painting.notes)


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _legible(case: _Subject) -> Iterator[Finding]:
    """The title stands off its ground: as told by the painter and as read from the file."""
    box = case.painting.title_box
    if box is None:
        return
    told = case.painting.title_contrast
    read = type_contrast(case.pixels, box)
    least = min(read, told if told is not None else read)
    if least < MIN_CONTRAST:
        yield _error(
            "picture.contrast", "The title does not stand off its ground.", "Paint it with another seed.",
            measured=round(least, 2), limit=MIN_CONTRAST,
        )  # fmt: skip


def _belongs(case: _Subject) -> Iterator[Finding]:
    """The colours are the artist's own."""
    found = kinship(case.pixels, case.look)
    if found < MIN_KINSHIP:
        yield _error(
            "picture.palette", "The colours are not the artist's.", "Paint it with another seed.",
            measured=round(found, 3), limit=MIN_KINSHIP,
        )  # fmt: skip


def _new(case: _Subject) -> Iterator[Finding]:
    """No near-copy of a picture in the catalogue."""
    own = fingerprint(case.pixels)
    for title, other in case.catalogue:
        try:
            found = likeness(own, other)
        except Invalid:
            yield _warning("picture.catalogue", f"{title!r} has no readable fingerprint.", "Take it anew.")
            continue
        if found.copies:
            yield _error(
                "picture.duplicate", f"It looks like the cover of {title!r}.", "Paint it with another seed.",
                measured=found.form, limit=round(found.colour, 4),
            )  # fmt: skip


CHECKS: tuple[Callable[[_Subject], Iterator[Finding]], ...] = (
    _format,
    _size,
    _bytes,
    _mode,
    _privacy,
    _mark,
    _clear,
    _text,
    _legible,
    _belongs,
    _new,
)
