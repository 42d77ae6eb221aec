"""What the stages of a record see of its songs: each song's words and its recording, in their order."""

from __future__ import annotations

from dataclasses import dataclass, replace

from noktvrn.kernel.errors import NotReady
from noktvrn.model.record import RecordArc, SongPlace
from noktvrn.model.run import RunState, StageName
from noktvrn.model.track import Track
from noktvrn.production.albums import songs_of
from noktvrn.production.results import Words
from noktvrn.production.retitling import retitled
from noktvrn.production.scene import Scene
from noktvrn.storage.ledger import runs


@dataclass(frozen=True, slots=True)
class Song:
    """A song of a record. `scene` is the record's scene, seen from the song's run."""

    number: int
    place: SongPlace
    scene: Scene
    words: Words
    track: Track


def arc_of(scene: Scene) -> RecordArc:
    """The arc of the record of this scene. Raises Fault where none was planned."""
    return scene.result(StageName.PLAN, RecordArc)


def songs(scene: Scene) -> tuple[Song, ...]:
    """The songs of the record of this scene, in their order.

    Raises:
        NotReady: one of them is not complete.
    """
    arc = arc_of(scene)
    with scene.studio.database.read() as connection:
        found = songs_of(connection, scene.run)
        briefs = [runs.brief(connection, run.artist_id, run.brief_id) for run in found]
    waiting = [run.id for run in found if run.state is not RunState.COMPLETED]
    if waiting or len(found) != len(arc.songs):
        raise NotReady(
            f"The songs of record {scene.run.id} are not complete.",
            code="record.incomplete",
            hint=f"`noktvrn run resume {scene.run.id}` makes what is missing.",
        )
    scenes = [replace(scene, run=run, brief=brief) for run, brief in zip(found, briefs, strict=True)]
    return tuple(_song(one, arc.songs[one.brief.place - 1]) for one in scenes)


def _song(scene: Scene, place: SongPlace) -> Song:
    words = scene.result(StageName.LYRICS, Words)
    track = scene.result(StageName.TRACK, Track)
    track = track if track.title == words.title else retitled(scene, track, words.title)
    return Song(scene.brief.place, place, scene, words, track)


def lead(scene: Scene) -> Song:
    """The song that stands for the record of this scene."""
    return songs(scene)[arc_of(scene).lead - 1]


def track_shown(scene: Scene) -> Track:
    """The recording films show: the run's own, or that of the record's lead."""
    return lead(scene).track if scene.brief.is_record else scene.result(StageName.TRACK, Track)


def words_shown(scene: Scene) -> Words:
    """The words of that recording."""
    return lead(scene).words if scene.brief.is_record else scene.result(StageName.LYRICS, Words)


def recordings(scene: Scene) -> tuple[Track, ...]:
    """Every recording of the release."""
    if scene.brief.is_record:
        return tuple(song.track for song in songs(scene))
    return (scene.result(StageName.TRACK, Track),)
