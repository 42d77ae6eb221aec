"""`noktvrn ticket` and `noktvrn budget`: what was asked of the outside, and what it cost."""

from __future__ import annotations

from pathlib import Path

import click

from noktvrn.cli.house import actor, the_label
from noktvrn.cli.output import Output, note, with_output

NONE = "none"
"""The amount that takes a cap away."""


@click.group()
def ticket() -> None:
    """Requests to outside services. One of unknown outcome holds its worst case until it is settled."""


@ticket.command("list")
@click.option("--state", "states", multiple=True, metavar="STATE", help="Only these; repeat it.")
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1, 10_000), help="At most.")
@with_output
def list_(states: tuple[str, ...], limit: int, out: Output) -> None:
    """Tickets, newest first."""
    from noktvrn.cli.ticket_report import data, show_all
    from noktvrn.storage.ledger.tickets import TicketState

    known = [state.value for state in TicketState]
    if wrong := [state for state in states if state not in known]:
        raise click.BadParameter(f"{wrong[0]!r} is none of {', '.join(known)}.", param_hint="--state")
    with the_label() as label:
        found = label.money.tickets([TicketState(state) for state in states], limit=limit)
    out.many([data(one) for one in found], lambda: show_all(found))


@ticket.command()
@click.argument("ticket_id")
@with_output
def show(ticket_id: str, out: Output) -> None:
    """One ticket: where it stands, what it cost, in which budgets; of a job also its files and its story."""
    from noktvrn.cli.ticket_report import data, data_of_job
    from noktvrn.cli.ticket_report import show as shown

    with the_label() as label:
        found = label.money.ticket(ticket_id)
        job = label.money.job(ticket_id)
    out.one(data(found) | (data_of_job(job) if job else {}), lambda: shown(found, job))


@ticket.command()
@click.argument("ticket_id")
@click.option("--lost", is_flag=True, help="It was not served: the money comes back, it may be asked again.")
@click.option(
    "--found",
    "files",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A file it brought, repeat it for several; of a request for words, its answer as text in UTF-8.",
)
@click.option("--cost", metavar="USD", help="What it really cost, as 0.25.")
@click.option(
    "--charge", "charges", multiple=True, metavar="AMOUNT", help="The same in a service's unit: '12 credits'."
)
@with_output
def settle(
    ticket_id: str,
    lost: bool,
    files: tuple[Path, ...],
    cost: str | None,
    charges: tuple[str, ...],
    out: Output,
) -> None:
    """Says what became of a request whose outcome, or cost, was unknown."""
    from noktvrn.cli.ticket_report import data, run_of
    from noktvrn.cli.ticket_report import show as shown

    with the_label() as label:
        done = label.money.settle(
            ticket_id, lost=lost, found=files, cost=cost, charges=charges, actor=actor()
        )
        job = label.money.job(ticket_id)
        label.house.seal_audit()
    out.one(data(done), lambda: shown(done, job))
    if run := run_of(job):
        note(f"If its run waits for this: noktvrn run resume {run}")


@ticket.command()
@click.argument("ticket_id")
@with_output
def cancel(ticket_id: str, out: Output) -> None:
    """Calls a job off where its service can; else what it brings is still kept, since it is paid for."""
    from noktvrn.cli.ticket_report import data
    from noktvrn.cli.ticket_report import show as shown

    with the_label() as label:
        done = label.money.cancel(ticket_id, actor=actor())
        job = label.money.job(ticket_id)
        label.house.seal_audit()
    out.one(data(done), lambda: shown(done, job))


@click.group()
def budget() -> None:
    """What may be spent on outside services, and what was. NOKTVRN_BUDGET and its kin set the first caps."""


@budget.command("show")
@with_output
def show_budget(out: Output) -> None:
    """Every budget: spent, held for requests under way, and its cap."""
    from noktvrn.cli.ticket_report import amount, budget_data, show_budgets

    with the_label() as label:
        found, caps, blocked = label.money.budgets(), label.money.caps(), label.money.blocked()
    counted = {(one.scope, one.currency) for one in found}
    waiting = [one for one in caps if (one.scope, one.unit) not in counted]
    rows = [(one.scope, "", "", amount(one.amount, one.unit), one.unit, one.actor) for one in waiting]
    out.many(budget_data(found, waiting), lambda: show_budgets(found, rows, blocked))


@budget.command("set")
@click.argument("scope")
@click.argument("most", metavar="AMOUNT|none")
@click.option("--unit", default="USD", show_default=True, help="USD, or a service's own: 'suno credits'.")
@with_output
def set_budget(scope: str, most: str, unit: str, out: Output) -> None:
    """Caps a budget: label, day, artist, task or provider, or one of them, as provider:suno_gateway.

    The cap wins over the settings, at once and in every process. `none` takes it away again.
    """
    with the_label() as label:
        label.money.set_cap(scope, None if most == NONE else most, unit=unit, actor=actor())
        label.house.seal_audit()
    said = "is taken away: the settings count" if most == NONE else f"is {most} {unit}"
    out.one(
        {"scope": scope, "unit": unit, "cap": None if most == NONE else most},
        lambda: click.echo(f"The cap of {scope} {said}."),
    )


@budget.command()
@click.argument("provider")
@with_output
def acknowledge(provider: str, out: Output) -> None:
    """You have seen that a provider charged more than it had quoted: it gets orders again."""
    with the_label() as label:
        was = label.money.acknowledge(provider, actor=actor())
        label.house.seal_audit()
    said = "gets orders again" if was else "was not held back: nothing to acknowledge"
    out.one({"provider": provider, "acknowledged": was}, lambda: click.echo(f"{provider} {said}."))
