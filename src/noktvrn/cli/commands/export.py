"""`noktvrn track export`: copies of a song."""

from __future__ import annotations

from pathlib import Path

import click

from noktvrn.cli.house import the_label
from noktvrn.cli.output import Output, with_output

FORMS = (
    "flac",
    "flac16",
    "mp3",
    "aac",
    "opus",
    "instrumental",
    "stems",
    "midi",
    "lrc",
    "lrc-words",
    "captions",
)


@click.command()
@click.argument("run_id")
@click.option(
    "--as",
    "forms",
    multiple=True,
    type=click.Choice(FORMS),
    default=("mp3",),
    show_default=True,
    help="What to copy; may be given several times.",
)
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="Folder the copies are put in; else this one.",
)
@with_output
def export(run_id: str, forms: tuple[str, ...], folder: Path, out: Output) -> None:
    """Copies a run's song: MP3, AAC, Opus, FLAC, words in time, and what was made beside the master."""
    with the_label() as label:
        made = label.exports.export(run_id, tuple(dict.fromkeys(forms)), folder)
        out.one(
            {"run_id": run_id, "files": [str(path) for path in made]},
            lambda: click.echo("\n".join(map(str, made))),
        )
