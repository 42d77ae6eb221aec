"""The house's own check of a release: before anybody approves it, and again right before it leaves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from noktvrn.model.finding import Report
from noktvrn.model.release import Release, ReleaseDraft
from noktvrn.release.cases import DRAFT, PACKAGE, RECORD, Catalogue, DraftCase, PackageCase
from noktvrn.release.dossier import Dossier
from noktvrn.release.draft import draft_of
from noktvrn.release.rules import (  # noqa: F401 - importing a rule registers it
    artists,
    audio,
    disclosed,
    files,
    form,
    language,
    media,
    message,
    message_ai,
    pictures,
    record,
    rights,
    seals,
    title_form,
    title_words,
)

OF_A_SONG = (
    "release.title",
    "release.credits",
    "release.audio",
    "release.language",
    "release.advisory",
    "release.refused",
    "release.instrumental",
    "release.lyrics",
    "release.ai",
)
"""The rules each song of a record is held to as a single would be."""

OF_SOUND_OR_WORDS = ("release.audio", "release.instrumental", "release.lyrics", "release.form.single")
"""The rules a record is not held to as a whole, because they look at one song's sound or words."""


def validate_draft(draft: ReleaseDraft, dossier: Dossier, catalogue: Catalogue) -> Report:
    """Every store rule that can be decided before a verdict; of a record for each song and for the whole.

    These are rules 9-22, 24, 26-28, 30, 33, 34, 36-39, 42-44, 54-61, 63, 66, 68-74, 76, 77, 80, 84, 87 and
    89. Likeness to earlier sound and covers (78, 85, 86) is the critics' business.
    """
    case = DraftCase(draft, dossier, catalogue)
    if not dossier.songs:
        return DRAFT.report(draft.id, case)
    whole = DRAFT.report(draft.id, case, only=lambda rule: not rule.startswith(OF_SOUND_OR_WORDS))
    reports = [whole, RECORD.report(draft.id, case), *_songs(dossier, catalogue)]
    return Report(
        subject=draft.id,
        checked=sum(report.checked for report in reports),
        findings=tuple(finding for report in reports for finding in report.findings),
    )


def _songs(dossier: Dossier, catalogue: Catalogue) -> Iterator[Report]:
    """The report on each song of a record; the findings say which."""
    held_against = catalogue.songs or (catalogue,) * len(dossier.songs)
    for number, (song, known) in enumerate(zip(dossier.songs, held_against, strict=True), start=1):
        case = DraftCase(draft_of(song), song, known)
        report = DRAFT.report(case.draft.id, case, only=lambda rule: rule.startswith(OF_A_SONG))
        told = f'Song {number}, "{song.track.title}": '
        found = (one.model_copy(update={"message": told + one.message}) for one in report.findings)
        yield report.model_copy(update={"findings": tuple(found)})


def validate_package(release: Release, folder: Path, schema_dir: Path | None = None) -> Report:
    """Every store rule over a sealed package on disk; with `schema_dir` DDEX's schema too.

    These are rules 1, 2, 5-8, 41-43, 45, 48-52, 57, 62-66, 68, 74, 75 and 79-81. The verdict (82), repeated
    delivery (83) and test codes (5) are checked again by `noktvrn.distribution`.

    Raises:
        Invalid: `schema_dir` holds no usable schema.
    """
    return PACKAGE.report(release.draft.id, PackageCase(release, folder, schema_dir))
