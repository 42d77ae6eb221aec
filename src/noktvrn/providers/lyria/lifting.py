"""JSON with files in it, read in little memory: long strings are decoded from base64 onto the disk.

What is left is small JSON in which each of them is a name. A song of some minutes is ten million characters
in one string; read as a whole it would stand in memory three times over.
"""

from __future__ import annotations

import binascii
import json
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from noktvrn.outbound.spool import Pouring, Spooled, discard, finish

LONG = 1 << 15
"""Characters from which on a string is a file."""
MOST_JSON = 1 << 20
MOST_FILES = 4
_READ = 1 << 16
_RUN = re.compile(rb'[^"\\]*(?:\\(?:u[0-9a-fA-F]{4}|[^u])[^"\\]*)*')
_OUTSIDE = re.compile(rb'[^"]*')
_URL_SAFE = bytes.maketrans(b"-_", b"+/")
_BLANKS = b" \t\r\n"


@dataclass(frozen=True, slots=True)
class Lifted:
    """The small JSON, and the files by the names that stand in it. A long string that is no base64 is none
    of them."""

    skeleton: bytes
    files: dict[str, Path]


def lift(source: Path, folder: Path, stem: str) -> Lifted:
    """Takes the long strings out of the JSON in `source`; files are `stem`, `stem-1`, ... in `folder`.

    Raises:
        ValueError: it is no JSON by its strings, or has more in it than an answer may have.
    """
    with source.open("rb") as file, closing(_Work(folder, stem)) as work:
        for piece, within, ends in _pieces(file):
            if within:
                work.string(piece, ends=ends)
            else:
                work.plain(piece)
    return Lifted(bytes(work.skeleton), work.files)


class _Work:
    """What was read so far: the skeleton, the string that is being read, and the file it goes to."""

    def __init__(self, folder: Path, stem: str) -> None:
        self._folder = folder
        self._stem = stem
        self._held = bytearray()
        self._file: _Base64File | None = None
        self._number = 0
        self.skeleton = bytearray()
        self.files: dict[str, Path] = {}

    def close(self) -> None:
        """Leaves nothing of a string that broke off."""
        if self._file is not None:
            self._file.drop()

    def plain(self, piece: bytes) -> None:
        """What stands outside strings, and short strings."""
        self.skeleton += piece
        if len(self.skeleton) > MOST_JSON:
            raise ValueError("more JSON than an answer has")

    def string(self, piece: bytes, *, ends: bool) -> None:
        """A piece of a string, without its quotes."""
        if self._file is not None:
            self._file.take(piece)
        else:
            self._held += piece
            if len(self._held) >= LONG:
                self._begin()
        if ends:
            self._end()

    def _begin(self) -> None:
        if self._number == MOST_FILES:
            raise ValueError("more files than an answer has")
        suffix = f"-{self._number}" if self._number else ""
        self._number += 1
        self._file = _Base64File(self._folder / f"{self._stem}{suffix}")
        self._file.take(bytes(self._held))
        self._held.clear()

    def _end(self) -> None:
        if self._file is None:
            self.plain(b'"' + bytes(self._held) + b'"')
            self._held.clear()
            return
        path = self._file.done()
        name = f"lifted:{self._number}"
        if path is not None:
            self.files[name] = path
        self.plain(json.dumps(name).encode())
        self._file = None


class _Base64File:
    """Decodes a string piece by piece into a file of the spool."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._rest = b""
        self._good = True
        self._pouring = Pouring(path)

    def take(self, piece: bytes) -> None:
        if not self._good:
            return
        try:
            text = _unescaped(piece).translate(_URL_SAFE, _BLANKS)
            text = self._rest + text
            whole = len(text) - len(text) % 4
            self._rest = text[whole:]
            self._pouring.take(binascii.a2b_base64(text[:whole], strict_mode=True))
        except ValueError:
            self._good = False

    def done(self) -> Path | None:
        """The file, whole and on disk; None where the string was no base64."""
        with self._pouring as pouring:
            self.take(b"=" * (-len(self._rest) % 4))
        if not self._good:
            self.drop()
            return None
        finish(Spooled(self._path, pouring.size, pouring.sha256))
        return self._path

    def drop(self) -> None:
        with self._pouring:
            discard(self._path)


def _unescaped(piece: bytes) -> bytes:
    if b"\\" not in piece:
        return piece
    return str(json.loads(b'"' + piece + b'"')).encode("ascii")


def _pieces(file: BinaryIO) -> Iterator[tuple[bytes, bool, bool]]:
    """(bytes, whether they are inside a string, whether that string ends here); no escape is cut in two."""
    buffer, within = b"", False
    while True:
        more = file.read(_READ)
        buffer += more
        place = 0
        while place < len(buffer):
            found = (_RUN if within else _OUTSIDE).match(buffer, place)
            end = found.end() if found else place
            quoted = buffer[end : end + 1] == b'"'
            if quoted or end > place:
                yield buffer[place:end], within, within and quoted
            if not quoted:
                place = end
                break
            place, within = end + 1, not within
        buffer = buffer[place:]
        if not more:
            break
    if within or buffer:
        raise ValueError("a string without an end")
