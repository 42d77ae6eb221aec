"""Figures: what listeners did, read from files people export."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from noktvrn.audience.importer import ImportResult, read_figures, row_key
from noktvrn.kernel.errors import NotFound
from noktvrn.kernel.ids import ArtistId, ReleaseId, parse
from noktvrn.label.office import Office
from noktvrn.model.performance import Performance
from noktvrn.storage import audit
from noktvrn.storage.ledger import artists, audience, releases


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import came to: rows that were new or corrected, rows known before, and the reader's result."""

    changed: int
    known: int
    result: ImportResult


class Figures:
    """Verbs about figures."""

    def __init__(self, office: Office) -> None:
        self._studio = office.studio

    def read(self, path: Path, *, actor: str = "person") -> Imported:
        """Imports a CSV file. Reading the same file again changes nothing.

        What listeners did is handed back to the words of the releases as well.

        Raises:
            NotFound: no such file. Invalid: it is not a file of figures at all.
        """
        from noktvrn.label.performance_outcomes import learn_from_figures

        if not path.is_file():
            raise NotFound(f"There is no file {path}.", code="figures.no_file", hint="Check the path.")
        now = self._studio.clock.now()
        with path.open("rb") as source:
            result = read_figures(
                source, name=path.name, resolve=self._resolve, songs=self._song, recorded_at=now
            )
        changed: dict[str, int] = {}
        with self._studio.database.begin() as connection:
            for row in result.performances:
                if audience.put(connection, row_key(row), row):
                    changed[row.artist_id] = changed.get(row.artist_id, 0) + 1
            for artist_id, count in changed.items():
                audit.record(
                    connection,
                    "figures.imported",
                    artist_id=artist_id,
                    subject=path.name[:64],
                    actor=actor,
                    at=now,
                    detail={"rows": count},
                )
                learn_from_figures(connection, artist_id, at=now)
        total = sum(changed.values())
        return Imported(changed=total, known=len(result.performances) - total, result=result)

    def of_artist(self, artist_id: str) -> tuple[Performance, ...]:
        """An artist's figures, oldest period first."""
        with self._studio.database.read() as connection:
            artist = artists.get(connection, parse("artist", artist_id))
            return audience.of_artist(connection, artist.id)

    def _song(self, name: str) -> str:
        """The ISRC, where it is that of a song of a record."""
        code = name.replace("-", "").upper()
        with self._studio.database.read() as connection:
            return code if releases.is_song_code(connection, code) else ""

    def _resolve(self, name: str) -> tuple[ArtistId, ReleaseId] | None:
        with self._studio.database.read() as connection:
            release = releases.find(connection, name)
            if release is not None:
                return release.draft.artist_id, release.draft.id
            found = releases.release_by_code(connection, name.replace("-", "").upper())
        return (ArtistId(found[0]), ReleaseId(found[1])) if found else None
