"""Seal: identifiers are taken, the approved draft becomes a package, and the package is checked whole."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa

from noktvrn.kernel.errors import Conflict, NotAllowed, Refused
from noktvrn.kernel.ids import ConsentId, VerdictId
from noktvrn.model.artist import LifecycleState
from noktvrn.model.finding import Severity
from noktvrn.model.release import Release, ReleaseDraft
from noktvrn.model.run import StageName
from noktvrn.production.codes import take_codes
from noktvrn.production.consents import none_taken_back, still_given
from noktvrn.production.dates import take_release_date
from noktvrn.production.dossiers import dossier_of, sources_of
from noktvrn.production.scene import Commit, Outcome, Scene
from noktvrn.production.shelf import keep_package
from noktvrn.production.songs import recordings
from noktvrn.release.package import seal as seal_package
from noktvrn.release.validator import validate_package
from noktvrn.storage.ledger import artists, lifecycle, releases, reviews, runs


def seal(scene: Scene) -> Outcome:
    """The sealed release. Repeated after a crash it takes the same codes and makes the same bytes."""
    draft = scene.result(StageName.VALIDATE, ReleaseDraft)
    verdict = _verdict_on(scene, draft)
    consents = tuple(track.voice_consent for track in recordings(scene))
    for consent in consents:
        still_given(scene, consent)
    codes, taken_at = take_codes(scene.studio, draft)
    out_on = take_release_date(scene, draft, taken_at)
    dossier = dossier_of(scene)
    folder = scene.studio.packages / draft.id

    def lay_out() -> Release:
        return seal_package(
            draft,
            dossier=dossier,
            checks=scene.reports(),
            identifiers=codes,
            release_on=out_on,
            original_on=out_on,
            verdict_id=verdict,
            sealed_at=taken_at,
            sources=sources_of(scene, draft, dossier),
            folder=folder,
        )

    release = _despite_a_crash(scene, folder, lay_out)
    report = validate_package(release, folder, scene.studio.settings.ddex_schema_dir)
    if not report.passed:
        errors = [f.message for f in report.findings if f.severity is Severity.ERROR]
        raise Refused(
            f"The sealed package breaks {len(errors)} rule(s): {'; '.join(errors)}",
            code="package.invalid",
            hint=f"`noktvrn run show {scene.run.id}` tells more.",
        )
    keep_package(scene.studio.vault, release, folder)
    return Outcome(
        release,
        findings=report.findings,
        checked=report.checked,
        commits=[*(_consented(scene, consent) for consent in consents), _enter(release), _promote(scene)],
    )


def _despite_a_crash(scene: Scene, folder: Path, lay_out: Callable[[], Release]) -> Release:
    """Seals; takes away another package that lies there without ever having been entered.

    A crash between sealing and entry leaves one, and after an update of the house the bytes may differ from
    it: nobody was ever given it, and it would be in the way for good.
    """
    try:
        return lay_out()
    except Conflict as conflict:
        if conflict.code != "package.exists":
            raise
        with scene.studio.database.begin() as connection:
            runs.held(connection, scene.run.id)
            if releases.find(connection, folder.name) is not None:
                raise
            folder.rename(scene.folder / folder.name)
    return lay_out()


def _verdict_on(scene: Scene, draft: ReleaseDraft) -> VerdictId:
    with scene.studio.database.read() as connection:
        verdict = reviews.verdict_of(connection, scene.run.id)
    if verdict is None or verdict.decision != "approved" or verdict.approval_hash != draft.approval_hash():
        raise NotAllowed(
            f"Run {scene.run.id} has no approval of exactly this draft.",
            code="release.unapproved",
            hint=f"`noktvrn review show {scene.run.id}` shows what was decided.",
        )
    return verdict.id


def _consented(scene: Scene, consent: ConsentId | None) -> Commit:
    return lambda connection: none_taken_back(connection, consent, scene.studio.clock.now())


def _enter(release: Release) -> Commit:
    return lambda connection: releases.add(connection, release)


def _promote(scene: Scene) -> Commit:
    """A candidate whose first release is sealed is active."""

    def commit(connection: sa.Connection) -> None:
        artist = artists.held(connection, scene.artist.id)
        if artist.state is LifecycleState.CANDIDATE:
            now, active = scene.studio.clock.now(), LifecycleState.ACTIVE
            artists.save(connection, artist.model_copy(update={"state": active, "updated_at": now}))
            lifecycle.add(
                connection,
                artist.id,
                artist.state,
                active,
                rule="first_release",
                reason=f"Its first release was sealed, of run {scene.run.id}.",
                actor="production",
                at=now,
            )

    return commit
