"""Previews: what a person looks at before giving a verdict."""

from __future__ import annotations

from pathlib import Path

from noktvrn.kernel.errors import NotReady
from noktvrn.label.label import Label
from noktvrn.model.run import Run
from noktvrn.production.studio import Studio


def preview_folder(studio: Studio, run_id: str) -> Path:
    """Where a run's preview lies."""
    return studio.previews / run_id


def preview_page(label: Label, run: Run) -> Path:
    """The page that shows what lies on the desk.

    Raises:
        NotReady: nothing was laid there yet, or it was made on another machine.
    """
    page = preview_folder(label.office.studio, run.id) / "index.html"
    if not page.is_file():
        raise NotReady(
            f"Run {run.id} has no preview on this machine.",
            code="review.no_preview",
            hint=f"`noktvrn run show {run.id}` tells how far it is.",
        )
    return page
