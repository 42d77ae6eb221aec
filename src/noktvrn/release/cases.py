"""What the rules look at: a draft with its dossier, and a sealed package on disk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from lxml import etree

from noktvrn.kernel.errors import Invalid
from noktvrn.model.release import Release, ReleaseDraft
from noktvrn.release import paths, schema
from noktvrn.release.dossier import Dossier
from noktvrn.release.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What the label already has. `other_releases` are dates of this artist's other releases; of a record
    `songs` are what each of its songs is held against, the others of the record among it."""

    today: date
    earlier_titles: tuple[str, ...] = ()
    earlier_lyrics: tuple[str, ...] = ()
    earlier_posts: tuple[str, ...] = ()
    other_releases: tuple[date, ...] = ()
    artist_names: tuple[str, ...] = ()
    songs: tuple[Catalogue, ...] = ()


@dataclass(frozen=True, slots=True)
class DraftCase:
    """A draft, what it was drafted from, and what the label already has."""

    draft: ReleaseDraft
    dossier: Dossier
    catalogue: Catalogue


@dataclass(frozen=True)
class PackageCase:
    """A sealed package folder right before delivery. `schema_dir` adds the XSD to the house's own rules."""

    release: Release
    folder: Path
    schema_dir: Path | None = None

    @cached_property
    def message(self) -> etree._Element | None:
        """The root of the ERN message; None when it cannot be read, which a rule of its own reports."""
        try:
            return schema.parse(self.message_bytes)
        except (Invalid, OSError):
            return None

    @property
    def message_bytes(self) -> bytes:
        """The message as it lies there. Raises OSError when it does not."""
        return (self.folder / paths.message(self.release.draft.id)).read_bytes()

    @property
    def audios(self) -> tuple[Path, ...]:
        """The delivery master of every track, in their order."""
        draft = self.release.draft
        return tuple(self.folder / paths.audio(draft.id, n) for n, _ in enumerate(draft.tracks, start=1))

    @property
    def cover(self) -> Path:
        """The front cover."""
        return self.folder / paths.cover_of(self.release.draft)


DRAFT: Rulebook[DraftCase] = Rulebook()
RECORD: Rulebook[DraftCase] = Rulebook()
"""What holds for the songs of a record together."""
PACKAGE: Rulebook[PackageCase] = Rulebook()
