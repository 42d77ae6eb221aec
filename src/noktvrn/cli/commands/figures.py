"""`noktvrn figures`: import, show."""

from __future__ import annotations

from pathlib import Path

import click

from noktvrn.cli.house import actor, the_label
from noktvrn.cli.output import FINDINGS, Output, note, table, with_output


@click.group()
def figures() -> None:
    """What listeners did."""


@figures.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@with_output
@click.pass_context
def import_(context: click.Context, file: Path, out: Output) -> None:
    """Imports a CSV file in the format of docs/figures.md. The same file twice changes nothing."""
    with the_label() as label:
        done = label.figures.read(file, actor=actor())
        label.house.seal_audit()
        result = done.result
        data = {
            "changed": done.changed,
            "known": done.known,
            "problems": [problem.as_data() for problem in result.problems],
            "unmatched": [row.as_data() for row in result.unmatched],
        }

        def people() -> None:
            click.echo(f"{done.changed} rows new or corrected, {done.known} known before.")

        out.one(data, people)
        for problem in result.problems:
            note(f"  line {problem.line}: {problem.sentence} {problem.hint}".rstrip())
        for row in result.unmatched:
            note(f"  line {row.line}: no release of this label carries {row.release}")
        context.exit(FINDINGS if result.problems or result.unmatched else 0)


@figures.command()
@click.argument("artist_id")
@with_output
def show(artist_id: str, out: Output) -> None:
    """An artist's figures. `-` was not reported, which is not zero."""
    with the_label() as label:
        rows = label.figures.of_artist(artist_id)
        names = ("streams", "listeners", "completions", "skips", "saves")
        cells = [
            (
                r.release_id,
                r.platform,
                r.period_end,
                *("-" if getattr(r, name) is None else getattr(r, name) for name in names),
            )
            for r in rows
        ]
        out.many(
            [r.as_data() for r in rows],
            lambda: (
                table(("release", "platform", "until", *names), cells)
                if cells
                else click.echo(
                    "No figures yet. docs/figures.md shows the format `noktvrn figures import` reads."
                )
            ),
        )
