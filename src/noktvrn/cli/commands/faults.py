"""`noktvrn faults`: list, show, ack."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from noktvrn.cli.house import actor, the_label
from noktvrn.cli.output import Output, pairs, table, with_output

if TYPE_CHECKING:
    from noktvrn.llm.diagnosis import Diagnosis
    from noktvrn.model.fault import FaultReport


@click.group()
def faults() -> None:
    """What went wrong, how often, and what to do about it."""


@faults.command("list")
@click.option(
    "--all", "all_of_them", is_flag=True, help="Also acknowledged ones, and what the world did only once."
)
@with_output
def list_(all_of_them: bool, out: Output) -> None:
    """Faults nobody has acknowledged, last seen first."""
    with the_label() as label:
        found = label.faults.every(all_of_them=all_of_them)
    heads = ("id", "count", "last seen (UTC)", "where", "what")
    rows = [
        (one.id, one.count, f"{one.last_at:%Y-%m-%d %H:%M}", one.provider or one.place, _what(one))
        for one in found
    ]
    out.many([one.as_data() for one in found], lambda: table(heads, rows) if rows else click.echo("None."))


@faults.command()
@click.argument("fault_id")
@with_output
def show(fault_id: str, out: Output) -> None:
    """One fault, explained, with its way through the code."""
    with the_label() as label:
        found = label.faults.get(fault_id)
        told = label.faults.explain(fault_id)
    explained = {"cause": told.cause, "next_step": told.next_step, "by": told.by}
    out.one(found.as_data() | {"explanation": explained}, lambda: _show(found, told))


@faults.command()
@click.argument("fault_ids", nargs=-1, required=True)
@with_output
def ack(fault_ids: tuple[str, ...], out: Output) -> None:
    """Notes that you know; you are told again when it comes back."""
    with the_label() as label:
        acked = [label.faults.ack(fault_id, actor=actor()) for fault_id in fault_ids]
    told = "\n".join(f"{one.id} is acknowledged." for one in acked)
    out.many([one.as_data() for one in acked], lambda: click.echo(told))


def _show(found: FaultReport, told: Diagnosis) -> None:
    about = [("run", found.run_id), ("artist", found.artist_id), ("provider", found.provider)]
    pairs(
        [
            ("fault", found.id),
            ("what", _what(found)),
            ("code", found.code),
            ("where", found.place or "-"),
            ("seen", f"{found.count} times, {_span(found)}"),
            *((name, value) for name, value in about if value),
            *(
                [("known", f"by {found.acked_by}, {found.acked_at:%Y-%m-%d %H:%M} UTC")]
                if found.acked_at
                else []
            ),
        ]
    )
    click.echo(f"\n{told.cause}\n  {told.next_step}")
    for place in found.trace:
        click.echo(f"    {place}")


def _what(fault: FaultReport) -> str:
    return f"{fault.kind}: {fault.message}"


def _known(fault: FaultReport) -> str:
    return f"by {fault.acked_by}, {fault.acked_at:%Y-%m-%d %H:%M} UTC"


def _span(fault: FaultReport) -> str:
    return f"{fault.first_at:%Y-%m-%d %H:%M} to {fault.last_at:%Y-%m-%d %H:%M} UTC"
