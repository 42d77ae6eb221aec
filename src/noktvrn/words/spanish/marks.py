"""The marks a Spanish question and exclamation open with."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

_MARKS = {"?": "¿", "!": "¡"}


def opened(lines: Sequence[str], spared: Collection[str] = ()) -> tuple[str, ...]:
    """The lines of a section with every question and exclamation opened; lines in `spared` stay as they are.

    One that nothing opens begins where its sentence does: behind the last mark that ends one, else at the
    start of its line. One opened a line before is left alone.
    """
    made: list[str] = []
    for line in lines:
        made.append(line if line in spared else _opened(line, "\n".join(made)))
    return tuple(made)


def _opened(line: str, before: str) -> str:
    for close, mark in _MARKS.items():
        said = ""
        for part in re.split(rf"(?<={re.escape(close)})", line):
            whole = before + said + part
            unopened = close in part and whole.count(mark) < whole.count(close)
            said += _marked(part, mark) if unopened else part
        line = said
    return line


def _marked(part: str, mark: str) -> str:
    """A part of a line that ends on its question, with the mark where the question begins."""
    start = max((found.end() for found in re.finditer(r"[.;:…]\s+|^\s+", part)), default=0)
    return part[:start] + mark + part[start:]
