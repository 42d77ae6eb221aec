"""`noktvrn db`: migrate, check, backup, restore, sql, move."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from noktvrn.cli.house import actor, read_settings, the_label
from noktvrn.cli.output import FINDINGS, Output, note, with_output

FOLDER = click.Path(path_type=Path, file_okay=False)


@click.group()
def db() -> None:
    """The label's books: the ledger, and the vault it names."""


@db.command()
@with_output
def migrate(out: Output) -> None:
    """Brings the ledger and the workflow engine's tables to their newest form."""
    with the_label() as label:
        revision = label.books.migrate()
        where = label.house.where()
        out.one(
            {"revision": revision, "database": where},
            lambda: click.echo(f"The ledger {where} is at revision {revision}."),
        )


@db.command()
@click.option("--no-files", is_flag=True, help="Only look whether the vault's files are there.")
@with_output
@click.pass_context
def check(context: click.Context, no_files: bool, out: Output) -> None:
    """Looks over the database, the audit trail, rows that name each other, and the vault."""
    with the_label() as label:
        report = label.books.check(with_files=not no_files)

        def people() -> None:
            for finding in report.findings:
                click.echo(f"{finding.message} {finding.hint}")
            click.echo(f"{report.checked} things looked at, {len(report.findings)} found.")

        out.one(report.as_data() | {"passed": report.passed}, people)
        context.exit(0 if report.passed else FINDINGS)


@db.command()
@click.option(
    "--to", required=True, type=FOLDER, help="A folder of backups; files that lie there are shared."
)
@click.option("--no-files", is_flag=True, help="Only list the vault's files: they are kept safe elsewhere.")
@with_output
def backup(to: Path, no_files: bool, out: Output) -> None:
    """Backs up ledger and vault, while work goes on."""
    with the_label() as label:
        made = label.books.backup(to, with_files=not no_files)
        told = made.manifest
        rows = sum(one.rows for one in told.tables.values())
        data = {
            "folder": str(made.folder),
            "rows": rows,
            "files": told.files,
            "bytes": told.bytes,
            "tables": {name: one.rows for name, one in told.tables.items()},
        }
        said = f"{made.folder}: {rows} rows, {told.files} files, {told.bytes / 1e6:.1f} MB."
        out.one(data, lambda: click.echo(said))


@db.command()
@click.option("--from", "source", required=True, type=FOLDER, help="A backup, or a folder of them.")
@with_output
def restore(source: Path, out: Output) -> None:
    """Restores a backup into an empty home, proves it is the same, and leaves the label stopped."""
    from noktvrn.kernel.clock import SystemClock
    from noktvrn.label.restoring import restore as restored_from

    settings = read_settings()
    restored = restored_from(settings, source, SystemClock(), by=actor())
    told = restored.manifest
    rows = sum(one.rows for one in told.tables.values())
    data = {
        "folder": str(restored.folder),
        "home": str(settings.home),
        "made_at": told.made_at.isoformat(),
        "rows": rows,
        "files": told.files,
        "held": restored.held,
        "verified": True,
    }

    def people() -> None:
        click.echo(f"Restored {rows} rows and {told.files} files, compared, from {restored.folder}.")
        note(
            f"The label is stopped: what it sent or paid for after {told.made_at:%Y-%m-%d %H:%M} UTC is not "
            f"in its books. `noktvrn start` lets it and {restored.held} held run(s) go on."
        )

    out.one(data, people)


@db.command()
def sql() -> None:
    """Prints the ledger's schema for PostgreSQL, for a DBA."""
    from noktvrn.storage.ddl import statements

    click.echo(statements(), nl=False)


@db.command()
@click.option(
    "--to", "url", required=True, help="postgresql://user@host:5432/name or sqlite:////path/label.db"
)
@with_output
def move(url: str, out: Output) -> None:
    """Moves the ledger to another database, with nobody working, and compares every row."""
    from noktvrn.kernel.clock import SystemClock
    from noktvrn.label.moving import move as moved_to

    moved = moved_to(read_settings(), url, SystemClock(), by=actor())
    rows = sum(one.rows for one in moved.tables.values())
    data: dict[str, Any] = {"database": moved.where, "rows": rows, "held": moved.held, "verified": True}

    def people() -> None:
        click.echo(f"Moved {rows} rows to {moved.where}, every one compared.")
        note(
            "Set DATABASE_URL to it now; the label at the old place is stopped. A worker lets "
            f"{moved.held} held run(s) go on."
        )

    out.one(data, people)
