"""Words as a terminal may show them: what artists and the world outside wrote is data, never a command.

Control characters, turns of the writing direction and joiners are taken out, line ends become spaces; and
columns are cut by cells, since a letter may be two of them wide or none.
"""

from __future__ import annotations

import unicodedata

from rich.cells import cell_len, set_cell_size

_GONE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def plain(text: str) -> str:
    """One line without anything a terminal would obey."""
    return " ".join("".join(map(_shown, text)).split())


def _shown(letter: str) -> str:
    if letter.isspace():
        return " "
    return "" if unicodedata.category(letter) in _GONE else letter


def fit(text: str, width: int) -> str:
    """The plain text in exactly `width` cells: cut with an ellipsis, or filled with spaces."""
    shown = plain(text)
    if cell_len(shown) <= width:
        return set_cell_size(shown, width)
    return set_cell_size(shown, width - 1) + "…" if width > 0 else ""
