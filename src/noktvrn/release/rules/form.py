"""The shape of the release: length of a single, paths of its parts, pace of the artist."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from noktvrn.model.finding import Severity
from noktvrn.release import paths
from noktvrn.release.cases import DRAFT, DraftCase
from noktvrn.release.rulebook import Note

MAX_SINGLE_S = 600.0
PACE = timedelta(days=7)


@DRAFT.rule("release.form.single", Severity.WARNING, 61)
def single(case: DraftCase) -> Iterator[Note]:
    """A track of ten minutes or more makes stores call the single an EP."""
    if case.draft.duration_s >= MAX_SINGLE_S:
        yield Note(
            "The track is too long for a single.",
            "Keep it under ten minutes.",
            case.draft.duration_s,
            MAX_SINGLE_S,
        )


@DRAFT.rule("release.form.paths", Severity.ERROR, 80)
def names(case: DraftCase) -> Iterator[Note]:
    """Every part has a path of its own that a store can take."""
    seen: set[str] = set()
    for part in case.draft.parts:
        if not paths.is_safe(part.path):
            yield Note(
                f"The path {part.path!r} cannot be delivered.", "Use A-Z a-z 0-9 . _ - and 64 letters."
            )
        if part.path in seen or part.path in paths.PAPERS:
            yield Note(f"Two files want the path {part.path!r}.", "Draft the release again.")
        seen.add(part.path)


@DRAFT.rule("release.form.pace", Severity.WARNING, 84)
def pace(case: DraftCase) -> Iterator[Note]:
    """At most one release of an artist in seven days: stores read more as spam."""
    recent = [day for day in case.catalogue.other_releases if abs(day - case.catalogue.today) < PACE]
    if recent:
        yield Note(
            "The artist has another release within a week.", "Wait, or set a later date.", len(recent) + 1, 1
        )
