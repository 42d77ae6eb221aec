"""Previews: what a person looks at before giving a verdict."""

from __future__ import annotations

from pathlib import Path

from noktvrn.kernel.errors import NotFound, NotReady
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


def preview_file(label: Label, run: Run, path: str) -> Path:
    """One file of a run's preview, by its path in the preview's folder.

    Raises:
        NotReady: there is no preview here. NotFound: it has no such file.
    """
    folder = preview_page(label, run).parent.resolve()
    file = (folder / path).resolve()
    if not file.is_relative_to(folder) or not file.is_file():
        raise NotFound(
            "The preview has no such file.", code="review.no_file", hint="index.html names those there are."
        )
    return file
