"""Previews: what a person looks at before giving a verdict."""

from __future__ import annotations

from pathlib import Path

from noktvrn.kernel.errors import NotReady
from noktvrn.label.label import Label
from noktvrn.model.run import Run, StageName
from noktvrn.production.studio import Studio
from noktvrn.storage.ledger import runs


def preview_folder(studio: Studio, run_id: str) -> Path:
    """Where a run's preview lies."""
    return studio.previews / run_id


def preview_page(label: Label, run: Run) -> Path:
    """The page that shows what lies on the desk. One that was made on another machine, or removed when it was
    old, is laid out here anew.

    Raises:
        NotReady: nothing was laid there yet.
        NotFound: its files are not in the vault any more.
    """
    studio = label.office.studio
    page = preview_folder(studio, run.id) / "index.html"
    if page.is_file():
        return page
    with studio.database.read() as connection:
        laid = runs.result(connection, run, StageName.PREVIEW)
    if laid is None:
        raise NotReady(
            f"Run {run.id} has no preview yet.",
            code="review.no_preview",
            hint=f"`noktvrn run show {run.id}` tells how far it is.",
        )
    return _laid_again(studio, run, laid.attempt)


def _laid_again(studio: Studio, run: Run, attempt: int) -> Path:
    from noktvrn.production.scene import set_scene
    from noktvrn.production.scratch import fresh_folder
    from noktvrn.production.stages.preview import lay

    with fresh_folder(studio.scratch) as folder:
        scene = set_scene(studio, run.id, StageName.PREVIEW, attempt, folder, lambda _run, _share: None)
        return lay(scene)[1]
