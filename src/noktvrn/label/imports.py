"""Imports: a person's own recording, cover or words become a production of an artist, told as a person's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from noktvrn.film.ffmpeg import find_ffmpeg
from noktvrn.kernel.errors import Invalid
from noktvrn.kernel.ids import parse
from noktvrn.label.intake import take_in
from noktvrn.label.names import full_name
from noktvrn.label.office import Office
from noktvrn.label.runs import Runs
from noktvrn.model.asset import Asset
from noktvrn.model.contribution import Contribution
from noktvrn.model.noun import canonical_digest
from noktvrn.model.run import Run
from noktvrn.music import own_recording, own_words
from noktvrn.production.scratch import fresh_folder
from noktvrn.storage.ledger import artists, contributions, runs
from noktvrn.visuals import own_cover


@dataclass(frozen=True, slots=True)
class OwnWork:
    """What a person hands in, and whose it is (first and last name; stores print it)."""

    by: str
    track: Path | None = None
    cover: Path | None = None
    lyrics: Path | None = None


class Imports:
    """Verbs about a person's own work."""

    def __init__(self, office: Office, runs: Runs) -> None:
        self._studio = office.studio
        self._runs = runs

    def start(
        self,
        artist_id: str,
        own: OwnWork,
        *,
        autopilot: bool = False,
        actor: str = "person",
        **wishes: object,
    ) -> Run:
        """A production with what was handed in, the house making the rest. Everything is checked before
        anything is entered; the same files and wishes handed in again are the same run.

        `wishes` are those of `Runs.start`. A recording sets its own length.

        Raises:
            NotFound: no such artist or file. NotReady: the artist is paused or retired.
            Invalid, NotAllowed, Unavailable: a file that cannot be used; the message says which and why.
        """
        by = full_name(own.by)
        with self._studio.database.read() as connection:
            artist = artists.get(connection, parse("artist", artist_id))
        with self._workroom() as folder:
            found = self._handed_in(own, artist.id, folder)
        asked = {**wishes, **{key: _plainly(value) for key, value in found.items()}, "own_by": by}
        name = f"import {canonical_digest(asked)}"
        return self._runs.start(
            artist.id,
            name=name,
            autopilot=autopilot,
            actor=actor,
            **{**wishes, **found, "own_by": by, "note": "a person's own work"},
        )

    def contributions(self, run_id: str) -> tuple[Contribution, ...]:
        """What people put into a run, as written down with its words. Raises Invalid or NotFound."""
        with self._studio.database.read() as connection:
            run = runs.get(connection, parse("run", run_id))
            return contributions.of(connection, run.id)

    def _handed_in(self, own: OwnWork, artist_id: str, folder: Path) -> dict[str, object]:
        found: dict[str, object] = {}
        if own.lyrics is not None:
            found["own_lyrics"] = self._lyrics(own.lyrics, artist_id, folder)
        if own.cover is not None:
            found["own_cover"] = self._cover(own.cover, artist_id, folder, own.by)
        if own.track is not None:
            found |= self._track(own.track, artist_id, folder)
        if not found:
            raise Invalid("Nothing was handed in.", code="import.nothing", hint="Name a file.")
        return found

    def _track(self, path: Path, artist_id: str, folder: Path) -> dict[str, object]:
        copy = take_in(path, folder, most_bytes=own_recording.MAX_BYTES)
        decoded = own_recording.decode(copy, folder, lambda: find_ffmpeg(self._studio.settings.ffmpeg))
        asset = self._studio.vault.put(
            decoded.path, artist_id=artist_id, media_type="audio/flac", name="own.flac"
        )
        # One take: another seed makes no other recording of it.
        length = min(720, max(30, round(decoded.duration_s)))
        return {"own_track": asset, "lossy_source": decoded.lossy, "duration_s": length, "takes": 1}

    def _cover(self, path: Path, artist_id: str, folder: Path, by: str) -> Asset:
        copy = take_in(path, folder, most_bytes=own_cover.MAX_BYTES)
        painting = own_cover.prepare(copy, folder, by=by)
        return self._studio.vault.put(
            painting.path, artist_id=artist_id, media_type=painting.media_type, name="own-cover.jpg"
        )

    def _lyrics(self, path: Path, artist_id: str, folder: Path) -> Asset:
        copy = take_in(path, folder, most_bytes=own_words.MAX_BYTES)
        own_words.parse(copy.read_bytes())
        return self._studio.vault.put(
            copy, artist_id=artist_id, media_type="text/plain", name="own-lyrics.txt"
        )

    @contextmanager
    def _workroom(self) -> Iterator[Path]:
        with fresh_folder(self._studio.scratch) as folder:
            yield folder


def _plainly(value: object) -> object:
    return value.sha256 if isinstance(value, Asset) else value
