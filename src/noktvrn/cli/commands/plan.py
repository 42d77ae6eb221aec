"""`noktvrn plan`: make, show."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from noktvrn.cli.house import actor, the_label
from noktvrn.cli.output import Output, table, with_output

if TYPE_CHECKING:
    from noktvrn.model.plan import ContentPlan


@click.group()
def plan() -> None:
    """Content calendars."""


@plan.command()
@click.argument("artist_id")
@click.option(
    "--days", type=click.IntRange(1, 366), help="Length; the setting DEFAULT_CALENDAR_LENGTH without it."
)
@with_output
def make(artist_id: str, days: int | None, out: Output) -> None:
    """Writes a calendar from today on, every entry a brief."""
    with the_label() as label:
        made = label.plans.make(artist_id, days=days, actor=actor())
        out.one(made.as_data(), lambda: _show(made))


@plan.command()
@click.argument("artist_id")
@with_output
def show(artist_id: str, out: Output) -> None:
    """The artist's calendars, newest first."""
    with the_label() as label:
        found = label.plans.every(artist_id)

        def people() -> None:
            for one in found:
                _show(one)
            if not found:
                click.echo(f"No plan yet. `noktvrn plan make {artist_id}` makes one.")

        out.many([one.as_data() for one in found], people)


def _show(made: ContentPlan) -> None:
    click.echo(f"{made.id}: {made.days} days from {made.starts_on.isoformat()}, {made.arc}")
    table(
        ("on", "day", "type", "chapter", "theme", "produce by", "brief"),
        (
            (
                item.on,
                f"{item.on:%a}",
                item.brief.content_type,
                item.chapter,
                item.brief.theme,
                item.produce_by,
                item.brief.id if item.brief.content_type == "single" else "",
            )
            for item in made.items
        ),
    )
    click.echo(f"A single of it: noktvrn run start {made.artist_id} --brief BRIEF")
