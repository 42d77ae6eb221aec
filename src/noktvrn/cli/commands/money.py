"""`noktvrn ticket` and `noktvrn budget`: what was asked of the outside, and what it cost."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from noktvrn.cli.house import actor, the_label
from noktvrn.cli.output import Output, note, pairs, table, with_output

if TYPE_CHECKING:
    from noktvrn.storage.ledger.tickets import Ticket

STATES = ("open", "answered", "refused", "unknown")
MICRO = 1_000_000


@click.group()
def ticket() -> None:
    """Requests to outside services. One of unknown outcome is charged at its worst case until settled."""


@ticket.command("list")
@click.option("--state", "states", multiple=True, type=click.Choice(STATES), help="Only these.")
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1, 10_000), help="At most.")
@with_output
def list_(states: tuple[str, ...], limit: int, out: Output) -> None:
    """Tickets, newest first."""
    from noktvrn.storage.ledger.tickets import TicketState

    with the_label() as label:
        found = label.money.tickets([TicketState(state) for state in states], limit=limit)
    out.many([_data(one) for one in found], lambda: _show_all(found))


@ticket.command()
@click.argument("ticket_id")
@with_output
def show(ticket_id: str, out: Output) -> None:
    """One ticket: where it stands, what it cost, in which budgets."""
    with the_label() as label:
        found = label.money.ticket(ticket_id)
    out.one(_data(found), lambda: _show(found))


@ticket.command()
@click.argument("ticket_id")
@click.option("--lost", is_flag=True, help="It was not served: the money comes back, it may be asked again.")
@click.option("--found", type=click.Path(path_type=Path), help="A file with its answer, as text in UTF-8.")
@click.option("--cost", metavar="USD", help="What it really cost, as 0.25.")
@with_output
def settle(ticket_id: str, lost: bool, found: Path | None, cost: str | None, out: Output) -> None:
    """Says what became of a request whose outcome, or cost, was unknown."""
    with the_label() as label:
        done = label.money.settle(ticket_id, lost=lost, found=found, cost=cost, actor=actor())
        label.house.seal_audit()
    out.one(_data(done), lambda: _show(done))


@click.group()
def budget() -> None:
    """What may be spent on outside services, and what was. NOKTVRN_BUDGET and its kin set the caps."""


@budget.command("show")
@with_output
def show_budget(out: Output) -> None:
    """Every budget: spent, held for requests under way, and its cap."""
    with the_label() as label:
        found = label.money.budgets()
    lines = [
        {
            "scope": one.scope,
            "currency": one.currency,
            "spent_micros": one.spent,
            "held_micros": one.held,
            "cap_micros": one.cap,
        }
        for one in found
    ]
    rows = [
        (one.scope, _amount(one.spent), _amount(one.held), _amount(one.cap), one.currency) for one in found
    ]
    out.many(
        lines,
        lambda: (
            table(("budget", "spent", "held", "cap", "currency"), rows)
            if rows
            else click.echo("Nothing was spent.")
        ),
    )


def _show_all(found: Sequence[Ticket]) -> None:
    if not found:
        click.echo("Nothing was asked of the outside.")
        return
    rows = [(t.id, t.state, t.provider, t.purpose, _cost(t), f"{t.opened_at:%Y-%m-%d %H:%M}") for t in found]
    table(("ticket", "state", "provider", "purpose", "cost (USD)", "opened (UTC)"), rows)
    if any(one.state == "unknown" for one in found):
        note(
            "\nNobody knows whether an unknown one was served; it is charged at its worst case until\n"
            "`noktvrn ticket settle TICKET` tells what became of it."
        )


def _amount(micros: int | None) -> str:
    return "none" if micros is None else f"{micros / MICRO:.6f}"


def _cost(ticket: Ticket) -> str:
    if ticket.cost is None:
        return f"({_amount(ticket.held)} held)"
    return f"{_amount(ticket.cost)}{'' if ticket.cost_known else ' at most'}"


def _data(ticket: Ticket) -> dict[str, Any]:
    return {
        "ticket_id": ticket.id,
        "state": ticket.state.value,
        "provider": ticket.provider,
        "purpose": ticket.purpose,
        "code": ticket.data.get("code"),
        "currency": ticket.currency,
        "held_micros": ticket.held,
        "cost_micros": ticket.cost,
        "cost_known": ticket.cost_known,
        "budgets": [scope.name for scope in ticket.scopes],
        "opened_at": ticket.opened_at.isoformat(),
        "closed_at": ticket.closed_at.isoformat() if ticket.closed_at else None,
    }


def _show(ticket: Ticket) -> None:
    told = f"{ticket.state.value}{' (' + ticket.data['code'] + ')' if 'code' in ticket.data else ''}"
    pairs(
        [
            ("ticket", ticket.id),
            ("state", told),
            ("asked", f"{ticket.provider}, {ticket.purpose}"),
            ("cost", f"{_cost(ticket)} {ticket.currency}"),
            ("budgets", ", ".join(scope.name for scope in ticket.scopes) or "none"),
            ("opened", f"{ticket.opened_at:%Y-%m-%d %H:%M:%S} UTC"),
            ("closed", f"{ticket.closed_at:%Y-%m-%d %H:%M:%S} UTC" if ticket.closed_at else "not yet"),
        ]
    )
    if ticket.state == "unknown":
        click.echo(f"\nLook at the account there, then: noktvrn ticket settle {ticket.id} --lost")
