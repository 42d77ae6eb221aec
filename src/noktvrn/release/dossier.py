"""The dossier of a run: every value a release is drafted from and its papers are written from."""

from __future__ import annotations

from noktvrn.kernel.ids import ReleaseId, RunId, derive
from noktvrn.model.artist import Artist
from noktvrn.model.film import Film
from noktvrn.model.noun import Noun
from noktvrn.model.picture import Picture
from noktvrn.model.provenance import Provenance, SourceType, mixed
from noktvrn.model.release import ReleaseKind
from noktvrn.model.song import Lyrics
from noktvrn.model.track import Track
from noktvrn.roles.writer import Captions


class Dossier(Noun):
    """What a finished run hands to the release desk. `genre` and `subgenre` are names people read.

    `year` is the year of first publication on the P and C lines. A record has a dossier for each of its
    `songs` and a `title` of its own; its track and lyrics are those of its lead song, which the films show.
    """

    run_id: RunId
    artist: Artist
    track: Track
    cover: Picture
    video: Film | None = None
    teaser: Film | None = None
    lyrics: Lyrics | None = None
    captions: Captions
    genre: str
    subgenre: str = ""
    label_name: str
    year: int
    kind: ReleaseKind = "single"
    title: str = ""
    songs: tuple[Dossier, ...] = ()

    @property
    def tracks(self) -> tuple[Dossier, ...]:
        """A dossier for each song of the release, in their order."""
        return self.songs or (self,)

    @property
    def release_id(self) -> ReleaseId:
        """The release's id: a pure function of the run, so a repeated draft is the same release."""
        return ReleaseId(derive("release", self.run_id))

    @property
    def films(self) -> tuple[Film, ...]:
        """The films there are, the long one first."""
        return tuple(film for film in (self.video, self.teaser) if film is not None)

    @property
    def sung_lyrics(self) -> Lyrics | None:
        """The words somebody is heard singing, or None: words of an instrumental stay with the brief."""
        return None if self.track.instrumental else self.lyrics

    @property
    def provenances(self) -> dict[str, Provenance]:
        """Where each made thing comes from, by the name of the thing; the songs of a record are numbered."""
        songs = [(number, song.track) for number, song in enumerate(self.tracks, start=1)]
        made = {self._named("track", number): track.provenance for number, track in songs}
        made["cover"] = self.cover.provenance
        made |= {self._named("voice", number): track.voice for number, track in songs if track.voice}
        return made | {film.kind: film.provenance for film in self.films}

    @property
    def sources(self) -> dict[str, Provenance]:
        """The same by whose terms hold: a film that was cut from footage is told by each of its shots."""
        made = dict(self.provenances)
        for film in self.films:
            if film.shots:
                del made[film.kind]
                made |= {f"{film.kind}: shot {n}": one for n, one in enumerate(film.shots, start=1)}
        return made

    @property
    def marks(self) -> dict[str, SourceType]:
        """The mark each made thing carries; a track that of its music and its voice together."""
        marks = {name: made.source_type for name, made in self.provenances.items()}
        tracks = enumerate(self.tracks, start=1)
        return marks | {self._named("track", number): song.track_mark for number, song in tracks}

    @property
    def track_mark(self) -> SourceType:
        """The mark the master of the track carries."""
        voice = [self.track.voice.source_type] if self.track.voice else []
        return mixed([self.track.provenance.source_type, *voice])

    def _named(self, thing: str, number: int) -> str:
        return f"{thing} {number}" if self.songs else thing
