"""How a title is spelt: its characters, spaces and length."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from noktvrn.model.finding import Severity
from noktvrn.release.cases import DRAFT, DraftCase
from noktvrn.release.rulebook import Note
from noktvrn.release.symbols import first_symbol

MAX_LENGTH = 255
_INVISIBLE = {"Cc", "Cf", "Co", "Cn", "Cs"}


@DRAFT.rule("release.title.form", Severity.ERROR, 9)
def form(case: DraftCase) -> Iterator[Note]:
    """Not empty, NFC, no invisible characters, no stray spaces."""
    title = case.draft.title
    if not title.strip():
        yield Note("The title is empty.", "Give the track a title.")
    if title != unicodedata.normalize("NFC", title):
        yield Note("The title is not in Unicode's composed form.", "Type it again, or normalise it to NFC.")
    if any(unicodedata.category(letter) in _INVISIBLE for letter in title):
        yield Note(
            "The title holds characters nobody can see.", "Type the title by hand instead of pasting it."
        )
    if title != " ".join(title.split()):
        yield Note(
            "The title has leading, trailing or double spaces.", "Keep single spaces between words only."
        )


@DRAFT.rule("release.title.length", Severity.ERROR, 10)
def length(case: DraftCase) -> Iterator[Note]:
    """At most 255 characters."""
    if len(case.draft.title) > MAX_LENGTH:
        yield Note("The title is too long.", "Shorten it.", len(case.draft.title), MAX_LENGTH)


@DRAFT.rule("release.title.symbols", Severity.ERROR, 11)
def symbols(case: DraftCase) -> Iterator[Note]:
    """No emoji and no decoration."""
    found = first_symbol(case.draft.title)
    if found:
        yield Note(
            f"The title holds the symbol U+{ord(found):04X}.", "Stores take words: remove emoji and signs."
        )


@DRAFT.rule("release.title.casing", Severity.WARNING, 12)
def casing(case: DraftCase) -> Iterator[Note]:
    """No shouting and no random capitals."""
    words = [word for word in case.draft.title.split() if word.isalpha()]
    if sum(len(word) > 3 and word.isupper() for word in words) > 1:
        yield Note("The title is written in capitals.", "Use title case: Glass Hours.")
    if any(word[:1].islower() and not word.islower() for word in words):
        yield Note("The title mixes capitals inside a word.", "Use title case: Glass Hours.")


@DRAFT.rule("release.title.brackets", Severity.WARNING, 24)
def brackets(case: DraftCase) -> Iterator[Note]:
    """Brackets close, quotes are of one kind, nothing trails."""
    title = case.draft.title
    if title.count("(") != title.count(")") or title.count("[") != title.count("]"):
        yield Note("A bracket of the title is not closed.", "Close it, or leave it out.")
    if any(straight in title for straight in "'\"") and any(curly in title for curly in "‘’“”"):
        yield Note("The title mixes straight and curly quotes.", "Use one kind.")
    if title.endswith((".", ",", ";", ":", "-")) and not title.endswith("..."):
        yield Note("The title ends in punctuation.", "Leave the last sign out.")


@DRAFT.rule("release.title.two_titles", Severity.WARNING, 22)
def two_titles(case: DraftCase) -> Iterator[Note]:
    """Two titles belong to two tracks."""
    if " / " in case.draft.title:
        yield Note("The title looks like two titles.", "Release two tracks, or use one title.")
