"""Releases: what is sealed, where its files lie, where it was delivered."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path

from noktvrn.kernel.errors import NotFound
from noktvrn.kernel.ids import parse
from noktvrn.label.office import Office
from noktvrn.model.finding import Report
from noktvrn.model.release import Delivery, Release
from noktvrn.production.shelf import package_of
from noktvrn.storage.ledger import releases


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where the files of a sealed release lie. A part that was not made is None."""

    package: Path
    page: Path
    track: Path
    cover: Path
    video: Path | None
    teaser: Path | None


class Releases:
    """Verbs about releases."""

    def __init__(self, office: Office) -> None:
        self._studio = office.studio

    def get(self, release_id: str) -> Release:
        """A sealed release. Raises Invalid or NotFound."""
        with self._studio.database.read() as connection:
            return releases.get(connection, parse("release", release_id))

    def every(self, *, artist_id: str | None = None) -> tuple[Release, ...]:
        """Sealed releases, newest first."""
        with self._studio.database.read() as connection:
            return releases.every(connection, artist_id=artist_id)

    def deliveries(self, release_id: str) -> tuple[Delivery, ...]:
        """Where the release was delivered."""
        with self._studio.database.read() as connection:
            return releases.deliveries_of(connection, parse("release", release_id))

    def shelf(self, release: Release) -> Shelf:
        """Where its files lie on this machine; brought out of the vault where they are not here yet.

        Raises:
            Unavailable: the vault's server stays away.
        """
        folder = self._studio.packages / release.draft.id
        with contextlib.suppress(NotFound):  # `check` tells what is missing
            package_of(self._studio, release)
        listed = dict(release.files)
        audio = next(name for name in listed if name.startswith("resources/") and name.endswith(".flac"))
        cover = next(name for name in listed if name.startswith("resources/") and name.endswith(".jpg"))
        return Shelf(
            package=folder,
            page=folder / "index.html",
            track=folder / audio,
            cover=folder / cover,
            video=folder / "video.mp4" if "video.mp4" in listed else None,
            teaser=folder / "teaser.mp4" if "teaser.mp4" in listed else None,
        )

    def check(self, release_id: str) -> Report:
        """Validates a sealed package once more: every file, every rule.

        Raises:
            NotFound: the package is neither on this machine nor in the vault.
        """
        from noktvrn.release.validator import validate_package

        release = self.get(release_id)
        folder = package_of(self._studio, release)
        return validate_package(release, folder, self._studio.settings.ddex_schema_dir)
