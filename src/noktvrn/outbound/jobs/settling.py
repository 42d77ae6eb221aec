"""A person's word on a job: it was lost, these are its files, this is what it cost, call it off."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from noktvrn.kernel.errors import Conflict, Invalid, LabelError, NotFound, NotReady, Refused
from noktvrn.outbound.jobs import accounts, endings, fetching, sidecar
from noktvrn.outbound.jobs.accounts import Amounts, Bill
from noktvrn.outbound.jobs.nouns import FOUND, JobOrder
from noktvrn.outbound.jobs.room import Room
from noktvrn.outbound.jobs.service import Service
from noktvrn.storage.ledger import jobs, ticket_files
from noktvrn.storage.ledger.jobs import Job
from noktvrn.storage.ledger.ticket_files import FileRow
from noktvrn.storage.ledger.tickets import AT_WORK, ENDED, MOVES, TicketState

S = TicketState
Note = Callable[[sa.Connection, Job], None]
"""Runs in the transaction of the change, with the job as it is then."""
COUNTED = (*ENDED, S.REFUSED)
"""Where a job was settled before."""


def settled(
    room: Room,
    ticket_id: str,
    *,
    lost: bool,
    found: Sequence[Path],
    charged: Amounts | None,
    note: Note | None,
) -> Job:
    """The job as the person says. See `desk.JobDesk.settle`."""
    _consistent(lost, found, charged)
    with room.scribe.database.read() as books:
        job = jobs.get(books, ticket_id, lock=False)
    _ready(room, job, lost=lost, found=bool(found))
    rows = _checked(room, job, found)
    at = room.now()

    def work(books: sa.Connection) -> Job:
        if lost:
            done = _lost(books, job, at)
        elif rows:
            done = _found(books, job, rows, charged, at)
        else:
            done = _cost(books, job, charged or {}, at)
        if note is not None:
            note(books, done)
        return done

    done = room.write(work)
    if done.state is S.STORED:
        sidecar.clear(room.spool / job.id)
    return done


def called_off(room: Room, ticket_id: str, service: Service | None, note: Note | None) -> Job:
    """Calls a job off where its service can; else it is only marked, and what it brings is kept.

    Raises:
        NotFound: there is no such job. Conflict: it has ended.
    """
    with room.scribe.database.read() as books:
        job = jobs.get(books, ticket_id, lock=False)
    if job.state not in (*AT_WORK, S.STALE):
        raise Conflict(
            f"The job {job.id} is {job.state.value}: there is nothing to call off.",
            code="ticket.settled",
            hint=f"See `noktvrn ticket show {job.id}`.",
        )
    stopped = service is not None and service.caps.cancels and service.cancel(job.ref)
    at = room.now()

    def work(books: sa.Connection) -> Job:
        if stopped:
            bill = endings.billed(books, job, job.data.get("charged"), at)
            done = endings.closed(books, job, "cancel", _cancelled(job), bill, at)
        else:
            done = jobs.correct(books, job, "abandon", at=at, data={**job.data, "abandoned": True})
        if note is not None:
            note(books, done)
        return done

    return room.write(work)


def _cancelled(job: Job) -> LabelError:
    return Refused(
        f"The job {job.id} was called off.", code="outside.cancelled", hint="Another take is a new order."
    )


def _lost(books: sa.Connection, job: Job, at: datetime) -> Job:
    if ticket_files.kept(books, job.id):
        raise Conflict(
            f"A part of what {job.id} ordered has come and is kept, so it was not lost.",
            code="ticket.part_kept",
            hint="Say what it cost by --cost, or hand in the rest by --found FILE.",
        )
    bill = accounts.corrected(books, job, dict.fromkeys(accounts.charged_to(job), 0), at)
    error = Refused(f"The job {job.id} was lost.", code="ticket.lost", hint="It may be ordered again.")
    return endings.closed(books, job, "lost", error, bill, at)


def _found(
    books: sa.Connection, job: Job, rows: Sequence[FileRow], charged: Amounts | None, at: datetime
) -> Job:
    counted = job.state in COUNTED or job.data.get("settled")
    if counted:
        bill = accounts.corrected(books, job, charged or {}, at)
        bill = _as_known(bill, job, charged)
    else:
        told = {**(job.data.get("charged") or {}), **(charged or {})}
        bill = accounts.bill(books, job, told, at)
    ticket_files.clear(books, job.id)
    ticket_files.put(books, job.id, rows)
    for row in rows:
        ticket_files.keep(books, job.id, row)
    return endings.closed(books, job, "found", None, bill, at)


def _as_known(bill: Bill, job: Job, charged: Amounts | None) -> Bill:
    known = bool(charged) or bool(job.data.get("cost_known"))
    return Bill(bill.cost, bill.units, known, bill.over, bill.notices)


def _cost(books: sa.Connection, job: Job, charged: Amounts, at: datetime) -> Job:
    bill = accounts.corrected(books, job, charged, at)
    data = {**job.data, "cost_known": True, "settled": True}
    return jobs.correct(books, job, "cost", at=at, data=data, cost=bill.cost, units=bill.units, held=0)


def _checked(room: Room, job: Job, found: Sequence[Path]) -> list[FileRow]:
    """The person's files, past the same door as everybody's, and in the vault."""
    kind = JobOrder.model_validate(job.order).kind
    rows = []
    for number, path in enumerate(found, start=1):
        if not path.is_file():
            raise NotFound(f"There is no file {path}.", code="ticket.no_file", hint="Check the path.")
        seen = room.door.check(path, kind=kind)
        row = FileRow(f"{FOUND}{number}", kind, title=path.stem[:200])
        rows.append(fetching.kept(room, job, row, seen.path, seen.media_type, seen.duration_s))
    return rows


def _ready(room: Room, job: Job, *, lost: bool, found: bool) -> None:
    if lost or found:
        event = "lost" if lost else "found"
        if (job.state, event) in MOVES and room.is_free(job):
            return
        if job.state in (S.STORED, S.REFUSED, S.REJECTED, S.CANCELLED, S.FAILED):
            raise Conflict(
                f"The outcome of ticket {job.id} is known: {job.state.value}.",
                code="ticket.settled",
                hint="Only what it cost can still be corrected, by --cost and --charge.",
            )
    elif job.state in (*COUNTED, S.UNKNOWN):
        return
    raise NotReady(
        f"The ticket {job.id} is {job.state.value}: it is still looked after.",
        code="ticket.open",
        hint=f"See `noktvrn ticket show {job.id}`; what it brings is kept.",
    )


def _consistent(lost: bool, found: Sequence[Path], charged: Amounts | None) -> None:
    if lost and (found or any((charged or {}).values())):
        raise Invalid(
            "A lost job has no files and cost nothing.",
            code="ticket.contradiction",
            hint="Say --lost, or --found FILE, or --cost and --charge; the last go with --found too.",
        )
    if not lost and not found and charged is None:
        raise Invalid(
            "Nothing was said about the ticket.",
            code="ticket.nothing_said",
            hint="Say --lost, --found FILE, --cost USD or --charge '12 suno credits'.",
        )
