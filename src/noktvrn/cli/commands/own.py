"""`noktvrn track import`, `artwork import`, `lyrics import`: a person's own work becomes a production;
`lyrics contributions` tells what in a production is a person's."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from noktvrn.cli.house import actor, the_label
from noktvrn.cli.output import Output, with_output

F = TypeVar("F", bound=Callable[..., Any])

_FILE = click.Path(path_type=Path)


@click.group()
def artwork() -> None:
    """Covers of your own: import."""


@click.group()
def lyrics() -> None:
    """Words of your own: import, contributions."""


def _common(command: F) -> F:
    """The options every import has."""
    options = (
        click.argument("file", type=_FILE),
        click.option("--artist", "artist_id", required=True, help="Whose release it becomes."),
        click.option(
            "--by",
            required=True,
            metavar="NAME",
            help="Whose work it is: first and last name, as stores print it.",
        ),
        click.option("--title", help="A title of your own."),
        click.option("--theme", help="What it is about."),
        click.option("--mood", help="How it feels."),
        click.option("--no-video", is_flag=True, help="No music video and no teaser."),
        click.option("--autopilot", is_flag=True, help="The label's capped autopilot gives the verdict."),
        click.option("--no-wait", is_flag=True, help="Leave the work to a running worker."),
    )
    for option in reversed(options):
        command = option(command)
    return command


_duration = click.option(
    "--duration", type=click.IntRange(30, 720), metavar="SECONDS", help="Length of the song."
)
_takes = click.option(
    "--takes", type=click.IntRange(1, 8), help="Record so many takes; the best is laid out."
)


@click.command("import")
@_common
@click.option(
    "--lyrics", "words", type=_FILE, help="The words that are sung in it; without, an instrumental."
)
@click.option("--artwork", "cover", type=_FILE, help="A cover of your own as well.")
@with_output
@click.pass_context
def import_track(context: click.Context, /, file: Path, **wishes: Any) -> None:
    """A recording of your own, mastered, checked and released like every other; told as a person's.

    WAV, FLAC and AIFF are lossless; MP3, Ogg and AAC are taken and marked as lossy for good.
    """
    _start(context, track=file, **wishes)


@artwork.command("import")
@_common
@_duration
@_takes
@with_output
@click.pass_context
def import_artwork(context: click.Context, /, file: Path, **wishes: Any) -> None:
    """A square picture of at least 3000 pixels a side becomes the cover of a new single."""
    _start(context, cover=file, **wishes)


@lyrics.command("import")
@_common
@_duration
@_takes
@with_output
@click.pass_context
def import_lyrics(context: click.Context, /, file: Path, **wishes: Any) -> None:
    """Words in plain text become those of a new single; none of them is rewritten.

    Sections stand apart by an empty line; a line like [Chorus] names the one below it.
    """
    _start(context, words=file, **wishes)


@lyrics.command()
@click.argument("run_id")
@with_output
def contributions(run_id: str, out: Output) -> None:
    """What in a production is a person's: each line and file, when it came in and by which door."""
    from noktvrn.cli.output import table

    with the_label() as label:
        found = label.imports.contributions(run_id)
        rows = [
            (
                entry.kind.replace("_", " "),
                entry.text,
                "; ".join(entry.places) or "-",
                entry.by or "-",
                f"{entry.door}, {entry.at:%Y-%m-%d %H:%M}",
            )
            for entry in found
        ]
        out.many(
            [entry.as_data() for entry in found],
            lambda: (
                table(("what", "text or hash", "where", "whose", "came in by"), rows)
                if rows
                else click.echo("Nothing in this production is a person's; all of it is generated.")
            ),
        )


def _start(
    context: click.Context,
    *,
    artist_id: str,
    by: str,
    out: Output,
    no_video: bool,
    no_wait: bool,
    autopilot: bool,
    track: Path | None = None,
    cover: Path | None = None,
    words: Path | None = None,
    duration: int | None = None,
    **wishes: Any,
) -> None:
    from noktvrn.cli.commands.run import _go_on
    from noktvrn.label.imports import OwnWork

    if duration is not None:
        wishes["duration_s"] = duration
    with the_label() as label:
        begun = label.imports.start(
            artist_id,
            OwnWork(by=by, track=track, cover=cover, lyrics=words),
            autopilot=autopilot,
            actor=actor(),
            with_video=not no_video,
            **wishes,
        )
        _go_on(context, label, begun.id, wait=not no_wait, out=out)
