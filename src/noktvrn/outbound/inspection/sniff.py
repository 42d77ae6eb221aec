"""What a file is by its first bytes (magic numbers), whatever its name or its sender says.

Sources: RFC 9639 (FLAC), RFC 3533 (Ogg), ISO/IEC 11172-3 and 13818-7 (MPEG audio, ADTS), id3.org (ID3v2),
ISO/IEC 14496-12 (`ftyp`), the PNG, JPEG (ISO/IEC 10918-1) and WebP (RIFF) formats, RFC 8794 (EBML).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["audio", "picture", "film"]
HEAD_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Seen:
    """`media` is the media type by the kind it can pass for; empty: it is nothing that is taken."""

    what: str
    media: Mapping[Kind, str] = field(default_factory=dict)


_STARTS: tuple[tuple[bytes, Seen], ...] = (
    (b"\x89PNG\r\n\x1a\n", Seen("PNG", {"picture": "image/png"})),
    (b"\xff\xd8\xff", Seen("JPEG", {"picture": "image/jpeg"})),
    (b"fLaC", Seen("FLAC", {"audio": "audio/flac"})),
    (b"PK", Seen("a zip archive")),
    (b"\x1f\x8b", Seen("a gzip archive")),
    (b"Rar!", Seen("an archive")),
    (b"7z\xbc\xaf", Seen("an archive")),
    (b"GIF8", Seen("a GIF")),
    (b"%PDF", Seen("a PDF")),
    (b"#EXTM3U", Seen("a playlist")),
    (b"[playlist]", Seen("a playlist")),
    (b"ffconcat", Seen("a playlist")),
)
_TEXTS: tuple[tuple[bytes, str], ...] = (
    (b"<?xml", "XML"),
    (b"<!doctype", "an HTML page"),
    (b"<html", "an HTML page"),
    (b"<svg", "an SVG drawing"),
    (b"<", "XML or HTML"),
    (b"{", "JSON"),
    (b"[", "JSON"),
)
_AUDIO_BRANDS = (b"M4A ", b"M4B ", b"M4P ", b"F4A ")
_FILM_BRANDS = (
    b"isom",
    b"iso2",
    b"iso4",
    b"iso5",
    b"iso6",
    b"mp41",
    b"mp42",
    b"avc1",
    b"dash",
    b"MSNV",
    b"M4V ",
)
_UTF16 = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_WEBM = re.compile(rb"\x42\x82.webm", re.DOTALL)
NOTHING = Seen("nothing that is known")


def sniff(head: bytes) -> Seen:
    """What a file is by its first `HEAD_BYTES` bytes."""
    if not head:
        return Seen("empty")
    for start, seen in _STARTS:
        if head.startswith(start):
            return seen
    for look in (_riff, _boxes, _webm, _ogg, _mpeg, _text):
        found = look(head)
        if found is not None:
            return found
    return NOTHING


def _riff(head: bytes) -> Seen | None:
    if head[:4] != b"RIFF":
        return None
    if head[8:12] == b"WAVE":
        return Seen("WAV", {"audio": "audio/wav"})
    if head[8:12] == b"WEBP":
        return Seen("WebP", {"picture": "image/webp"})
    return Seen("another RIFF file")


def _boxes(head: bytes) -> Seen | None:
    if head[4:8] != b"ftyp":
        return None
    brand = head[8:12]
    if brand in _AUDIO_BRANDS:
        return Seen("M4A", {"audio": "audio/mp4"})
    if brand == b"qt  ":
        return Seen("QuickTime", {"film": "video/quicktime"})
    if brand in _FILM_BRANDS or brand.startswith(b"3gp"):
        return Seen("MP4", {"film": "video/mp4", "audio": "audio/mp4"})
    return Seen("another kind of MP4 (AVIF, HEIC, encrypted)")


def _webm(head: bytes) -> Seen | None:
    if head[:4] != b"\x1a\x45\xdf\xa3":
        return None
    return (
        Seen("WebM", {"film": "video/webm"}) if _WEBM.search(head[:64]) else Seen("Matroska that is no WebM")
    )


def _ogg(head: bytes) -> Seen | None:
    if head[:4] != b"OggS" or len(head) < 28:
        return None
    packet = head[27 + head[26] :]
    if packet.startswith((b"\x01vorbis", b"OpusHead", b"\x7fFLAC")):
        return Seen("Ogg", {"audio": "audio/ogg"})
    return Seen("Ogg that is no song")


def _mpeg(head: bytes) -> Seen | None:
    if head[:3] == b"ID3" and len(head) > 9 and 0xFF not in head[3:5] and not max(head[6:10]) & 0x80:
        return Seen("MP3", {"audio": "audio/mpeg"})
    if len(head) < 4 or head[0] != 0xFF:
        return None
    if head[1] & 0xF6 == 0xF0 and head[2] >> 2 & 0x0F < 13:
        return Seen("AAC", {"audio": "audio/aac"})
    return Seen("MP3", {"audio": "audio/mpeg"}) if is_layer3(head[:4]) else None


def is_layer3(header: bytes) -> bool:
    """Whether four bytes are the header of an MPEG audio frame of layer III with a bit rate of its own."""
    return (
        len(header) == 4
        and header[0] == 0xFF
        and header[1] & 0xE6 == 0xE2
        and header[1] & 0x18 != 0x08
        and 0 < header[2] >> 4 < 15
        and header[2] & 0x0C != 0x0C
        and header[3] & 0x03 != 0x02
    )


def _text(head: bytes) -> Seen | None:
    """Texts are told apart only to say what came: the words of an error page, mostly."""
    wide = _UTF16.get(head[:2])
    if wide:
        head = head[2 : len(head) // 2 * 2].decode(wide, "replace").encode("utf-8", "replace")
    plain = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    for start, what in _TEXTS:
        if plain.startswith(start):
            return Seen(what)
    return Seen("text") if wide or not re.search(rb"[\x00-\x08\x0e-\x1f\x7f-\xff]", head[:512]) else None
