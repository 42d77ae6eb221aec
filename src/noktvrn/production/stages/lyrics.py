"""Lyrics: title, words and captions."""

from __future__ import annotations

from noktvrn.model.brief import Brief
from noktvrn.model.remake import Part
from noktvrn.model.run import StageName
from noktvrn.model.song import Lyrics, SongPlan
from noktvrn.music.lyricist import choose_title, write
from noktvrn.production.albums import titles_taken
from noktvrn.production.contributions import contributed
from noktvrn.production.results import Words
from noktvrn.production.scene import Commit, Outcome, Scene
from noktvrn.roles.writer import CaptionsRequest
from noktvrn.storage.ledger import contributions, works


def lyrics(scene: Scene) -> Outcome:
    """Words that fit the plan and repeat nothing of the catalogue."""
    studio, profile = scene.studio, scene.artist.profile
    wanted = called_for(scene)
    plan = scene.result(StageName.PLAN, SongPlan)
    with studio.database.read() as connection:
        taken = titles_taken(connection, scene.run)
        catalogue = works.others(connection, run_id=scene.run.id, kind="lyrics")
    writer = studio.cast.writer()
    title = wanted.title or choose_title(
        writer,
        profile=profile,
        theme=wanted.theme,
        mood=wanted.mood,
        seed=scene.seed,
        taken=taken,
        subject=str(scene.run.id),
    )
    words, report = write(
        writer,
        profile=profile,
        plan=plan,
        theme=wanted.theme,
        mood=wanted.mood,
        title=title,
        seed=scene.seed,
        human_lines=wanted.human_lines,
        catalogue=catalogue,
        images=scene.brief.part.images if scene.brief.part else (),
        remarks=wanted.remarks,
        subject=str(scene.run.id),
    )
    captions = writer.captions(
        CaptionsRequest(
            profile=profile,
            title=title,
            theme=wanted.theme,
            mood=wanted.mood,
            seed=scene.seed,
            subject=str(scene.run.id),
        )
    )
    return Outcome(
        Words(title=title, lyrics=words, captions=captions),
        findings=report.findings,
        checked=report.checked,
        commits=[
            lambda connection: works.put(
                connection,
                artist_id=scene.artist.id,
                run_id=scene.run.id,
                kind="lyrics",
                title=title,
                mark=words.text,
            ),
            people_of(scene, words),
        ],
    )


def called_for(scene: Scene) -> Brief:
    """The brief with the title that is to be sung of: a person's, or the one the song has where only its
    words are written anew; without either there is one to be found."""
    wanted = scene.result(StageName.BRIEF, Brief)
    kept = scene.maybe(StageName.LYRICS, Words) if scene.remake and scene.remake.part is Part.LYRICS else None
    title = scene.brief.title or (kept.title if kept else None)
    return wanted if title == wanted.title else wanted.model_copy(update={"title": title})


def people_of(scene: Scene, words: Lyrics) -> Commit:
    """Writes down what of this run is a person's."""
    entries = contributed(scene.brief, words, scene.studio.clock.now())
    return lambda connection: contributions.put(
        connection, artist_id=scene.artist.id, subject=str(scene.run.id), entries=entries
    )
