"""The house's own check of a release: before anybody approves it, and again right before it leaves."""

from __future__ import annotations

from pathlib import Path

from noktvrn.model.finding import Report
from noktvrn.model.release import Release, ReleaseDraft
from noktvrn.release.cases import DRAFT, PACKAGE, Catalogue, DraftCase, PackageCase
from noktvrn.release.dossier import Dossier
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
    rights,
    seals,
    title_form,
    title_words,
)


def validate_draft(draft: ReleaseDraft, dossier: Dossier, catalogue: Catalogue) -> Report:
    """Every store rule that can be decided before a verdict.

    These are rules 9-22, 24, 26-28, 30, 33, 34, 36-39, 42-44, 54-61, 63, 66, 68-74, 76, 77, 80, 84, 87 and
    89. Likeness to earlier sound and covers (78, 85, 86) is the critics' business.
    """
    return DRAFT.report(draft.id, DraftCase(draft, dossier, catalogue))


def validate_package(release: Release, folder: Path, schema_dir: Path | None = None) -> Report:
    """Every store rule over a sealed package on disk; with `schema_dir` DDEX's schema too.

    These are rules 1, 2, 5-8, 41-43, 45, 48-52, 57, 62-66, 68, 74, 75 and 79-81. The verdict (82), repeated
    delivery (83) and test codes (5) are checked again by `noktvrn.distribution`.

    Raises:
        Invalid: `schema_dir` holds no usable schema.
    """
    return PACKAGE.report(release.draft.id, PackageCase(release, folder, schema_dir))
