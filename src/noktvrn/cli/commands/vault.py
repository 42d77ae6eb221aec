"""`noktvrn vault`: usage, check, gc."""

from __future__ import annotations

import click

from noktvrn.cli.house import actor, the_label
from noktvrn.cli.output import FINDINGS, Output, pairs, table, with_output

GB = 1e9
RULES = {
    "ended": "runs without a release",
    "takes": "takes passed over",
    "stems": "stems of releases",
    "orphans": "named by nothing",
}
MOST = 10


@click.group()
def vault() -> None:
    """The vault: what lies there, and what may go."""


@vault.command()
@with_output
@click.pass_context
def usage(context: click.Context, out: Output) -> None:
    """How large it is, of whom, and when it will be full at the pace of the calendars."""
    with the_label() as label:
        told = label.vault.usage()
        data = {
            "where": told.where,
            "files": told.files,
            "bytes": told.bytes,
            "quota": told.quota,
            "release_bytes": told.release_bytes,
            "planned": told.planned,
            "bytes_ahead": told.ahead,
            "full_on": told.full_on.date().isoformat() if told.full_on else None,
            "due": {rule: {"files": files, "bytes": size} for rule, (files, size) in told.due.items()},
            "by_artist": dict(told.by_artist),
        }

        def people() -> None:
            click.echo(told.sentence)
            pairs(
                [
                    ("kept in", told.where),
                    ("files", told.files),
                    ("a release takes", f"{told.release_bytes / 1e6:.1f} MB"),
                    ("planned in 90 days", told.planned),
                    ("full on", told.full_on.date() if told.full_on else "not within the calendars"),
                    *(
                        (f"may go: {RULES[rule]}", f"{files} files, {size / 1e6:.1f} MB")
                        for rule, (files, size) in told.due.items()
                    ),
                ]
            )
            table(
                ("artist", "MB"),
                [(artist, f"{size / 1e6:.1f}") for artist, size in list(told.by_artist.items())[:MOST]],
            )

        out.one(data, people)
        context.exit(FINDINGS if told.over_quota else 0)


@vault.command()
@click.pass_context
def check(context: click.Context) -> None:
    """Reads every file and compares its hash: the same as `noktvrn db check`."""
    from noktvrn.cli.commands.db import check as look_over

    context.invoke(look_over)


@vault.command()
@click.option("--dry-run", is_flag=True, help="Only tell what would be removed.")
@with_output
def gc(dry_run: bool, out: Output) -> None:
    """Removes what the rules let go of (docs/vault.md), and what work left behind in the home."""
    with the_label() as label:
        tidied = label.vault.gc(dry_run=dry_run, by=actor())
        due = [
            {
                "rule": one.cause.rule,
                "run_id": one.cause.run_id,
                "artist_id": one.held.artist_id,
                "sha256": one.held.sha256,
                "bytes": one.held.size,
            }
            for one in tidied.plan.due
        ]
        left = [{"kind": one.kind, "path": str(one.path), "bytes": one.bytes} for one in tidied.leftovers]
        data = {
            "dry_run": dry_run,
            "removed": tidied.removed,
            "freed": tidied.freed,
            "due": due,
            "leftovers": left,
        }

        def people() -> None:
            verb = "would be" if dry_run else "were"
            for rule, (files, size) in tidied.plan.by_rule().items():
                click.echo(f"{RULES[rule]}: {files} files, {size / 1e6:.1f} MB {verb} removed.")
            for one in tidied.leftovers:
                click.echo(f"{one.kind}: {one.path.name}, {one.bytes / 1e6:.1f} MB {verb} removed.")
            if not tidied.plan.due and not tidied.leftovers:
                click.echo("Nothing may go now.")

        out.one(data, people)
