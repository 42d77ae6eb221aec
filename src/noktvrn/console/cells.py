"""Words as a terminal may show them: what artists and the world outside wrote is data, never a command.

Control characters, turns of the writing direction and joiners are taken out, line ends become spaces, and no
letter carries more accents than writing has. Columns are cut by cells: a letter may be two of them, or none.
"""

from __future__ import annotations

import unicodedata

from rich.cells import cell_len, set_cell_size

_GONE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_MOST_MARKS = 4


def plain(text: str) -> str:
    """One line without anything a terminal would obey."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    kept, marks = [], 0
    for letter in text:
        marks = marks + 1 if unicodedata.combining(letter) else 0
        if marks <= _MOST_MARKS:
            kept.append(_shown(letter))
    return " ".join("".join(kept).split())


def _shown(letter: str) -> str:
    if letter.isspace():
        return " "
    return "" if unicodedata.category(letter) in _GONE else letter


def cut(text: str, width: int) -> str:
    """The plain text in at most `width` cells, with an ellipsis for what is left out."""
    shown = plain(text)
    if cell_len(shown) <= width:
        return shown
    return set_cell_size(shown, width - 1).rstrip() + "…" if width > 0 else ""


def fit(text: str, width: int) -> str:
    """The plain text in exactly `width` cells."""
    return set_cell_size(cut(text, width), max(0, width))
