"""`noktvrn artist edit`, `diff`, `versions`, `rollback`, `import`, `export`: profiles over time."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from noktvrn.cli.house import actor, the_label
from noktvrn.cli.output import Output, table, with_output
from noktvrn.kernel.errors import Invalid

if TYPE_CHECKING:
    from noktvrn.artist.editing import Change
    from noktvrn.label.label import Label
    from noktvrn.label.profiles import Edited

F = TypeVar("F", bound=Callable[..., Any])

_FILE = click.Path(path_type=Path)
_NUMBER = click.IntRange(1)
_WIDEST = 60


@click.command()
@click.argument("artist_id")
@click.option("--set", "fields", multiple=True, metavar="FIELD=VALUE", help="One field; may be repeated.")
@click.option("--file", type=_FILE, help="JSON or YAML with the fields to change, or the whole profile.")
@with_output
def edit(artist_id: str, fields: tuple[str, ...], file: Path | None, out: Output) -> None:
    """Changes a profile by hand, as a new version. Without options it opens $EDITOR.

    Fields of fields are written with dots: settings.release_strategy.video_release_ratio=0.5. Lists are
    written with commas: themes="rain, harbour". What makes the artist who it is cannot be edited.
    """
    if fields and file:
        raise Invalid("Use --set or --file, not both.", code="usage", hint="Put all changes in the file.")
    with the_label() as label:
        if fields:
            made = label.profiles.edit(artist_id, dict(map(_assigned, fields)), actor=actor())
        elif file:
            made = label.profiles.rewrite(artist_id, _content(file), actor=actor())
        else:
            made = label.profiles.rewrite(artist_id, _in_editor(label, artist_id), actor=actor())
        label.house.seal_audit()
    _tell(made, out)


@click.command()
@click.argument("artist_id")
@click.argument("before", type=_NUMBER, required=False)
@click.argument("after", type=_NUMBER, required=False)
@with_output
def diff(artist_id: str, before: int | None, after: int | None, out: Output) -> None:
    """What changed from version BEFORE to AFTER, field by field; by default the last change."""
    with the_label() as label:
        changes = label.profiles.diff(artist_id, before, after)
    out.many(
        [change.as_data() for change in changes],
        lambda: _show_changes(changes) if changes else click.echo("Nothing differs between the two."),
    )


@click.command()
@click.argument("artist_id")
@with_output
def versions(artist_id: str, out: Output) -> None:
    """Every version of a profile, oldest first."""
    with the_label() as label:
        found = label.profiles.versions(artist_id)
    rows = [(f"v{one.version}", one.at[:16].replace("T", " "), one.reason[:100]) for one in found]
    out.many([one.as_data() for one in found], lambda: table(("version", "made (UTC)", "why"), rows))


@click.command()
@click.argument("artist_id")
@click.argument("version", type=_NUMBER)
@with_output
def rollback(artist_id: str, version: int, out: Output) -> None:
    """Makes a new version with the content of an old one. Nothing is lost; releases stay as they are."""
    with the_label() as label:
        made = label.profiles.rollback(artist_id, version, actor=actor())
        label.house.seal_audit()
    _tell(made, out)


@click.command("export")
@click.argument("artist_id")
@click.option("--as", "form", type=click.Choice(["yaml", "json"]), default="yaml", show_default=True)
@click.option("--version", "number", type=_NUMBER, help="An older version.")
@click.option("--to", "target", type=_FILE, help="A new file; without, the text goes to stdout.")
@with_output
def export(artist_id: str, form: str, number: int | None, target: Path | None, out: Output) -> None:
    """Who an artist is, as a file that `artist import` reads: no secrets, no paths, no sounds or pictures."""
    from noktvrn.artist.document import spelt

    with the_label() as label:
        data = label.profiles.export(artist_id, number)
    if not out.for_people:
        out.one(data, lambda: None)
    elif target is None:
        click.echo(spelt(data, form), nl=False)
    if target is not None:
        _write_new(target, spelt(data, form))
        click.echo(f"Written to {target}.", err=True)


@click.command("import")
@click.argument("file", type=_FILE)
@click.option("--as-new", is_flag=True, help="Another artist, even if the file names one that is here.")
@with_output
def import_(file: Path, as_new: bool, out: Output) -> None:
    """An artist from a JSON or YAML file, exported or written by hand.

    A few fields are enough; the embedded writer fills in the rest, and tells what. A file of an artist that
    is here makes a new version of it.
    """
    with the_label() as label:
        made = label.profiles.bring(_content(file), as_new=as_new, actor=actor())
        label.house.seal_audit()
    data = made.artist.as_data() | {
        "new": made.new,
        "notices": list(made.notices),
        "changes": [change.as_data() for change in made.changes],
    }

    next_steps: list[str] = []

    def people() -> None:
        name, number = made.artist.profile.stage_name, made.artist.version
        if made.new:
            click.echo(f"{name} joined the label as {made.artist.id}.")
            next_steps.extend(f"  noktvrn {verb} {made.artist.id}" for verb in ("artist show", "run start"))
        elif made.changes:
            click.echo(f"{name} is now at version {number}.")
        else:
            click.echo(f"{name} is here already, just so ({made.artist.id}, version {number}).")
        _show_changes(made.changes)
        for notice in made.notices:
            click.echo(f"  note: {notice}", err=True)
        for step in next_steps:
            click.echo(step, err=True)

    out.one(data, people)


def _assigned(text: str) -> tuple[str, Any]:
    """`FIELD=VALUE`: a value that reads as JSON is taken so, everything else is text."""
    import json

    name, sign, value = text.partition("=")
    if not sign or not name.strip():
        raise Invalid(
            f"{text[:60]!r} sets nothing.",
            code="usage",
            hint='Write --set FIELD=VALUE, as in --set "themes=rain".',
        )
    try:
        plain = json.loads(value)
    except ValueError:
        plain = value
    return name.strip(), value if isinstance(plain, str) and not value.lstrip().startswith('"') else plain


def _content(file: Path) -> bytes:
    """The bytes of a plain file, `-` for stdin, no more than a profile may have."""
    import tempfile

    from noktvrn.artist.document import MAX_BYTES
    from noktvrn.label.intake import take_in

    if str(file) == "-":
        return sys.stdin.buffer.read(MAX_BYTES + 1)
    with tempfile.TemporaryDirectory() as folder:
        return take_in(file, Path(folder), most_bytes=MAX_BYTES).read_bytes()


def _in_editor(label: Label, artist_id: str) -> bytes:
    from noktvrn.artist.document import spelt

    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise Invalid(
            "There is nothing to change.",
            code="usage",
            hint="Use --set FIELD=VALUE or --file; $EDITOR needs a terminal.",
        )
    was = spelt(label.profiles.export(artist_id)["profile"], "yaml")
    now = click.edit(was, extension=".yaml")
    if now is None or now == was:
        raise click.Abort
    return now.encode()


def _write_new(target: Path, text: str) -> None:
    try:
        with target.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise Invalid(
            f"{target} is there already.",
            code="artist.export_exists",
            hint="Move it away, or name another file.",
        ) from None


def _tell(made: Edited, out: Output) -> None:
    data = {
        "artist": made.artist.as_data(),
        "changes": [change.as_data() for change in made.changes],
        "warnings": list(made.warnings),
    }

    def people() -> None:
        click.echo(f"{made.artist.profile.stage_name} is now at version {made.artist.version}.")
        _show_changes(made.changes)
        for warning in made.warnings:
            click.echo(f"  note: {warning}", err=True)

    out.one(data, people)


def _show_changes(changes: Sequence[Change]) -> None:
    for change in changes:
        click.echo(f"  {change.field}\n    - {_short(change.before)}\n    + {_short(change.after)}")


def _short(value: object) -> str:
    if isinstance(value, list):
        value = ", ".join(map(str, value))
    if value is None or isinstance(value, bool):
        value = {None: "none", True: "true", False: "false"}[value]
    text = " ".join(str(value).split())
    return text if len(text) <= 2 * _WIDEST else f"{text[:_WIDEST]} ... {text[-_WIDEST // 2 :]}"
