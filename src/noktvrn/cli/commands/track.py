"""`noktvrn track`: analyse."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from noktvrn.cli.commands.export import export
from noktvrn.cli.commands.own import import_track
from noktvrn.cli.output import FINDINGS, Output, note, with_output

if TYPE_CHECKING:
    from noktvrn.model.analysis import TrackReport


@click.group()
def track() -> None:
    """Sound files, measured as the house measures its own masters."""


track.add_command(export)


track.add_command(import_track)


@track.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--png", type=click.Path(path_type=Path), metavar="OUT", help="Draw it as one sheet: a file or a folder."
)
@with_output
def analyse(file: Path, png: Path | None, out: Output) -> None:
    """Hears a sound file: tempo, meter, key, sections, loudness, spectrum."""
    from noktvrn.cli.analysis_report import show
    from noktvrn.cli.house import read_settings
    from noktvrn.label import tracks

    report = tracks.analyse(file, png=png, settings=read_settings())
    place = tracks.picture_place(file, png) if png is not None else None
    out.one(_data(file, place, report), lambda: show(report))
    if place is not None:
        note(f"The sheet is at {place}.")
    if report.known is not None and report.known.report is not None and not report.known.report.passed:
        sys.exit(FINDINGS)


def _data(file: Path, png: Path | None, report: TrackReport) -> dict[str, Any]:
    """What `--json` prints; docs/track-analysis.md describes it."""
    heard = report.analysis.as_data()
    return {
        "file": str(file),
        "sha256": report.sha256,
        "png": str(png) if png else None,
        "figures": heard.pop("figures"),
        **heard,
        "waveform": list(report.waveform),
        "track": report.known.as_data() if report.known else None,
    }
