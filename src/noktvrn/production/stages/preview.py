"""Preview: the draft is laid on the desk, with a page to hear and see it, and people are told."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from noktvrn.kernel.errors import LabelError
from noktvrn.model.finding import Finding, Severity
from noktvrn.model.release import ReleaseDraft
from noktvrn.model.run import StageName
from noktvrn.model.verdict import ReviewItem
from noktvrn.production.dossiers import dossier_of, sources_of
from noktvrn.production.results import Desked
from noktvrn.production.scene import Outcome, Scene
from noktvrn.production.telling import tell
from noktvrn.release.preview import lay_preview
from noktvrn.roles.messenger import Notice
from noktvrn.storage.ledger import reviews


def preview(scene: Scene) -> Outcome:
    """Opens the review, bound to the draft's approval hash."""
    draft, page = lay(scene)
    now = scene.studio.clock.now()
    item = ReviewItem(
        run_id=scene.run.id,
        artist_id=scene.artist.id,
        title=draft.title,
        artist_name=draft.artist_name,
        approval_hash=draft.approval_hash(),
        opened_at=now,
        expires_at=now + timedelta(seconds=scene.studio.settings.max_approval_wait_s),
    )
    told, findings = _tell(scene, draft, page)
    return Outcome(
        Desked(approval_hash=item.approval_hash, page=str(page), told=told),
        findings=findings,
        commits=[lambda connection: reviews.open_(connection, item)],
    )


def lay(scene: Scene) -> tuple[ReleaseDraft, Path]:
    """The draft and the page to hear and see it, laid out on this machine from what the run holds.

    Raises:
        NotFound: a file is not in the vault any more.
    """
    draft = scene.result(StageName.VALIDATE, ReleaseDraft)
    dossier = dossier_of(scene)
    sources = sources_of(scene, draft, dossier)
    folder = scene.studio.previews / scene.run.id
    return draft, lay_preview(draft, dossier, scene.reports(), sources, folder)


def _tell(scene: Scene, draft: ReleaseDraft, page: Path) -> tuple[tuple[str, ...], tuple[Finding, ...]]:
    notice = Notice(
        key=f"review:{scene.run.id}:{draft.approval_hash()[:16]}",
        kind="review",
        title=f'{draft.artist_name} - "{draft.title}" waits for a verdict',
        text=f"noktvrn review approve {scene.run.id}",
        run_id=scene.run.id,
        artist_id=scene.artist.id,
        page=page,
    )
    told, findings = [], []
    for messenger in scene.studio.cast.messengers():
        try:
            tell(scene.studio, messenger, notice)
            told.append(messenger.name)
        except LabelError as error:
            findings.append(
                Finding(
                    rule="review.untold",
                    severity=Severity.WARNING,
                    message=f"{messenger.name} could not be told: {error.message}",
                    hint=error.hint,
                )
            )
    return tuple(told), tuple(findings)
