"""The artist's name and the credits beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from noktvrn.model.finding import Severity
from noktvrn.release.cases import DRAFT, DraftCase
from noktvrn.release.rulebook import Note
from noktvrn.words.names import collides

_GENERIC = {
    "various", "various artists", "unknown", "unknown artist", "artist", "untitled", "anonymous", "ai",
    "sleep", "relax", "study music", "lofi", "lo-fi", "chill", "piano", "meditation", "white noise", "dj",
    "mc", "music", "songs", "beats", "soundtrack", "karaoke", "instrumental",
}  # fmt: skip
_SEVERAL = re.compile(r"\s[&+xX/]\s|\b(feat|ft|featuring|vs|versus)\b\.?|,|;", re.IGNORECASE)
_PERSONS_ROLES = {"Composer", "Lyricist"}


@DRAFT.rule("release.artist.main", Severity.ERROR, 27)
def main_artist(case: DraftCase) -> Iterator[Note]:
    """There is a main artist, credited under the name of the release, and the name is one."""
    main = [credit.name for credit in case.draft.credits if credit.role == "MainArtist"]
    if main != [case.draft.artist_name]:
        yield Note("The main artist is not credited exactly once.", "Draft the release again.")
    if case.draft.artist_name.strip().casefold() in _GENERIC:
        yield Note("The artist's name is a generic word.", "Give the artist a name of its own.")


@DRAFT.rule("release.artist.known", Severity.ERROR, 28)
def known(case: DraftCase) -> Iterator[Note]:
    """Not a known act, nor one by its look or sound."""
    if taken := collides(case.draft.artist_name):
        yield Note(f"The artist's name is too near to {taken}.", "Give the artist another name.")


@DRAFT.rule("release.artist.single", Severity.ERROR, 30)
def single(case: DraftCase) -> Iterator[Note]:
    """One name in the artist field."""
    if _SEVERAL.search(case.draft.artist_name):
        yield Note("The artist field names several artists.", "One name a field: credit guests apart.")


@DRAFT.rule("release.artist.spelling", Severity.WARNING, 33)
def spelling(case: DraftCase) -> Iterator[Note]:
    """The same artist is always spelt the same."""
    name = case.draft.artist_name
    for earlier in case.catalogue.artist_names:
        if earlier != name and earlier.casefold() == name.casefold():
            yield Note(
                f"The artist was spelt {earlier!r} before.", "Keep one spelling, or stores make two pages."
            )


@DRAFT.rule("release.credits.authors", Severity.ERROR, 34)
def authors(case: DraftCase) -> Iterator[Note]:
    """A composer, and a lyricist where words are sung: a full name or a machine, never the persona."""
    draft = case.draft
    wanted = {"Composer"} if draft.instrumental else _PERSONS_ROLES
    for role in sorted(wanted - {credit.role for credit in draft.credits}):
        yield Note(f"Nobody is credited as {role}.", "Credit a person or the generative engine.")
    for credit in draft.credits:
        if credit.role == "MainArtist":
            continue
        if credit.name.casefold() == draft.artist_name.casefold():
            yield Note(f"The AI persona is credited as {credit.role}.", "A persona is no legal person.")
        elif not credit.generative and len(credit.name.split()) < 2:
            yield Note(f"{credit.name!r} is no full name.", "Credit people with first and last name.")
