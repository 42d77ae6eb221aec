"""How a job ends: one transaction settles it, keeps the reason, and forgets its addresses."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from noktvrn.kernel.errors import Fault, LabelError, Unavailable, known_errors
from noktvrn.outbound.failures import OUTCOME_UNKNOWN
from noktvrn.outbound.jobs import accounts, sidecar
from noktvrn.outbound.jobs.accounts import Amounts, Bill
from noktvrn.outbound.jobs.notices import JobNotice, of_budgets, of_job, shown
from noktvrn.outbound.jobs.room import Room
from noktvrn.storage.ledger import jobs, ticket_files
from noktvrn.storage.ledger.jobs import Job
from noktvrn.storage.ledger.tickets import MOVES, Event, TicketState

HOUR = timedelta(hours=1)
"""How often a job is looked after that nobody waits for any more."""
BREAKS_OFF: tuple[Event, ...] = ("fail", "vanish", "expire")
"""Ends of a job that is not made any further."""
NOBODYS: dict[str, Any] = {"owner": None, "leased_until": None}


def ended(room: Room, job: Job, event: Event, error: LabelError, charged: Amounts | None = None) -> Job:
    """The job, moved to an end it does not leave by itself; charged what the service told, else its quote.

    One that breaks off with a part of it in the vault already is stored with that part: it is paid for.
    """
    at = room.now()

    def work(books: sa.Connection) -> tuple[Job, list[JobNotice]]:
        bill = billed(books, job, charged if charged is not None else job.data.get("charged"), at)
        if event in BREAKS_OFF and ticket_files.kept(books, job.id):
            return _with_its_part(books, job, error, bill, at), news_of(job, bill)
        return closed(books, job, event, error, bill, at), news_of(job, bill)

    done, news = room.write(work)
    room.tell(*news)
    if event in ("reject", "vanish") or done.state is TicketState.STORED:
        sidecar.clear(room.spool / job.id)
    return done


def _with_its_part(books: sa.Connection, job: Job, error: LabelError, bill: Bill, at: datetime) -> Job:
    told = {"missing": len(ticket_files.waiting(books, job.id)), "message": error.message}
    steps: tuple[Event, ...] = ("finish", "fetch", "verify")
    for step in steps:
        if (job.state, step) in MOVES:
            job = jobs.move(books, job, step, at=at, told=told if step == "verify" else {})
    return closed(books, job, "store", None, bill, at)


def refused(room: Room, job: Job, error: LabelError) -> Job:
    """Nothing was accepted and nothing is billed: what it held is free again."""
    at = room.now()
    nothing = dict.fromkeys(accounts.held_by(job), 0)

    def work(books: sa.Connection) -> Job:
        return closed(books, job, "refusal", error, accounts.bill(books, job, nothing, at), at)

    done = room.write(work)
    sidecar.clear(room.spool / job.id)
    return done


def closed(
    books: sa.Connection, job: Job, event: Event, error: LabelError | None, bill: Bill, at: datetime
) -> Job:
    """The same inside a transaction."""
    why = _stored(error) if error is not None else {}
    data = {**job.data, **why, "cost_known": bill.known}
    data.pop("charged", None)
    ticket_files.forget(books, job.id)
    told = {name: why["error"][name] for name in ("code", "message")} if why else {}
    return jobs.move(
        books,
        job,
        event,
        at=at,
        told={**told, "over": dict(bill.over)} if bill.over else told,
        data=data,
        cost=bill.cost,
        units=bill.units,
        held=0,
        closed_at=at,
        next_look_at=None,
        **NOBODYS,
    )


def billed(books: sa.Connection, job: Job, charged: Amounts | None, at: datetime) -> Bill:
    """Settles a job. A provider that charged more than it had quoted is left alone from now on."""
    if job.data.get("settled"):  # a person has said what it cost
        charged = dict.fromkeys({*accounts.held_by(job), *accounts.quoted(job)}, 0)
    bill = accounts.bill(books, job, charged, at)
    if bill.over:
        accounts.block(books, job.provider, at)
    return bill


def news_of(job: Job, bill: Bill) -> list[JobNotice]:
    """What people have to know of a bill."""
    news = of_budgets(bill.notices)
    if bill.over:
        beyond = ", ".join(shown(unit, amount) for unit, amount in sorted(bill.over.items()))
        news.append(
            of_job(
                job,
                "overcharged",
                f"{job.provider} charged more than it had quoted",
                f"Ticket {job.id}: {beyond} more. {job.provider} gets no more orders until you say so.",
                f"Look at the account there, then use `noktvrn budget acknowledge {job.provider}`.",
            )
        )
    return news


def lost_sight(room: Room, job: Job, error: LabelError, finds: bool) -> Job:
    """Nobody knows what became of the order: it is not sent again by itself, and what it holds stays held."""
    at = room.now()
    data = {**job.data, **_stored(error), "cost_known": False}
    again = at + HOUR if finds else None

    def work(books: sa.Connection) -> Job:
        told = {"code": error.code, "message": error.message}
        return jobs.move(
            books, job, "loss", at=at, told=told, data=data, closed_at=at, next_look_at=again, **NOBODYS
        )

    lost = room.write(work)
    room.tell(
        of_job(
            lost,
            "unknown",
            f"Nobody knows whether {job.provider} took an order",
            f"Ticket {job.id} ({job.purpose}) is not sent again, and what it may cost stays held.",
            f"Look at the account there, then use `noktvrn ticket settle {job.id}`.",
        )
    )
    return lost


def unknown(job: Job) -> Unavailable:
    """The error of a job in that state."""
    words = job.data.get("error", {}).get("message", "")
    return Unavailable(
        f"Nobody knows whether {job.provider} took an order (ticket {job.id}). {words}".strip(),
        code=OUTCOME_UNKNOWN,
        hint=f"It is not sent again. Look at the account there, then `noktvrn ticket settle {job.id}`.",
    )


def error_of(job: Job) -> LabelError:
    """The error a job ended with, as it was raised at first."""
    told: Mapping[str, str] = job.data.get("error", {})
    kind = known_errors().get(told.get("kind", ""), Fault)
    message = told.get("message") or f"The job {job.id} is {job.state.value}."
    return kind(message, code=told.get("code"), hint=told.get("hint", ""))


def _stored(error: LabelError) -> dict[str, Any]:
    told = {"message": error.message, "code": error.code, "hint": error.hint}
    return {"code": error.code, "error": {"kind": type(error).__name__, **told}}
