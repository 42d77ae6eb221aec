"""House rules for stage names. Numbers in the rule texts are those of the store rules (27-33)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import cache

from noktvrn.model.finding import Finding, Severity
from noktvrn.reference import Reference

LONGEST = 40
_GENERIC = frozenset(
    [
        *(
            "artist",
            "artists",
            "unknown artist",
            "various",
            "various artists",
            "unknown",
            "anonymous",
            "band",
        ),
        *(
            "music",
            "singer",
            "producer",
            "dj",
            "ai",
            "ai artist",
            "virtual artist",
            "untitled",
            "test",
            "none",
        ),
    ]
)
_JOINED = re.compile(
    r"\s(?:&|\+|x|×|vs\.?|feat\.?|ft\.?|featuring|with|and|presents|pres\.?)\s|[,;/]", re.IGNORECASE
)
_PLACES = frozenset(
    ["chicago", "boston", "kansas", "asia", "europe", "america", "berlin", "alabama", "texas"]
)
_CAPITALS = re.compile(r"[A-Z0-9][\w.’'&-]*(?: (?:[A-Z0-9&][\w.’'&-]*|of|the|and))*")
_LETTERS = re.compile(r"[\w .'’!?-]+")


def name_findings(name: str, taken: Collection[str], reference: Reference) -> Iterator[Finding]:
    """What the house objects to in a stage name; nothing when it may be used."""
    yield from _shape(name)
    yield from _meaning(name, reference)
    yield from _collisions(name, taken)


def named_artist(text: str) -> str | None:
    """A known artist named in a text of ours, by exact name in capitals; None when nobody is.

    Prompts are searched more broadly (`words.mentions`); in finished prose that would find names in
    everyday words. Acts called like a place are let through.
    """
    names = _names_of_nobody_else()
    for run in _CAPITALS.findall(text):
        words = run.split()
        for size in range(min(4, len(words)), 0, -1):
            for start in range(len(words) - size + 1):
                if found := names.get(" ".join(words[start : start + size]).strip(".,;:").casefold()):
                    return found
    return None


@cache
def _names_of_nobody_else() -> dict[str, str]:
    from noktvrn.words.names import known_names

    return {
        known.name.casefold(): known.name
        for known in known_names()
        if not known.everyday and known.name.casefold() not in _PLACES
    }


def _shape(name: str) -> Iterator[Finding]:
    if not 2 <= len(name) <= LONGEST:
        yield _error(
            "length", f"the stage name has {len(name)} characters", f"2 to {LONGEST} characters", name
        )
    if name != " ".join(name.split()) or not _LETTERS.fullmatch(name) or not any(map(str.isalpha, name)):
        yield _error(
            "characters", "the stage name holds signs that stores refuse", "letters, spaces, . ' ! ? -", name
        )
    if _JOINED.search(name):
        yield _error(
            "one_artist", "the stage name reads as several artists (30)", "one name for one artist", name
        )


def _meaning(name: str, reference: Reference) -> Iterator[Finding]:
    plain = name.casefold().removeprefix("the ")
    if plain in _GENERIC or plain in reference.moods or plain in _genre_words(reference):
        yield _error(
            "generic", "the stage name is a generic, genre or mood word (27)", "a name of its own", name
        )

    from noktvrn.words.names import first_names

    if plain in first_names():
        yield _error(
            "first_name", "the stage name is an ordinary first name", "a name nobody else goes by", name
        )


def _genre_words(reference: Reference) -> frozenset[str]:
    rows = reference.genres.values()
    return frozenset(word.casefold() for row in rows for word in (row.name, row.family, *row.aliases))


def _collisions(name: str, taken: Collection[str]) -> Iterator[Finding]:
    from noktvrn.words.names import collides, roster_of

    if known := collides(name):
        yield _error("known_artist", f"the stage name is too near to {known}", "another name", name)
    found = roster_of(tuple(sorted(taken))).nearest(name)
    if found is None:
        return
    if found.how in ("same", "reordered"):
        yield _error("taken", f"the label has an artist of this name, {found.name}", "another name", name)
        return
    yield Finding(
        rule="artist.name.near_roster",
        severity=Severity.WARNING,
        message=f"The stage name {name} is near to {found.name} of the same label (29).",
        hint="Listeners may mix them up; another seed gives another name.",
        measured=name,
    )


def _error(rule: str, what: str, wanted: str, name: str) -> Finding:
    return Finding(
        rule=f"artist.name.{rule}",
        severity=Severity.ERROR,
        message=what[0].upper() + what[1:] + ".",
        hint=f"Wanted: {wanted}.",
        measured=name[:60],
    )
