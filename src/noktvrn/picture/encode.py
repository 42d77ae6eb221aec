"""Finished files: JPEG and PNG that carry their IPTC digital source type as XMP.

XMP packet: ISO 16684-1; in JPEG an APP1 segment with the header `http://ns.adobe.com/xap/1.0/` (XMP
Specification Part 3), in PNG an iTXt chunk `XML:com.adobe.xmp`. Property: Iptc4xmpExt:DigitalSourceType.
"""

from __future__ import annotations

import io
import re
import struct
import zlib
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from noktvrn.kernel.errors import Invalid
from noktvrn.model.provenance import SourceType

QUALITY = 92
JPEG = "image/jpeg"
PNG = "image/png"

_JPEG_XMP = b"http://ns.adobe.com/xap/1.0/\x00"
_PNG_XMP = "XML:com.adobe.xmp"
_MARK = re.compile(r"DigitalSourceType(?:=\"([^\"]+)\"|[^>]*>\s*([^<\s]+)|\s+rdf:resource=\"([^\"]+)\")")


def xmp_packet(source: SourceType, *, creator: str = "", description: str = "") -> bytes:
    """The XMP packet with the source type, and creator tool and description where given."""
    told = (
        '<dc:description><rdf:Alt><rdf:li xml:lang="x-default">'
        f"{escape(description)}</rdf:li></rdf:Alt></dc:description>"
        if description
        else ""
    )
    tool = f" xmp:CreatorTool={quoteattr(creator)}" if creator else ""
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:xmp="http://ns.adobe.com/xap/1.0/" '
        'xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" '
        f'Iptc4xmpExt:DigitalSourceType="{source.value}"{tool}>{told}</rdf:Description></rdf:RDF></x:xmpmeta>'
        '<?xpacket end="r"?>'
    ).encode()


def write_jpeg(
    pixels: NDArray[np.uint8],
    path: Path,
    source: SourceType,
    *,
    description: str = "",
    quality: int = QUALITY,
) -> None:
    """Writes sRGB bytes (rows, columns, 3) as a 4:4:4 JPEG with its mark."""
    held = io.BytesIO()
    packet = xmp_packet(source, creator="noktvrn", description=description)
    Image.fromarray(pixels).save(held, "JPEG", quality=quality, subsampling=0, optimize=False, dpi=(300, 300))
    path.write_bytes(_with_segment(held.getvalue(), packet))


def write_png(pixels: NDArray[np.uint8], path: Path, source: SourceType, *, description: str = "") -> None:
    """Writes sRGB bytes (rows, columns, 3 or 4) as a PNG with its mark."""
    told = PngInfo()
    packet = xmp_packet(source, creator="noktvrn", description=description)
    told.add_itxt(_PNG_XMP, packet.decode(), zip=False)
    Image.fromarray(pixels).save(path, "PNG", pnginfo=told, compress_level=6)


def mark_file(path: Path, source: SourceType) -> None:
    """Puts the mark into a JPEG or PNG that has none, without touching a pixel.

    Raises:
        Invalid: the file is neither.
    """
    data = path.read_bytes()
    packet = xmp_packet(source, creator="noktvrn")
    if data.startswith(b"\xff\xd8"):
        path.write_bytes(_with_segment(data, packet))
    elif data.startswith(b"\x89PNG\r\n\x1a\n"):
        path.write_bytes(data[:33] + _itxt(packet) + data[33:])
    else:
        raise Invalid(f"{path.name} is neither JPEG nor PNG.", hint="Paint it anew as JPEG or PNG.")


def read_mark(path: Path) -> str | None:
    """The digital source type written in a picture file, or None."""
    with Image.open(path) as picture:
        packet = picture.info.get("xmp") or picture.info.get(_PNG_XMP) or b""
    text = packet.decode("utf-8", "replace") if isinstance(packet, bytes) else str(packet)
    found = _MARK.search(text)
    return next((part for part in found.groups() if part), None) if found else None


def _with_segment(jpeg: bytes, packet: bytes) -> bytes:
    body = _JPEG_XMP + packet
    segment = b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body
    place = 2
    if jpeg[2:4] == b"\xff\xe0":
        place = 4 + struct.unpack(">H", jpeg[4:6])[0]
    return jpeg[:place] + segment + jpeg[place:]


def _itxt(packet: bytes) -> bytes:
    body = b"iTXt" + _PNG_XMP.encode() + b"\x00\x00\x00\x00\x00" + packet
    return struct.pack(">L", len(body) - 4) + body + struct.pack(">L", zlib.crc32(body))
