"""Looking at a picture: its size by its own header first, then every pixel, by Pillow.

A header costs its sender nothing: 50,000 x 50,000 pixels of PNG lie in a few kilobytes. So nothing is decoded
before its size, its scans and its frames were counted here.
"""

from __future__ import annotations

import mmap
import struct
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from noktvrn.outbound.inspection.unfit import Found, Unfit

MOST_PIXELS = 64_000_000
LONGEST_SIDE = 16_384
SHORTEST_SIDE = 64
MOST_SCANS = 100
"""Of a JPEG: a progressive one has about ten, and each costs as much as all of the picture."""
_FORMATS = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WEBP"}
_NO_SIZE = frozenset([0xC4, 0xC8, 0xCC])
"""JPEG markers in the range of frames that tell of none."""


def see(path: Path, media_type: str) -> Found:
    """Decodes all of it.

    Raises:
        Unfit: it cannot be decoded, is too large, too small, moves, or is all of one colour.
    """
    with path.open("rb") as source, mmap.mmap(source.fileno(), 0, access=mmap.ACCESS_READ) as data:
        width, height = _size(data, media_type)
    if max(width, height) > LONGEST_SIDE or width * height > MOST_PIXELS:
        raise Unfit(f"it has {width} x {height} pixels")
    if min(width, height) < SHORTEST_SIDE:
        raise Unfit(f"it has only {width} x {height} pixels")
    try:
        _decode(path, _FORMATS[media_type], (width, height))
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, struct.error, EOFError):
        raise Unfit("it cannot be decoded") from None
    return Found(width=width, height=height)


def _decode(path: Path, form: str, size: tuple[int, int]) -> None:
    with Image.open(path, formats=[form]) as picture:
        if picture.size != size:
            raise Unfit("it tells two sizes")
        if getattr(picture, "n_frames", 1) > 1:
            raise Unfit("it moves")
        picture.load()
        extrema = picture.getextrema()
    bands = extrema if isinstance(extrema[0], tuple) else (extrema,)
    if all(low == high for low, high in bands):
        raise Unfit("it is all of one colour")


def _size(data: mmap.mmap, media_type: str) -> tuple[int, int]:
    if media_type == "image/png":
        if data[12:16] != b"IHDR" or b"acTL" in data[:65_536]:
            raise Unfit("it is no still picture")
        return struct.unpack(">II", data[16:24]) if len(data) >= 24 else (0, 0)
    return _webp(data) if media_type == "image/webp" else _jpeg(data)


def _webp(data: mmap.mmap) -> tuple[int, int]:
    """RFC 9649: the extended, lossless and lossy headers."""
    chunk, head = data[12:16], data[20:30].ljust(10, b"\0")
    if chunk == b"VP8X":
        if head[0] & 0x02:
            raise Unfit("it moves")
        return int.from_bytes(head[4:7], "little") + 1, int.from_bytes(head[7:10], "little") + 1
    if chunk == b"VP8L":
        bits = int.from_bytes(head[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    width, height = struct.unpack("<HH", head[6:10])
    return width & 0x3FFF, height & 0x3FFF


def _jpeg(data: mmap.mmap) -> tuple[int, int]:
    if data[:].count(b"\xff\xda") > MOST_SCANS:
        raise Unfit("it has absurdly many scans")
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in _NO_SIZE:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        if marker == 0xFF:
            at += 1
            continue
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    raise Unfit("it tells no size")
