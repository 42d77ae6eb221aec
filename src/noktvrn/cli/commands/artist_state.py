"""`noktvrn artist state`: where an artist stands in its lifecycle, why, and a person's word on it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from noktvrn.cli.house import actor, the_label
from noktvrn.cli.output import Output, pairs, table, with_output
from noktvrn.kernel.errors import Invalid

if TYPE_CHECKING:
    from noktvrn.label.lifecycle import Standing

STATES = ("candidate", "active", "paused", "retired")


@click.command()
@click.argument("artist_id")
@click.option("--set", "state_", type=click.Choice(STATES), help="Move the artist; it says so in the books.")
@click.option("--reason", default="", metavar="TEXT", help="Why; needed with --set.")
@click.option("--check", is_flag=True, help="Let the rules look at it now.")
@with_output
def state(artist_id: str, state_: str | None, reason: str, check: bool, out: Output) -> None:
    """Where an artist stands, why, and when it is looked at next."""
    if reason and state_ is None:
        raise Invalid("A reason for what?", code="usage", hint="Name the state with --set.")
    with the_label() as label:
        if state_ is not None:
            from noktvrn.model.artist import LifecycleState

            label.lifecycle.set(artist_id, LifecycleState(state_), by=actor(), reason=reason)
        if check:
            label.lifecycle.check(artist_id)
        found = label.lifecycle.standing(artist_id)
        out.one(_data(found), lambda: _show(found))


def _show(found: Standing) -> None:
    row, record = found.row, found.record
    approval = "-" if record.approval is None else f"{record.approval:.0%}"
    pairs(
        [
            ("artist", row.artist_id),
            ("state", f"{row.state.value} since {_day(row.state_since)}"),
            ("why", row.reason or "-"),
            ("last run", _day(row.last_run_at)),
            ("runs", f"{record.runs} in the window, {approval} approved, {record.errors:.0%} failed"),
            ("rejections", f"{record.rejections} in a row"),
            ("next check", _day(row.check_at) if row.check_at else "at once"),
        ]
    )
    if found.moves:
        click.echo()
        rows = [(_day(m.at), m.before.value, m.after.value, m.actor, m.reason) for m in found.moves]
        table(("at (UTC)", "from", "to", "by", "why"), rows)


def _data(found: Standing) -> dict[str, Any]:
    row = found.row._asdict()
    moves = [move._asdict() for move in found.moves]
    told = {"state": found.row.state.value, "record": found.record.as_data(), "moves": moves}
    return row | told


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else "-"
