"""The stages of a record that are not those of a single: its arc, and the critic who hears it as a whole."""

from __future__ import annotations

from collections.abc import Sequence

from noktvrn.evolution.biases import brief_biases
from noktvrn.kernel.errors import Refused
from noktvrn.kernel.seeds import derive_seed
from noktvrn.model.artist import Profile
from noktvrn.model.brief import Brief
from noktvrn.model.record import RecordArc, RecordKind
from noktvrn.model.run import StageName
from noktvrn.model.song import Lyrics
from noktvrn.music import producer
from noktvrn.music.lyricist import choose_title
from noktvrn.music.record_critic import Heard, examine_record
from noktvrn.planning.record_arc import Asked, plan_record
from noktvrn.production.results import Words
from noktvrn.production.scene import Outcome, Scene, Stage
from noktvrn.production.songs import arc_of, songs
from noktvrn.production.stages.lyrics import people_of
from noktvrn.production.stages.song_plan import leaning
from noktvrn.production.stages.title import words_or_title
from noktvrn.reference import load
from noktvrn.roles.writer import CaptionsRequest
from noktvrn.storage.ledger import works
from noktvrn.words.setting import setting
from noktvrn.words.tongue import written


def either(single: Stage, record: Stage) -> Stage:
    """The stage of whatever the run is: a song or single, or a record."""

    def stage(scene: Scene) -> Outcome:
        return record(scene) if scene.brief.is_record else single(scene)

    return stage


def arc(scene: Scene) -> Outcome:
    """The record's songs in their order, each with a title of its own.

    Raises:
        Refused: the writer finds no more titles.
    """
    wanted, profile = scene.result(StageName.BRIEF, Brief), scene.artist.profile
    asked = Asked(
        kind=_kind(scene.brief),
        count=len(scene.brief.songs),
        theme=wanted.theme,
        mood=wanted.mood,
        images=_images(profile, wanted),
        duration_s=scene.brief.song_s,
        duration_factor=brief_biases(profile).duration_factor,
    )
    modes = load(scene.studio.settings).genre(profile.genre).modes
    planned = plan_record(profile, asked, modes=modes, tempo=leaning(profile), seed=scene.seed)
    return Outcome(_titled(scene, planned, wanted))


def _kind(brief: Brief) -> RecordKind:
    return "ep" if brief.content_type == "ep" else "album"


def _images(profile: Profile, wanted: Brief) -> tuple[str, ...]:
    """The pictures of the world the record's theme belongs to, as the embedded writer knows it."""
    place, _ = setting(
        wanted.theme,
        wanted.mood,
        *profile.themes,
        profile.genre,
        moods_of_artist=profile.moods,
        language=written(profile.language),
    )
    return tuple(dict.fromkeys(noun.partition("/")[0] for noun in place.nouns))


def _titled(scene: Scene, planned: RecordArc, wanted: Brief) -> RecordArc:
    """The arc with a title for the record and for each song, none of them twice and none the artist had."""
    with scene.studio.database.read() as connection:
        taken = list(works.titles(connection, scene.artist.id, run_id=scene.run.id))
    own = wanted.title or _title(scene, 0, (planned.theme, wanted.mood), taken)
    titles = [own]
    for number, song in enumerate(planned.songs, start=1):
        titles.append(_title(scene, number, (song.theme, song.mood), [*taken, *titles]))
    named = (
        song.model_copy(update={"title": title})
        for song, title in zip(planned.songs, titles[1:], strict=True)
    )
    return planned.model_copy(update={"title": own, "songs": tuple(named)})


def _title(scene: Scene, number: int, colour: tuple[str, str], taken: Sequence[str]) -> str:
    theme, mood = colour
    return choose_title(
        scene.studio.cast.writer(),
        profile=scene.artist.profile,
        theme=theme,
        mood=mood,
        seed=derive_seed(scene.seed, "title", number),
        taken=taken,
        subject=str(scene.run.id),
    )


def words(scene: Scene) -> Outcome:
    """The record's title and the words around it; those that are sung belong to its songs."""
    if scene.remake is not None and scene.maybe(StageName.LYRICS, Words) is not None:
        return words_or_title(scene)
    title = scene.brief.title or arc_of(scene).title
    wanted, profile = scene.result(StageName.BRIEF, Brief), scene.artist.profile
    captions = scene.studio.cast.writer().captions(
        CaptionsRequest(
            profile=profile,
            title=title,
            theme=wanted.theme,
            mood=wanted.mood,
            seed=scene.seed,
            subject=str(scene.run.id),
        )
    )
    nothing = Lyrics(title=title, language=profile.language, sections=(), hook="", writer="nobody")
    return Outcome(Words(title=title, lyrics=nothing, captions=captions), commits=[people_of(scene, nothing)])


def critic(scene: Scene) -> Outcome:
    """Hears the songs one after the other, as they will be played.

    Raises:
        NotReady: one of them is not complete. Refused: they make no record.
    """
    heard = [
        Heard(song.number, song.place, song.track, song.scene.file(song.track.master))
        for song in songs(scene)
    ]
    style = scene.artist.profile.sound.style
    report = examine_record(heard, target_lufs=producer.target_of(style, scene.studio.settings.loudness))
    if not report.passed:
        raise Refused(
            f"The songs make no record: {report.findings[-1].message}",
            code="record.refused",
            hint=f"`noktvrn run show {scene.run.id}` lists what was found and the runs of its songs; "
            "`noktvrn run remake SONG_RUN` makes one of them anew.",
        )
    return Outcome(report, findings=report.findings, checked=report.checked)
