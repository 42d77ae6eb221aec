"""A person's own work in a production: what the brief hands in is taken, the rest is made as always.

What is handed in passes the same checks and lies in the same package.
"""

from __future__ import annotations

from dataclasses import replace

from noktvrn.evolution.biases import tuned_sound
from noktvrn.kernel.errors import Invalid, Refused
from noktvrn.kernel.ids import TrackId, derive
from noktvrn.model.asset import Asset
from noktvrn.model.brief import Brief
from noktvrn.model.finding import Finding, Severity
from noktvrn.model.picture import Picture
from noktvrn.model.provenance import Provenance
from noktvrn.model.run import StageName
from noktvrn.model.song import Lyrics, LyricSection, SongPlan
from noktvrn.model.track import Track
from noktvrn.music import own_recording, own_words, producer
from noktvrn.music.lyricist import choose_title
from noktvrn.production.results import Words
from noktvrn.production.scene import Commit, Outcome, Scene
from noktvrn.production.stages.cover import cover
from noktvrn.production.stages.lyrics import called_for, lyrics, people_of
from noktvrn.production.stages.pressing import kept_master, kept_preview, tags
from noktvrn.production.stages.song_plan import song_plan
from noktvrn.production.stages.track import track
from noktvrn.roles.composer import Recording, StemFile
from noktvrn.roles.writer import CaptionsRequest
from noktvrn.storage.ledger import works
from noktvrn.storage.ledger.works import WorkKind
from noktvrn.visuals import own_cover
from noktvrn.visuals.critic import examine_picture
from noktvrn.visuals.prints import prints_of

FORMS = 12
"""How many forms are looked at for one that has room for a person's words."""


def plan_or_read(scene: Scene) -> Outcome:
    """The song plan: read off a person's recording, or made, with room for a person's words."""
    if scene.brief.own_track is not None:
        return Outcome(_heard(scene, scene.brief.own_track).plan)
    if scene.brief.own_lyrics is None:
        return song_plan(scene)
    return _plan_for(scene, own_words.parse(scene.file(scene.brief.own_lyrics).read_bytes()))


def _plan_for(scene: Scene, sections: tuple[LyricSection, ...]) -> Outcome:
    """The first of a few plans whose form has room for these words.

    Raises:
        Invalid: none has; the message is that of the first, the one that would have been chosen.
    """
    refusals: list[Invalid] = []
    for attempt in range(scene.attempt, scene.attempt + FORMS):
        planned = song_plan(replace(scene, attempt=attempt))
        if not isinstance(planned.result, SongPlan):
            return planned
        try:
            return Outcome(
                own_words.planned_for(planned.result, sections, scene.artist.profile.language),
                findings=planned.findings,
            )
        except Invalid as refusal:
            refusals.append(refusal)
    raise refusals[0]


def _heard(scene: Scene, asset: Asset) -> own_recording.Heard:
    profile = scene.artist.profile
    return own_recording.read(
        scene.file(asset), genre=profile.genre, style=profile.sound.style, seed=scene.brief.seed
    )


def words_or_write(scene: Scene) -> Outcome:
    """Title, words and captions: the words a person's own, none for a recording without any, else written."""
    if scene.brief.own_lyrics is None and scene.brief.own_track is None:
        return lyrics(scene)
    title = _title(scene)
    words, findings, checked = _words(scene, title)
    wanted = scene.result(StageName.BRIEF, Brief)
    captions = scene.studio.cast.writer().captions(
        CaptionsRequest(
            profile=scene.artist.profile,
            title=title,
            theme=wanted.theme,
            mood=wanted.mood,
            seed=scene.seed,
            subject=str(scene.run.id),
        )
    )
    return Outcome(
        Words(title=title, lyrics=words, captions=captions),
        findings=findings,
        checked=checked,
        commits=[
            *([_mark(scene, "lyrics", title, words.text)] if words.sections else []),
            people_of(scene, words),
        ],
    )


def _title(scene: Scene) -> str:
    wanted = called_for(scene)
    if wanted.title:
        return wanted.title
    with scene.studio.database.read() as connection:
        taken = works.titles(connection, scene.artist.id, run_id=scene.run.id)
    return choose_title(
        scene.studio.cast.writer(),
        profile=scene.artist.profile,
        theme=wanted.theme,
        mood=wanted.mood,
        seed=scene.seed,
        taken=taken,
        subject=str(scene.run.id),
    )


def _words(scene: Scene, title: str) -> tuple[Lyrics, tuple[Finding, ...], int]:
    brief, language = scene.brief, scene.artist.profile.language
    if brief.own_lyrics is None:
        return Lyrics(title=title, language=language, sections=(), hook="", writer="nobody"), (), 0
    sections = own_words.parse(scene.file(brief.own_lyrics).read_bytes())
    plan = scene.result(StageName.PLAN, SongPlan)
    # A recording is as it is: its words are laid over no plan.
    laid = plan if brief.own_track is None else None
    words = own_words.lyrics_of(sections, title=title, by=brief.own_by, language=language, plan=laid)
    if laid is None:
        return words, (), 1
    with scene.studio.database.read() as connection:
        catalogue = works.others(connection, run_id=scene.run.id, kind="lyrics")
    report = own_words.checked(words, laid, catalogue)
    return words, report.findings, report.checked


def take_or_record(scene: Scene) -> Outcome:
    """One take: a person's recording, mastered by the house and marked as a person's, or a composed one."""
    asset = scene.brief.own_track
    if asset is None:
        return track(scene)
    words = scene.result(StageName.LYRICS, Words)
    made_by = Provenance.own_work_of(scene.brief.own_by, lossy_source=scene.brief.lossy_source)
    sung = bool(words.lyrics.sections)
    recording = Recording(
        stems=(StemFile(name="mix", path=scene.file(asset)),),
        timeline=_heard(scene, asset).timeline,
        sung=sung,
        provenance=made_by,
    )
    target = producer.target_of(scene.result(StageName.PLAN, SongPlan).style, scene.studio.settings.loudness)
    take = producer.produce(
        recording, profile_sound=tuned_sound(scene.artist.profile), folder=scene.folder, target_lufs=target
    )
    mark = tags(scene, words.title, made_by) | {"COMPOSER": made_by.engine}
    producer.tag_master(take.path, mark)
    preview, findings = kept_preview(scene, take)
    made = Track(
        id=TrackId(derive("track", scene.run.id, scene.attempt)),
        artist_id=scene.artist.id,
        title=words.title,
        take=scene.attempt,
        seed=scene.seed,
        instrumental=not sung,
        language=words.lyrics.language if sung else "zxx",
        master=kept_master(scene, take),
        preview=preview,
        timeline=recording.timeline,
        figures=take.figures,
        target_lufs=target,
        provenance=made_by,
    )
    return Outcome(made, findings=findings)


def cover_or_paint(scene: Scene) -> Outcome:
    """The cover: a person's picture, or a painted one."""
    asset = scene.brief.own_cover
    if asset is None:
        return cover(scene)
    title = scene.result(StageName.LYRICS, Words).title
    painting = own_cover.prepare(scene.file(asset), scene.folder, by=scene.brief.own_by)
    with scene.studio.database.read() as connection:
        catalogue = works.others(connection, run_id=scene.run.id, kind="cover")
    profile = scene.artist.profile
    report = own_cover.for_a_person(
        examine_picture(
            painting,
            kind="cover",
            expected_text=(title, profile.stage_name),
            look=profile.look,
            catalogue=catalogue,
        )
    )
    if not report.passed:
        found = "; ".join(f.message for f in report.findings if f.severity is Severity.ERROR)
        raise Refused(
            f"The cover that was handed in does not pass: {found}",
            code="cover.refused",
            hint="Hand in another picture: `noktvrn artwork import`.",
        )
    mark, palette = prints_of(painting.path)
    picture = Picture(
        kind="cover",
        asset=scene.keep(painting.path, painting.media_type, "cover.jpg"),
        width=painting.width,
        height=painting.height,
        seed=scene.seed,
        palette=palette,
        fingerprint=mark,
        provenance=painting.provenance,
    )
    return Outcome(
        picture,
        findings=report.findings,
        checked=report.checked,
        commits=[_mark(scene, "cover", title, mark)],
    )


def _mark(scene: Scene, kind: WorkKind, title: str, mark: str) -> Commit:
    return lambda connection: works.put(
        connection, artist_id=scene.artist.id, run_id=scene.run.id, kind=kind, title=title, mark=mark
    )
