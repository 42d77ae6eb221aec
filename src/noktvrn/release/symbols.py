"""Symbols that no store takes in a title: emoji, arrows, hearts."""

from __future__ import annotations

import unicodedata

_PICTOGRAPHS = {"So", "Sk"}
_PROMOTED = {"°", "№"}  # letters of a kind that titles do use


def first_symbol(title: str) -> str | None:
    """The first emoji or decoration in a title, or None."""
    return next(
        (
            letter
            for letter in title
            if unicodedata.category(letter) in _PICTOGRAPHS and letter not in _PROMOTED
        ),
        None,
    )
