"""`noktvrn open`: hear and see a release in the browser."""

from __future__ import annotations

import os
import sys
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING

import click

from noktvrn.cli.house import the_label
from noktvrn.cli.output import Output, with_output
from noktvrn.kernel.errors import NotFound

if TYPE_CHECKING:
    from noktvrn.label.label import Label


@click.command("open")
@click.argument("id_", metavar="ID")
@with_output
def open_(id_: str, out: Output) -> None:
    """Opens the page of a release, a run's preview or an artist's newest release, and prints where it is."""
    with the_label() as label:
        page = _page(label, id_)
        if out.for_people and _has_screen():
            webbrowser.open(page.as_uri())
        out.one({"page": str(page), "url": page.as_uri()}, lambda: click.echo(str(page)))


def _page(label: Label, id_: str) -> Path:
    if id_.startswith("run_"):
        from noktvrn.label.previews import preview_page

        return preview_page(label, label.runs.get(id_))
    if id_.startswith("art_"):
        found = label.releases.every(artist_id=label.artists.get(id_).id)
        if not found:
            raise NotFound(
                f"{id_} has no release yet.",
                code="release.none",
                hint=f"`noktvrn run start {id_}` makes one.",
            )
        return label.releases.shelf(found[0]).page
    return label.releases.shelf(label.releases.get(id_)).page


def _has_screen() -> bool:
    if not sys.stdout.isatty() or os.environ.get("SSH_CONNECTION"):
        return False
    return sys.platform == "darwin" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
