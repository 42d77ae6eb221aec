"""Whether a file ends where its own structure says. Most decoders are content with less."""

from __future__ import annotations

import mmap
from collections.abc import Callable
from pathlib import Path

from noktvrn.outbound.inspection.unfit import CUT, Unfit

UNTOLD = 0x7FFF_0000
"""Sizes from here on, and none at all, are what a writer puts in that cannot go back to the header."""
SPARE_BYTES = 4096
"""What may be missing at the end of a WAV: some programs count a chunk of theirs wrongly."""


def whole(path: Path, media_type: str) -> None:
    """Looks for the end of the file.

    Raises:
        Unfit: it ends too early, or is not what it began as.
    """
    view = _VIEWS.get(media_type)
    if view is not None:
        with path.open("rb") as source, mmap.mmap(source.fileno(), 0, access=mmap.ACCESS_READ) as data:
            view(data)


def _wav(data: mmap.mmap) -> None:
    at = 12
    while at + 8 <= len(data):
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        if data[at : at + 4] == b"data":
            if size < UNTOLD and at + 8 + size > len(data) + SPARE_BYTES:
                raise Unfit(CUT)
            return
        at += 8 + size + size % 2
    raise Unfit("it has no sound in it")


def _webp(data: mmap.mmap) -> None:
    if 8 + int.from_bytes(data[4:8], "little") > len(data):
        raise Unfit(CUT)


def _boxes(data: mmap.mmap) -> None:
    """MP4: boxes one after the other, the film's own (`moov`) among them, to the very end."""
    at, names = 0, set()
    while at + 8 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        names.add(data[at + 4 : at + 8])
        if size == 1:
            size = int.from_bytes(data[at + 8 : at + 16], "big")
        elif size == 0:
            size = len(data) - at
        if size < 8 or at + size > len(data):
            raise Unfit(CUT)
        at += size
    if b"moov" not in names:
        raise Unfit("its table of contents is missing")


def _webm(data: mmap.mmap) -> None:
    """EBML: the header, then one segment, whose size is told or not (RFC 8794 section 6.2)."""
    size, at = _ebml_size(data, 4)
    at += size or 0
    if data[at : at + 4] != b"\x18\x53\x80\x67":
        raise Unfit("it has no film in it")
    size, at = _ebml_size(data, at + 4)
    if size is not None and at + size > len(data):
        raise Unfit(CUT)


def _ebml_size(data: mmap.mmap, at: int) -> tuple[int | None, int]:
    """A length and where it ends; None: it was not known to the writer."""
    first = data[at] if at < len(data) else 0
    width = 9 - first.bit_length()
    if width > 8 or at + width > len(data):
        raise Unfit(CUT)
    raw = int.from_bytes(data[at : at + width], "big")
    most = (1 << 7 * width) - 1
    return (None if raw & most == most else raw & most), at + width


def _ogg(data: mmap.mmap) -> None:
    """The last page says that it is the last (RFC 3533: flag 4), and is all there."""
    at = data.rfind(b"OggS")
    table = data[at + 27 : at + 27 + data[at + 26]] if at + 27 <= len(data) else b""
    if not table or at + 27 + len(table) + sum(table) > len(data) or not data[at + 5] & 4:
        raise Unfit(CUT)


def _jpeg(data: mmap.mmap) -> None:
    if data.rfind(b"\xff\xd9") < 0:
        raise Unfit(CUT)


def _png(data: mmap.mmap) -> None:
    if data.rfind(b"IEND") < 0:
        raise Unfit(CUT)


_VIEWS: dict[str, Callable[[mmap.mmap], None]] = {
    "audio/wav": _wav,
    "audio/ogg": _ogg,
    "audio/mp4": _boxes,
    "video/mp4": _boxes,
    "video/quicktime": _boxes,
    "video/webm": _webm,
    "image/webp": _webp,
    "image/jpeg": _jpeg,
    "image/png": _png,
}
