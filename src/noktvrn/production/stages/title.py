"""Title: where only the title is wished anew, the words stay and are called otherwise."""

from __future__ import annotations

import sqlalchemy as sa

from noktvrn.model.brief import Brief
from noktvrn.model.finding import Finding, Severity
from noktvrn.model.remake import Part
from noktvrn.model.run import StageName
from noktvrn.model.track import Track
from noktvrn.music.lyricist import choose_title
from noktvrn.production.albums import titles_taken
from noktvrn.production.results import Words
from noktvrn.production.retitling import renamed
from noktvrn.production.scene import Commit, Outcome, Scene
from noktvrn.production.stages.lyrics import people_of
from noktvrn.production.stages.own import words_or_write
from noktvrn.storage.ledger import works
from noktvrn.storage.ledger.works import WorkKind


def words_or_title(scene: Scene) -> Outcome:
    """Title, words and captions; of a remake of the title only the title, in the words there are."""
    words = scene.maybe(StageName.LYRICS, Words)
    if words is None or scene.remake is None or scene.remake.part is not Part.TITLE:
        return words_or_write(scene)
    called = renamed(words, scene.brief.title or _found(scene, words.title))
    told = Finding(
        rule="title.anew", severity=Severity.INFO, message=f"{words.title!r} is now called {called.title!r}."
    )
    return Outcome(called, findings=[told], commits=[_enter(scene, called), people_of(scene, called.lyrics)])


def _found(scene: Scene, before: str) -> str:
    wanted = scene.result(StageName.BRIEF, Brief)
    with scene.studio.database.read() as connection:
        taken = titles_taken(connection, scene.run)
    return choose_title(
        scene.studio.cast.writer(),
        profile=scene.artist.profile,
        theme=wanted.theme,
        mood=wanted.mood,
        seed=scene.seed,
        taken=(*taken, before),
        subject=str(scene.run.id),
    )


def _enter(scene: Scene, words: Words) -> Commit:
    """The catalogue calls the song by its new title; the marks of words and sound stay."""
    track = scene.maybe(StageName.TRACK, Track)
    marks: dict[WorkKind, str] = {
        "lyrics": words.lyrics.text if words.lyrics.sections else "",
        "track": track.figures.fingerprint if track else "",
    }

    def commit(connection: sa.Connection) -> None:
        for kind, mark in marks.items():
            if mark:
                works.put(
                    connection,
                    artist_id=scene.artist.id,
                    run_id=scene.run.id,
                    kind=kind,
                    title=words.title,
                    mark=mark,
                )

    return commit
