"""`noktvrn release`: list, show, check."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from noktvrn.cli.house import the_label
from noktvrn.cli.output import FINDINGS, Output, pairs, table, with_output

if TYPE_CHECKING:
    from noktvrn.model.release import Identifiers


@click.group()
def release() -> None:
    """Sealed releases."""


@release.command("list")
@click.option("--artist", "artist_id", help="Only this artist's.")
@with_output
def list_(artist_id: str | None, out: Output) -> None:
    """Sealed releases, newest first."""
    with the_label() as label:
        found = label.releases.every(artist_id=artist_id)
        rows = [
            (r.draft.id, r.draft.artist_name, r.draft.title, r.identifiers.isrc, r.release_on.isoformat())
            for r in found
        ]
        out.many(
            [r.as_data() for r in found],
            lambda: (
                table(("id", "artist", "title", "isrc", "out on"), rows)
                if rows
                else click.echo("No releases yet.")
            ),
        )


@release.command()
@click.argument("release_id")
@with_output
def show(release_id: str, out: Output) -> None:
    """One release: codes, dates, disclosure, files, deliveries."""
    with the_label() as label:
        found = label.releases.get(release_id)
        shelf = label.releases.shelf(found)
        deliveries = label.releases.deliveries(release_id)
        draft = found.draft

        def people() -> None:
            click.echo(f'{draft.artist_name} - "{draft.title}"\n')
            test = " (test range)" if found.identifiers.test_range else ""
            facets = draft.disclosure.as_data()
            shares = [f"{name} {facet['share']}" for name, facet in facets.items() if isinstance(facet, dict)]
            pairs(
                [
                    ("release", f"{draft.id}, sealed {found.sealed_at:%Y-%m-%d %H:%M} UTC"),
                    ("out on", found.release_on.isoformat()),
                    *_codes(found.identifiers, test),
                    ("made by AI", ", ".join(shares)),
                    ("package", shelf.package),
                    ("hash", found.package_hash),
                    *((delivery.courier, f"{delivery.state} {delivery.place}") for delivery in deliveries),
                ]
            )
            click.echo()
            if draft.songs:
                songs = zip(draft.songs, found.identifiers.recordings, strict=True)
                rows = [(n, s.title, isrc, f"{s.duration_s:.0f} s") for n, (s, isrc) in enumerate(songs, 1)]
                table(("song", "title", "isrc", "length"), rows)
                click.echo()
            table(("file", "sha-256"), found.files)

        data = found.as_data() | {
            "package": str(shelf.package),
            "deliveries": [delivery.as_data() for delivery in deliveries],
        }
        out.one(data, people)


def _codes(codes: Identifiers, test: str) -> list[tuple[str, str]]:
    """The codes of the whole; those of a record's songs stand beside their titles."""
    if codes.isrcs:
        return [("upc", f"{codes.upc}{test}")]
    return [("isrc, upc", f"{codes.isrc}, {codes.upc}{test}")]


@release.command()
@click.argument("release_id")
@with_output
@click.pass_context
def check(context: click.Context, release_id: str, out: Output) -> None:
    """Validates a sealed package once more: every file, every rule."""
    with the_label() as label:
        report = label.releases.check(release_id)

        def people() -> None:
            for finding in report.findings:
                click.echo(f"{finding.severity.value:<8} {finding.message} [{finding.rule}]")
            word = "holds" if report.passed else "does not hold"
            click.echo(f"{report.checked} rules: the package {word}.")

        out.one(report.as_data() | {"passed": report.passed}, people)
        context.exit(0 if report.passed else FINDINGS)
