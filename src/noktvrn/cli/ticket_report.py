"""How tickets, jobs and budgets are shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import click

from noktvrn.cli.output import note, pairs, table
from noktvrn.label.money import BudgetLine, JobSheet
from noktvrn.storage.ledger.caps import Cap
from noktvrn.storage.ledger.jobs import Job
from noktvrn.storage.ledger.tickets import WORDS, Ticket

MICRO = 1_000_000
USD = "USD"


def show_all(found: Sequence[Ticket]) -> None:
    """Tickets as a table."""
    if not found:
        click.echo("Nothing was asked of the outside.")
        return
    rows = [(t.id, t.state, t.provider, t.purpose, cost(t), f"{t.opened_at:%Y-%m-%d %H:%M}") for t in found]
    table(("ticket", "state", "provider", "purpose", "cost (USD)", "opened (UTC)"), rows)
    if any(one.state == "unknown" for one in found):
        note(
            "\nNobody knows whether an unknown one was served; it counts at its worst case until\n"
            "`noktvrn ticket settle TICKET` tells what became of it."
        )


def amount(value: int | None, unit: str = USD) -> str:
    """An amount of one unit; `none` where there is none."""
    if value is None:
        return "none"
    return f"{value / MICRO:.6f}" if unit == USD else f"{value:,}"


def cost(ticket: Ticket) -> str:
    """What a ticket cost in money, or holds."""
    if ticket.cost is None:
        return f"({amount(ticket.held)} held)"
    return f"{amount(ticket.cost)}{'' if ticket.cost_known else ' at most'}"


def data(ticket: Ticket) -> dict[str, Any]:
    """A ticket as data."""
    return {
        "ticket_id": ticket.id,
        "state": ticket.state.value,
        "kind": ticket.kind,
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


def data_of_job(sheet: JobSheet) -> dict[str, Any]:
    """What a job has beside its ticket, as data."""
    job = sheet.job
    return {
        "errand": job.order.get("errand", {}),
        "ref": job.ref,
        "units": {unit: {"held": held, "cost": spent} for unit, (held, spent) in job.units.items()},
        "next_look_at": job.next_look_at.isoformat() if job.next_look_at else None,
        "error": job.data.get("error", {}).get("message"),
        "files": [
            {
                "clip": one.clip,
                "sha256": one.sha256,
                "media_type": one.media_type,
                "size": one.size,
                "duration_s": one.duration_s,
                "title": one.title,
            }
            for one in sheet.files
        ],
        "events": [
            {"at": one.at.isoformat(), "event": one.event, "state": one.state, **one.data}
            for one in sheet.events
        ],
    }


def show(ticket: Ticket, sheet: JobSheet | None) -> None:
    """A ticket for people; of a job with its files and its story."""
    code = ticket.data.get("code") if ticket.state != "stored" else None
    told = f"{ticket.state.value} ({code})" if code else ticket.state.value
    pairs(
        [
            ("ticket", ticket.id),
            ("state", told),
            ("asked", f"{ticket.provider}, {ticket.purpose}"),
            ("cost", f"{cost(ticket)} {ticket.currency}"),
            *(_beside(sheet.job) if sheet else []),
            ("budgets", ", ".join(scope.name for scope in ticket.scopes) or "none"),
            ("opened", f"{ticket.opened_at:%Y-%m-%d %H:%M:%S} UTC"),
            ("closed", f"{ticket.closed_at:%Y-%m-%d %H:%M:%S} UTC" if ticket.closed_at else "not yet"),
        ]
    )
    if sheet is not None:
        _show_story(sheet)
    if ticket.state == "unknown":
        more = "" if ticket.kind == WORDS else ", or with --found FILE for each file it brought"
        click.echo(f"\nLook at the account there, then: noktvrn ticket settle {ticket.id} --lost{more}")


def run_of(sheet: JobSheet | None) -> str:
    """The run a job was ordered for; empty: none."""
    return str(sheet.job.order.get("errand", {}).get("run_id", "")) if sheet is not None else ""


def _beside(job: Job) -> list[tuple[str, object]]:
    errand = job.order.get("errand", {})
    whose = " ".join(str(errand[name]) for name in ("run_id", "artist_id", "stage") if errand.get(name))
    rows: list[tuple[str, object]] = [(unit, _in_unit(*told)) for unit, told in sorted(job.units.items())]
    rows += [("for", whose or "nobody"), ("its name there", job.ref or "none")]
    if job.next_look_at is not None:
        rows.append(("next look", f"{job.next_look_at:%Y-%m-%d %H:%M:%S} UTC"))
    if error := job.data.get("error", {}).get("message"):
        rows.append(("trouble" if job.state != "stored" else "trouble before", error))
    return rows


def _in_unit(held: int, spent: int) -> str:
    return f"{spent:,} spent" + (f", {held:,} held" if held else "")


def _show_story(sheet: JobSheet) -> None:
    if sheet.files:
        click.echo("\nFiles:")
        pairs(
            [
                (one.clip, f"{one.media_type}  {one.size:,} bytes  {_length(one.duration_s)}{one.title}")
                for one in sheet.files
            ]
        )
    click.echo("\nWhat happened:")
    pairs([(f"{one.at:%Y-%m-%d %H:%M:%S}", f"{one.event}: {one.state}") for one in sheet.events])


def _length(seconds: float | None) -> str:
    return f"{seconds:.1f} s  " if seconds else ""


def budget_data(found: Iterable[BudgetLine], waiting: Iterable[Cap]) -> list[dict[str, Any]]:
    """Budgets as data; `waiting` are caps of those in which nothing was spent yet. Amounts are millionths of
    a dollar, of other units whole ones."""
    lines: list[dict[str, Any]] = [
        {
            "scope": one.scope,
            "currency": one.currency,
            "spent_micros": one.spent,
            "held_micros": one.held,
            "cap_micros": one.cap,
            **({"set_by": one.set_by} if one.set_by else {}),
        }
        for one in found
    ]
    for cap in waiting:
        blank = {"spent_micros": 0, "held_micros": 0, "cap_micros": cap.amount, "set_by": cap.actor}
        lines.append({"scope": cap.scope, "currency": cap.unit, **blank})
    return lines


def show_budgets(
    found: Sequence[BudgetLine], waiting: Sequence[tuple[str, ...]], blocked: Sequence[str]
) -> None:
    """Budgets as a table, and who gets no orders before somebody has looked."""
    rows = [
        (
            one.scope,
            amount(one.spent, one.currency),
            amount(one.held, one.currency),
            amount(one.cap, one.currency),
            one.currency,
            one.set_by or ("settings" if one.cap is not None else ""),
        )
        for one in found
    ]
    if not (rows or waiting):
        click.echo("Nothing was spent.")
        return
    table(("budget", "spent", "held", "cap", "unit", "set by"), [*rows, *waiting])
    for name in blocked:
        note(f"\n{name} charged more than it had quoted: noktvrn budget acknowledge {name}")
