"""Looks how a job stands, and writes down what follows from it."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from noktvrn.kernel.errors import LabelError
from noktvrn.outbound.jobs import accounts, asking, endings, fetching, pacing
from noktvrn.outbound.jobs.notices import of_job
from noktvrn.outbound.jobs.nouns import Progress, Remote
from noktvrn.outbound.jobs.planning import later
from noktvrn.outbound.jobs.room import Case
from noktvrn.outbound.jobs.taking import there
from noktvrn.outbound.troubles import Trouble, quoted, trouble, trouble_of
from noktvrn.outbound.wire import Wire
from noktvrn.storage.ledger import jobs, ticket_files
from noktvrn.storage.ledger.jobs import Job
from noktvrn.storage.ledger.tickets import Event

FINAL: dict[Trouble, Event] = {
    Trouble.EXPIRED: "expire",
    Trouble.FAILED: "fail",
    Trouble.MODERATION: "reject",
    Trouble.WITHHELD: "reject",
}
"""Troubles that end a job when a look meets them. Any other one is the look's own, and the job goes on."""
VAIN = (Trouble.AUTH, Trouble.INVALID, Trouble.CONTRACT)
"""Troubles of a look that asking again does not mend: a person has to."""
MOST_VAIN = 5
"""So many of these in a row, and nobody waits any more: the job is looked after once an hour."""
MOST_MISSED = 3
"""So often in a row a service has to say that it knows no such job: for a moment it may not know it yet, and
what it forgot is not ordered again."""
ENDS: dict[str, tuple[Event, Trouble]] = {
    "failed": ("fail", Trouble.FAILED),
    "rejected": ("reject", Trouble.MODERATION),
}


def looked(case: Case, job: Job) -> None:
    """One look, and what follows from it."""
    case.looks += 1
    if not job.ref:  # its files came with the answer: there is nobody to ask
        _finished(case, job, ())
        return
    try:
        with Wire() as wire:
            pacing.turn(case)
            said = asking.answer(case, lambda: case.service.look(job.ref))
    except LabelError as error:
        _troubled(case, job, error, wire)
        return
    _heard(case, _charged(case, _counted(job, "vain", 0), said), said)


def _troubled(case: Case, job: Job, error: LabelError, wire: Wire) -> None:
    """What follows from a look that brought an error."""
    kind = trouble_of(error)
    if kind is Trouble.LOST:
        _missed(case, job, error)
    elif kind in FINAL:
        endings.ended(case.room, job, FINAL[kind], error)
    else:
        asked = wire.last.retry_after_s if wire.last is not None else None
        vain = job.data.get("vain", 0) + 1 if kind in VAIN else 0
        job = _counted(job, "vain", vain)
        later(case, job, words=error.message, least_s=asked or 0.0, hopeless=vain >= MOST_VAIN)


def _missed(case: Case, job: Job, error: LabelError) -> None:
    """The service does not know the job: that is believed when it has said so several times."""
    missed = job.data.get("missed", 0) + 1
    if missed < MOST_MISSED:
        later(case, _counted(job, "missed", missed), words=error.message)
    else:
        endings.ended(case.room, job, "vanish", error)


def _counted(job: Job, name: str, count: int) -> Job:
    """The job with a count of looks in a row; 0: the row has ended."""
    rest = {one: value for one, value in job.data.items() if one != name}
    return job._replace(data={**rest, name: count} if count else rest)


def _heard(case: Case, job: Job, said: Progress) -> None:
    if case.told is not None and said.share is not None:
        case.told(said.share)
    if said.state == "lost":
        _missed(case, job, trouble(Trouble.LOST, job.provider, said.message))
        return
    job = _counted(job, "missed", 0)
    if said.state in ENDS:
        event, kind = ENDS[said.state]
        endings.ended(case.room, job, event, trouble(kind, job.provider, said.message))
    elif said.state == "ready" and said.files:
        _finished(case, job, said.files)
    elif said.state == "needs_human":
        _called(case, job, said)
    elif said.state == "partial":
        _parted(case, job, said)
    else:
        later(case, job, "run" if said.state == "running" else None, words=quoted(said.message))


def _charged(case: Case, job: Job, said: Progress) -> Job:
    """The service's own word on the cost is kept, whatever comes next."""
    if said.charged is None:
        return job
    data = {**job.data, "charged": accounts.amounts(said.charged)}
    return case.room.write(lambda books: jobs.note(books, job, data=data)) or job


def _finished(case: Case, job: Job, files: Sequence[Remote]) -> None:
    now = case.room.now()
    told = {"files": len(files)} if files else {}

    def work(books: sa.Connection) -> Job:
        ticket_files.put(books, job.id, [there(file) for file in files])
        return jobs.move(books, job, "finish", at=now, told=told, next_look_at=now, closed_at=None)

    case.room.write(work)


def _parted(case: Case, job: Job, said: Progress) -> None:
    """Some of it is there: that is fetched at once, because addresses do not live long."""
    rows = [there(file) for file in said.files if file.url]
    case.room.write(lambda books: ticket_files.put(books, job.id, rows))
    fetching.fetch_there(case, job)
    later(case, job, "part", words=quoted(said.message))


def _called(case: Case, job: Job, said: Progress) -> None:
    words = quoted(said.message)
    later(case, job, "call a person", words=words)
    text = f"Ticket {job.id}: {words}" if words else f"Ticket {job.id} does not go on without you."
    hint = f"See `noktvrn ticket show {job.id}`."
    case.room.tell(of_job(job, "needs_you", f"{job.provider} waits for you", text, hint))
