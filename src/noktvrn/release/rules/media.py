"""The resources themselves, opened and read to the end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from noktvrn.kernel.errors import LabelError
from noktvrn.model.asset import AudioAsset
from noktvrn.model.finding import Severity
from noktvrn.model.provenance import IPTC
from noktvrn.release.cases import PACKAGE, PackageCase
from noktvrn.release.rulebook import Note
from noktvrn.release.rules.pictures import MAX_BYTES, MIN_SIDE
from noktvrn.sound.files import flac

MAX_DRIFT_S = 1.0
_GPS = 0x8825  # EXIF's pointer to the GPS directory
_SCANNED = 1 << 20
_SUFFIXES = {"JPEG": ".jpg", "PNG": ".png"}
_UNREADABLE = (OSError, Image.DecompressionBombError)
_SAME = "Seal the release again from the vault."


@PACKAGE.rule("package.audio.format", Severity.ERROR, 66)
def audio_format(case: PackageCase) -> Iterator[Note]:
    """FLAC as stores take it."""
    for path, track in zip(case.audios, case.release.draft.tracks, strict=True):
        yield from _format(path, track.duration_s)


def _format(path: Path, told: float) -> Iterator[Note]:
    try:
        facts = flac.probe(path)
    except LabelError as error:
        yield Note(error.message, _SAME)
        return
    if facts.channels != 2 or facts.bits not in (16, 24) or facts.sample_rate < 44_100:
        yield Note(
            f"The master has {facts.sample_rate} Hz, {facts.channels} channels, {facts.bits} bit.",
            "Master to stereo, at least 44.1 kHz, 16 or 24 bit.",
        )
    measured = facts.frames / facts.sample_rate
    if abs(told - measured) > MAX_DRIFT_S:
        yield Note("The master is not as long as the release says.", _SAME, measured, told)


@PACKAGE.rule("package.audio.decodes", Severity.ERROR, 68)
def audio_decodes(case: PackageCase) -> Iterator[Note]:
    """Every master decodes to the end, is the approved sound, and is not silent."""
    parts = case.release.draft.parts
    approved = {part.path: part.asset.pcm_sha256 for part in parts if isinstance(part.asset, AudioAsset)}
    places = [path.relative_to(case.folder).as_posix() for path in case.audios]
    if list(approved) != places:
        yield Note("The masters are not the approved ones.", _SAME)
    for path, place in zip(case.audios, places, strict=True):
        yield from _decoded(path, approved.get(place, ""))


def _decoded(path: Path, approved: str) -> Iterator[Note]:
    try:
        sound = flac.pcm_sha256(path)
        silent = not any(words.any() for words in flac.read_words(path))
    except LabelError as error:
        yield Note(error.message, _SAME)
        return
    if approved != sound:
        yield Note("The master does not sound as it was approved.", _SAME)
    if silent:
        yield Note("The master is silent.", "Make the track again.")


@PACKAGE.rule("package.audio.tags", Severity.ERROR, 45)
def audio_tags(case: PackageCase) -> Iterator[Note]:
    """Every master carries its mark, its disclosure and its codes."""
    codes = case.release.identifiers
    for path, isrc in zip(case.audios, codes.recordings, strict=False):  # package.isrc tells of a missing one
        yield from _tags(path, (isrc, codes.upc))


def _tags(path: Path, codes: tuple[str, str]) -> Iterator[Note]:
    try:
        tags = flac.read_tags(path)
    except LabelError:
        return  # the format rule reports it
    if not tags.get("DIGITALSOURCETYPE", "").startswith(IPTC) or not tags.get("AI_DISCLOSURE"):
        yield Note("The master is not marked as generated.", _SAME)
    if (tags.get("ISRC"), tags.get("BARCODE")) != codes:
        yield Note("The codes in the master's tags are not the sealed ones.", _SAME)


@PACKAGE.rule("package.marks", Severity.ERROR, 45)
def marks(case: PackageCase) -> Iterator[Note]:
    """Every picture and film carries an IPTC digital source type."""
    for part in case.release.draft.parts:
        if part.asset.media_type.startswith(("image/", "video/")):
            place = case.folder / part.path
            if place.is_file() and not _marked(case, part.path):
                yield Note(f"{part.path} carries no digital source type.", "Make the part again.")


def _marked(case: PackageCase, path: str) -> bool:
    """Whether the IPTC address stands at the start or the end of a file, where XMP and MP4 tags lie."""
    place = case.folder / path
    with place.open("rb") as source:
        head = source.read(_SCANNED)
        source.seek(max(0, place.stat().st_size - _SCANNED))
        return IPTC.encode() in head or IPTC.encode() in source.read()


@PACKAGE.rule("package.cover.size", Severity.ERROR, 74)
def cover_size(case: PackageCase) -> Iterator[Note]:
    """Square, large, readable, and not too heavy."""
    try:
        with Image.open(case.cover) as picture:
            picture.load()
            width, height = picture.size
    except _UNREADABLE:
        yield Note("The cover cannot be opened.", _SAME)
        return
    if width != height or width < MIN_SIDE:
        yield Note(
            "The cover is not a square of 3000 pixels.", "Paint it again.", min(width, height), MIN_SIDE
        )
    if case.cover.stat().st_size > MAX_BYTES:
        yield Note("The cover file is too large.", "Save it smaller.", case.cover.stat().st_size, MAX_BYTES)


@PACKAGE.rule("package.cover.colour", Severity.ERROR, 75)
def cover_colour(case: PackageCase) -> Iterator[Note]:
    """RGB without alpha, a suffix that fits, and no place where it was made."""
    try:
        with Image.open(case.cover) as picture:
            mode, kind, place = picture.mode, str(picture.format), _GPS in picture.getexif()
    except _UNREADABLE:
        return  # the size rule reports it
    if mode != "RGB":
        yield Note(f"The cover is {mode}.", "Save it as plain RGB.")
    if _SUFFIXES.get(kind) != case.cover.suffix:
        yield Note(f"The cover is {kind} but is called {case.cover.name}.", "Name it by its content.")
    if place:
        yield Note("The cover holds GPS data.", "Strip the EXIF data.")
