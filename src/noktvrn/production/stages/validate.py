"""Validate: the draft a person will judge, checked against every rule that can be decided now."""

from __future__ import annotations

from dataclasses import replace

from noktvrn.kernel.errors import Refused
from noktvrn.model.finding import Severity
from noktvrn.production.dossiers import dossier_of
from noktvrn.production.scene import Outcome, Scene
from noktvrn.production.songs import songs
from noktvrn.release.cases import Catalogue
from noktvrn.release.dossier import Dossier
from noktvrn.release.draft import draft_of, text_parts
from noktvrn.release.validator import validate_draft
from noktvrn.storage.ledger import artists, releases, works


def validate(scene: Scene) -> Outcome:
    """The draft of the release; an error of any rule stops the run."""
    dossier = dossier_of(scene)
    draft = draft_of(dossier)
    report = validate_draft(draft, dossier, _of_record(scene) if dossier.songs else _catalogue(scene))
    errors = [finding for finding in report.findings if finding.severity is Severity.ERROR]
    if errors:
        raise Refused(
            f"The release breaks {len(errors)} store rule(s): {'; '.join(e.message for e in errors)}",
            code="release.invalid",
            hint=errors[0].hint or f"`noktvrn run show {scene.run.id}` lists them.",
        )
    _keep_texts(scene, dossier)
    post = dossier.captions.post
    return Outcome(
        draft,
        findings=report.findings,
        checked=report.checked,
        commits=[
            lambda connection: works.put(
                connection,
                artist_id=scene.artist.id,
                run_id=scene.run.id,
                kind="caption",
                title=draft.title,
                mark=post,
            )
        ],
    )


def _keep_texts(scene: Scene, dossier: Dossier) -> None:
    """Puts the draft's words into the vault beside its other parts: what a verdict is about lies there."""
    for number, text in enumerate(text_parts(dossier).values()):
        place = scene.folder / f"words-{number}.txt"
        place.write_bytes(text)
        scene.keep(place, "text/plain", place.name)


def _of_record(scene: Scene) -> Catalogue:
    """What a record is held against: each song against all others, those of the record too; the whole against
    the titles and posts of others."""
    each = tuple(_catalogue(song.scene) for song in songs(scene))
    return replace(_catalogue(scene), earlier_lyrics=(), songs=each)


def _catalogue(scene: Scene) -> Catalogue:
    run_id = scene.run.id
    with scene.studio.database.read() as connection:
        lyrics = works.others(connection, run_id=run_id, kind="lyrics")
        posts = works.others(connection, run_id=run_id, kind="caption")
        out = releases.every(connection, artist_id=scene.artist.id)
        return Catalogue(
            today=scene.studio.clock.now().date(),
            earlier_titles=works.titles(connection, scene.artist.id, run_id=run_id),
            earlier_lyrics=tuple(mark for _, mark in lyrics),
            earlier_posts=tuple(mark for _, mark in posts),
            other_releases=tuple(release.release_on for release in out),
            artist_names=artists.stage_names(connection),
        )
