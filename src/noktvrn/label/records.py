"""Records: an EP or album as one production of several songs."""

from __future__ import annotations

from noktvrn.kernel.ids import parse
from noktvrn.label.briefs import make_brief
from noktvrn.label.casting import check_chains
from noktvrn.label.office import Office
from noktvrn.label.runs import Runs
from noktvrn.label.songs import SongSight, sights
from noktvrn.model.record import RecordKind
from noktvrn.model.run import Run
from noktvrn.planning.record_arc import check_count
from noktvrn.production.albums import song_briefs
from noktvrn.storage.ledger import artists, runs


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
            return sights(connection, runs.get(connection, parse("run", run_id)))
