"""Plans the next look at a job: later each time, at once where a callback hints at it, and not for ever."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from noktvrn.kernel.errors import TimedOut
from noktvrn.kernel.seeds import dice
from noktvrn.outbound.jobs import endings
from noktvrn.outbound.jobs.endings import HOUR, NOBODYS
from noktvrn.outbound.jobs.notices import of_job
from noktvrn.outbound.jobs.room import Case
from noktvrn.storage.ledger import jobs, ticket_files
from noktvrn.storage.ledger.jobs import Job
from noktvrn.storage.ledger.tickets import MOVES, Event, TicketState

GROWTH = 1.5


def later(
    case: Case,
    job: Job,
    event: Event | None = None,
    words: str = "",
    least_s: float = 0.0,
    *,
    hopeless: bool = False,
) -> None:
    """Plans the next look, and makes the move where there is one; past its deadline, or where waiting is
    `hopeless`, nobody waits any more.

    `least_s` is how long the service itself wants to be left in peace.
    """
    now = case.room.now()
    if now >= moment(job, "expires_at") and (job.state, "expire") in MOVES:
        endings.ended(case.room, job, "expire", overdue(job))
    elif _over(job, now, hopeless) and (job.state, "be late") in MOVES and event != "call a person":
        _left(case, job, words if hopeless else "")
    else:
        _planned(case, job, event, words, min(least_s, HOUR.total_seconds()))


def _over(job: Job, now: datetime, hopeless: bool) -> bool:
    return hopeless or now >= moment(job, "deadline_at")


def _planned(case: Case, job: Job, event: Event | None, words: str, least_s: float) -> None:
    now = case.room.now()
    pause = _pause_s(case, job)
    data = {**job.data, "pause_s": pause, "looks": job.data.get("looks", 0) + 1, "words": words}
    jitter = dice(0, job.id, data["looks"]).uniform(0.85, 1.15)
    wait = HOUR if job.state is TicketState.STALE else timedelta(seconds=max(pause * jitter, least_s))

    def work(books: sa.Connection) -> None:
        seen = jobs.get(books, job.id)
        # A callback that came during the look has made the next one due already.
        hinted = seen.next_look_at != job.next_look_at
        planned: dict[str, Any] = {"data": data, "next_look_at": now if hinted else now + wait}
        if event is not None and (job.state, event) in MOVES:
            jobs.move(books, job, event, at=now, told={"words": words} if words else {}, **planned)
        else:
            jobs.note(books, job, **planned)

    case.room.write(work)


def _pause_s(case: Case, job: Job) -> float:
    caps = case.service.caps
    before = job.data.get("pause_s")
    first = min(caps.first_look_s, caps.longest_look_s)
    return first if before is None else min(max(before * GROWTH, 0.1), caps.longest_look_s)


def _left(case: Case, job: Job, why: str) -> None:
    """Nobody waits for it any more; it is looked after once an hour, because it may be paid for. Its
    addresses are forgotten: the next look brings fresh ones."""
    now = case.room.now()
    data = {**job.data, "left": why}

    def work(books: sa.Connection) -> Job:
        told = {"words": why} if why else {}
        again = now + HOUR
        ticket_files.forget(books, job.id)
        return jobs.move(books, job, "be late", at=now, told=told, data=data, next_look_at=again, **NOBODYS)

    case.room.write(work)
    if "left" in job.data:  # people know
        return
    did_not = "does not bring what it made" if why else "has not finished in time"
    text = f"Ticket {job.id} ({job.purpose}) is looked after once an hour; what comes late is kept. {why}"
    hint = f"See `noktvrn provider test {job.provider}`." if why else ""
    case.room.tell(of_job(job, "stale", f"{job.provider} {did_not}", text.strip(), hint))


def overdue(job: Job) -> TimedOut:
    """The error of a job nobody waits for any more."""
    why = job.data.get("left", "")
    return TimedOut(
        f"{job.provider} has not brought it in time (ticket {job.id}). {why}".strip(),
        code="outside.stale",
        hint=f"A late result is still kept; `noktvrn ticket show {job.id}` tells how it stands.",
    )


def moment(job: Job, name: str) -> datetime:
    """A moment that is kept with a job; one that is not is its opening."""
    told = job.data.get(name)
    return datetime.fromisoformat(told) if told else job.opened_at
