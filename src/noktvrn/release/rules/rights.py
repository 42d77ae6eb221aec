"""Lines, licences and what may be claimed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from noktvrn.model.finding import Severity
from noktvrn.model.provenance import Share
from noktvrn.model.terms import allowed
from noktvrn.release.cases import DRAFT, DraftCase
from noktvrn.release.disclosure import release_share
from noktvrn.release.rulebook import Note

_LINE = re.compile(r"([0-9]{4}) (\S.*)")
_MARK = re.compile(r"[©℗]|\((c|p)\)", re.IGNORECASE)


@DRAFT.rule("release.lines", Severity.ERROR, 36)
def lines(case: DraftCase) -> Iterator[Note]:
    """Both lines: a year that has come, an owner, and no mark in the text."""
    for name, line in (("P", case.draft.p_line), ("C", case.draft.c_line)):
        found = _LINE.fullmatch(line)
        if found is None or _MARK.search(line):
            yield Note(f"The {name} line {line!r} is not a year and an owner.", "Write it as: 2026 Label.")
        elif int(found[1]) > case.catalogue.today.year + 1:
            yield Note(f"The year of the {name} line lies ahead.", "Use the year of first publication.")


@DRAFT.rule("release.rights.licence", Severity.ERROR, 37)
def licence(case: DraftCase) -> Iterator[Note]:
    """It is written down under which terms every part was made."""
    for name, made in case.dossier.sources.items():
        if not made.rights.licence:
            yield Note(f"Nobody wrote down the licence of the {name}.", "Record the engine's terms.")


@DRAFT.rule("release.rights.unknown", Severity.WARNING, 37)
def stores_may_not(case: DraftCase) -> Iterator[Note]:
    """Terms that nobody has recorded, or that forbid selling: it may be heard, judged and sealed, and
    `distribution` delivers it once they are known to allow it, or never."""
    for name, made in case.dossier.sources.items():
        if allowed(made.rights, None) == "no":
            yield Note(
                f"The terms of {made.made_by} do not allow selling the {name}: it will not be delivered.",
                "Make it with another engine or plan; a paid plan bought later does not cure it.",
            )
        elif allowed(made.rights, None) == "unknown":
            yield Note(
                f"Nobody has recorded whether the terms of {made.made_by} let stores sell the {name}.",
                f"Before delivery: `noktvrn provider terms {made.made_by}` records plan and terms.",
            )


@DRAFT.rule("release.rights.watermark", Severity.ERROR, 39)
def watermark(case: DraftCase) -> Iterator[Note]:
    """Previews with a watermark are not licensed material."""
    for name, made in case.dossier.sources.items():
        if made.rights.watermark:
            yield Note(f"The {name} carries a watermark.", "Fetch the licensed file without it.")


@DRAFT.rule("release.rights.claim", Severity.INFO, 38)
def claim(case: DraftCase) -> Iterator[Note]:
    """Some countries protect human authorship only: a C line on generated work says little there."""
    if release_share(case.draft.disclosure) is Share.ALL:
        yield Note(
            "Every part was generated: a copyright claim may not hold everywhere.",
            "Record human contributions, such as own lines or chosen takes, to strengthen it.",
        )
