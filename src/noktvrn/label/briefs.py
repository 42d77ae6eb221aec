"""Briefs out of a person's wishes: checked, and in words that every ledger, singer and store can take."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import cast

from pydantic import ValidationError

from noktvrn.kernel.errors import Invalid
from noktvrn.kernel.ids import BriefId, derive
from noktvrn.kernel.seeds import derive_seed
from noktvrn.model.artist import Artist
from noktvrn.model.brief import Brief
from noktvrn.release.symbols import first_symbol

LONGEST_WORDS = {"theme": 200, "mood": 80}
"""The most characters of what a song is about and how it feels: a phrase, not a page."""

LONGEST_LINE = 160

JOINERS = "\u200c\u200d"
"""Invisible, and yet part of the spelling of some scripts and of emoji; stores refuse them in titles."""


def make_brief(artist: Artist, name: str, **wishes: object) -> Brief:
    """A brief by name: same artist, same name, same id and seed.

    Raises:
        Invalid: a wish that cannot be, by its name.
    """
    known = {key: _plain(key, value) for key, value in wishes.items() if value is not None}
    try:
        return Brief.model_validate(
            {
                "id": BriefId(derive("brief", artist.id, name)),
                "artist_id": artist.id,
                "artist_version": artist.version,
                "seed": derive_seed(artist.seed, "brief", name),
                **known,
            }
        )
    except ValidationError as error:
        first = error.errors()[0]
        raise Invalid(
            f"The {first['loc'][0]} cannot be used: {first['msg']}.",
            code="brief.invalid",
            hint="Titles have at most 120 characters; songs last 30 to 720 seconds.",
        ) from None


def _check_lines(lines: Sequence[str]) -> None:
    """A person's lines are kept to the byte, so one that no ledger or singer could take is refused."""
    for place, line in enumerate(lines, start=1):
        plain = all(mark.isprintable() or mark in JOINERS for mark in line)
        if len(line) > LONGEST_LINE or not line.strip() or not plain:
            raise Invalid(
                f"Line {place} cannot be sung as it is.",
                code="brief.line",
                hint=f"Plain text of at most {LONGEST_LINE} characters a line; none is ever rewritten.",
            )


def _plain(key: str, wish: object) -> object:
    """A wish in words without control characters and half letters, which no ledger or file could keep."""
    if key == "human_lines":
        _check_lines(cast("Sequence[str]", wish))
    if not isinstance(wish, str):
        return wish
    joiners = "" if key == "title" else JOINERS
    shown = "".join(mark if mark.isprintable() or mark in joiners else " " for mark in wish)
    text = unicodedata.normalize("NFC", " ".join(shown.split()))
    if wish and not text:
        raise Invalid(f"The {key} is empty.", code="brief.invalid", hint="Leave it out, or write one.")
    most = LONGEST_WORDS.get(key, len(text))
    if len(text) > most:
        raise Invalid(
            f"The {key} has {len(text):,} characters.",
            code="brief.invalid",
            hint=f"Keep it within {most}: a phrase is enough.",
        )
    symbol = first_symbol(text) if key == "title" else None
    if symbol:
        raise Invalid(
            f"The title holds the symbol U+{ord(symbol):04X}, which no store takes.",
            code="brief.invalid",
            hint="Titles are words: leave emoji and signs out.",
        )
    return text
