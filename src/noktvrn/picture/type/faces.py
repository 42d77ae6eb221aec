"""The bundled faces and which characters each can draw."""

from __future__ import annotations

import struct
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from PIL import ImageFont

from noktvrn.kernel.errors import Invalid

FONTS = Path(__file__).parent.parent / "fonts"
_EVERYWHERE = {
    "serif": "noto-serif-display",
    "blackletter": "noto-serif-display",
    "condensed": "sofia-condensed",
}


@dataclass(frozen=True)
class Face:
    """One bundled face. `leading` is the line pitch in em, `upper` whether capitals become it."""

    id: str
    file: Path
    genus: str
    roles: tuple[str, ...]
    scripts: tuple[str, ...]
    upper: bool
    leading: float

    @property
    def family(self) -> str:
        """The family name inside the file."""
        return f"nk-{self.id}"

    @property
    def stand_in(self) -> Face:
        """The related face that can draw Latin, Greek and Cyrillic."""
        return face(_EVERYWHERE.get(self.genus, "inter-tight"))

    def draws(self, text: str) -> bool:
        """Whether every character of `text` has a glyph here."""
        known = coverage(self.file)
        return all(ord(letter) in known for letter in text)

    def advance(self, text: str) -> float:
        """Approximate width of `text` in em, without kerning: good enough to break lines."""
        return float(_ruler(self.file).getlength(text)) / _RULER


@cache
def faces() -> dict[str, Face]:
    """All bundled faces by id."""
    table = tomllib.loads((FONTS / "fonts.toml").read_text(encoding="utf-8"))["faces"]
    return {
        name: Face(
            id=name,
            file=FONTS / row["file"],
            genus=row["genus"],
            roles=tuple(row["roles"]),
            scripts=tuple(row["scripts"]),
            upper=row["upper"],
            leading=row["leading"],
        )
        for name, row in table.items()
    }


def face(name: str) -> Face:
    """The face called `name`.

    Raises:
        Invalid: there is none.
    """
    found = faces().get(name)
    if found is None:
        raise Invalid(
            f"No bundled face is called {name!r}.", hint=f"Bundled are: {', '.join(sorted(faces()))}."
        )
    return found


_RULER = 200


@lru_cache(maxsize=32)
def _ruler(file: Path) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(file), _RULER, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=32)
def coverage(file: Path) -> frozenset[int]:
    """The code points of a TrueType file's character map (OpenType 1.9, `cmap` formats 4 and 12)."""
    data = file.read_bytes()
    start = _table(data, b"cmap")
    (count,) = struct.unpack_from(">H", data, start + 2)
    points: set[int] = set()
    for index in range(count):
        platform, _encoding, offset = struct.unpack_from(">HHL", data, start + 4 + 8 * index)
        if platform in (0, 3):
            points |= _points(data, start + offset)
    return frozenset(points)


def _table(data: bytes, tag: bytes) -> int:
    (count,) = struct.unpack_from(">H", data, 4)
    for index in range(count):
        name, _sum, offset, _length = struct.unpack_from(">4sLLL", data, 12 + 16 * index)
        if name == tag:
            return int(offset)
    raise Invalid(f"A bundled font has no {tag.decode()} table.", hint="Install noktvrn anew.")


def _points(data: bytes, start: int) -> set[int]:
    (kind,) = struct.unpack_from(">H", data, start)
    if kind == 4:
        return _segments(data, start)
    if kind == 12:
        return _groups(data, start)
    return set()


def _groups(data: bytes, start: int) -> set[int]:
    (count,) = struct.unpack_from(">L", data, start + 12)
    found: set[int] = set()
    for index in range(count):
        first, last, _glyph = struct.unpack_from(">LLL", data, start + 16 + 12 * index)
        found.update(range(first, last + 1))
    return found


def _segments(data: bytes, start: int) -> set[int]:
    (doubled,) = struct.unpack_from(">H", data, start + 6)
    count = doubled // 2
    ends, starts, deltas, ranges = (
        struct.unpack_from(f">{count}H", data, start + 14 + part * doubled + (2 if part else 0))
        for part in range(4)
    )
    table = start + 16 + 3 * doubled
    found: set[int] = set()
    for index in range(count):
        for point in range(starts[index], ends[index] + 1):
            if point != 0xFFFF and _glyph(data, table, index, point, starts, deltas, ranges):
                found.add(point)
    return found


def _glyph(
    data: bytes,
    table: int,
    index: int,
    point: int,
    starts: tuple[int, ...],
    deltas: tuple[int, ...],
    ranges: tuple[int, ...],
) -> int:
    if ranges[index] == 0:
        return (point + deltas[index]) & 0xFFFF
    place = table + 2 * index + ranges[index] + 2 * (point - starts[index])
    (glyph,) = struct.unpack_from(">H", data, place)
    return (glyph + deltas[index]) & 0xFFFF if glyph else 0
