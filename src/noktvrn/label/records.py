"""Records: an EP or album as one production of several songs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from noktvrn.kernel.ids import parse
from noktvrn.label.casting import check_chains
from noktvrn.label.office import Office
from noktvrn.label.runs import Runs, make_brief
from noktvrn.model.record import RecordKind
from noktvrn.model.run import Run, StageName
from noktvrn.planning.record_arc import check_count
from noktvrn.production.albums import song_briefs, songs_of
from noktvrn.storage.ledger import artists, runs


@dataclass(frozen=True, slots=True)
class SongSight:
    """A song of a record: its number, what it is called and there for, its run, and the stage it is at."""

    number: int
    title: str
    role: str
    run: Run
    stage: str
    duration_s: float | None

    def as_data(self) -> dict[str, Any]:
        """Plain JSON data."""
        return {
            "number": self.number,
            "title": self.title,
            "role": self.role,
            "run_id": self.run.id,
            "state": self.run.state.value,
            "stage": self.stage,
            "duration_s": self.duration_s,
            "error": self.run.error,
        }


class Records:
    """Verbs about records."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._studio = office.studio

    def start(
        self,
        artist_id: str,
        kind: RecordKind,
        count: int,
        *,
        name: str | None = None,
        autopilot: bool = False,
        actor: str = "person",
        **wishes: object,
    ) -> Run:
        """A record of `count` songs becomes a run. The same name of the same artist is the same run.

        `wishes` are those of `Runs.start`; `duration_s` is how long each song lasts; title, theme, mood are
        the record's, own lines go into its lead song.

        Raises:
            Invalid: no record of this kind has so many songs, or a bad wish. NotFound: no such artist.
            NotReady: the artist is paused or retired.
        """
        check_count(kind, count)
        check_chains(self._studio.settings)
        with self._studio.database.begin() as connection:
            artist = artists.held(connection, parse("artist", artist_id))
            number = len(runs.every(connection, artist_id=artist.id)) + 1
            wishes["takes"] = wishes.get("takes") or self._studio.settings.takes
            wishes["song_s"] = wishes.pop("duration_s", None)
            brief = make_brief(artist, name or f"run {number}", content_type=kind, **wishes)
            brief = brief.model_copy(update={"songs": song_briefs(brief.id, count)})
            return Runs(self._office).begin(
                connection, artist, brief, autopilot=autopilot, actor=actor, priority=0
            )

    def songs(self, run_id: str) -> tuple[SongSight, ...]:
        """The songs of a record in their order, as far as they were begun; none of any other run."""
        with self._studio.database.read() as connection:
            record = runs.get(connection, parse("run", run_id))
            return tuple(_sight(connection, song) for song in songs_of(connection, record))


def _sight(connection: sa.Connection, song: Run) -> SongSight:
    brief = runs.brief(connection, song.artist_id, song.brief_id)
    stages = runs.stages(connection, song.id)
    track = runs.result(connection, song, StageName.TRACK)
    return SongSight(
        number=brief.place,
        title=brief.title or "",
        role=brief.part.role if brief.part else "",
        run=song,
        stage=stages[-1].stage.value if stages else "",
        duration_s=track.result["master"]["duration_s"] if track and track.result else None,
    )
