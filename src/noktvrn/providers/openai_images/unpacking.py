"""A picture in base64 inside a JSON answer, taken out piece by piece: the answer is never held whole.

Only the first `b64_json` is taken. What is left of the answer, its long texts cut out, is read as JSON.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from noktvrn.outbound.spool import sync
from noktvrn.outbound.strict_json import strict_json

PIECE = 1 << 20
LONGEST_REST = 200_000
KEY = b'"b64_json"'
_SLASH = b"\\/"


def unpacked(answer: Path, picture: Path) -> Any:
    """Writes the picture, and gives back the answer without it.

    Raises:
        ValueError: there is no base64 in it, it is damaged, or the rest is no JSON.
    """
    part = picture.with_name(f".{picture.name}.part")
    rest = bytearray()
    with part.open("wb") as out:
        decoded = _Decoder()
        for piece, inside in _pieces(answer):
            if inside:
                out.write(decoded.take(piece))
            elif len(rest) + len(piece) > LONGEST_REST:
                raise ValueError("too much beside the picture")
            else:
                rest += piece
        decoded.end()
    sync(part)
    told = strict_json(bytes(rest))
    part.replace(picture)
    return told


class _Decoder:
    """Base64 in pieces of any length."""

    def __init__(self) -> None:
        self._left = b""
        self._any = False

    def take(self, piece: bytes) -> bytes:
        """The bytes that are whole."""
        text = self._left + piece
        held = 1 if text.endswith(b"\\") else 0
        clean = text[: len(text) - held].replace(_SLASH, b"/")
        whole = len(clean) // 4 * 4
        self._left = clean[whole:] + text[len(text) - held :]
        self._any = self._any or whole > 0
        try:
            return base64.b64decode(clean[:whole], validate=True)
        except binascii.Error as error:
            raise ValueError("damaged base64") from error

    def end(self) -> None:
        """Raises ValueError where something is left over, or nothing came."""
        if self._left or not self._any:
            raise ValueError("no whole base64")


def _pieces(answer: Path) -> Iterator[tuple[bytes, bool]]:
    """The answer's bytes in pieces, and whether they are of the picture; its quotes are of the rest."""
    with answer.open("rb") as file:
        window = b""
        while (place := _opening(window)) is None:
            piece = file.read(PIECE)
            if not piece:
                raise ValueError("no base64")
            window += piece
            if len(window) > LONGEST_REST + PIECE:
                raise ValueError("too much before the picture")
        yield window[:place], False
        window = window[place:]
        while (end := window.find(b'"')) < 0:
            yield window, True
            window = file.read(PIECE)
            if not window:
                raise ValueError("the answer breaks off")
        yield window[:end], True
        yield window[end:], False
        while piece := file.read(PIECE):
            yield piece, False


def _opening(window: bytes) -> int | None:
    """Where the text of the first `b64_json` begins; None: not in what came so far."""
    start = window.find(KEY)
    if start < 0:
        return None
    colon = window[start + len(KEY) :].lstrip()
    text = colon[1:].lstrip() if colon[:1] == b":" else b""
    return len(window) - len(text) + 1 if text[:1] == b'"' else None
