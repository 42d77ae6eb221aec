"""Sees an order through: whatever state it is found in, the next step from there, until it has ended."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import timedelta

from noktvrn.kernel import checkpoint
from noktvrn.kernel.errors import Conflict, LabelError, NotReady
from noktvrn.outbound.jobs import endings, fetching, looking, ordering, planning, recovering
from noktvrn.outbound.jobs.nouns import Delivery
from noktvrn.outbound.jobs.room import Case
from noktvrn.outbound.troubles import Trouble, trouble_of
from noktvrn.storage.ledger import jobs
from noktvrn.storage.ledger.jobs import Job
from noktvrn.storage.ledger.tickets import AT_WORK, ENDED, TO_FETCH, TicketState

S = TicketState
OTHERS_GRACE = timedelta(minutes=2)
"""How long beyond the deadline a caller waits for another one that has the job in hand."""
LATER = (Trouble.RATE, Trouble.BUSY, Trouble.TRANSIENT, Trouble.MAINTENANCE)


def seen_through(case: Case) -> Delivery:
    """What the order brought, however many steps that takes.

    Raises: as `service.Jobs.done`.
    """
    case.started_at = case.room.now()
    try:
        while True:
            job = case.room.find(case.order.key)
            if job is not None and job.state is S.STORED:
                return fetching.delivered(case.room, job)
            checkpoint.reached()
            with moved_meanwhile():
                _step(case, job)
    finally:
        _let_go(case)


@contextlib.contextmanager
def moved_meanwhile() -> Iterator[None]:
    """Somebody else has moved the job: whoever goes on looks at it anew."""
    try:
        yield
    except Conflict as conflict:
        if conflict.code != jobs.MOVED:
            raise


def stepped(case: Case, job: Job) -> None:
    """The next step of a job in our hands."""
    if job.state is S.OPEN:
        recovering.recovered(case, job)
    elif job.state is S.UNKNOWN:
        recovering.sought(case, job)
    elif job.state in TO_FETCH:
        fetching.fetched(case, job)
    else:
        looking.looked(case, job)


def _step(case: Case, job: Job | None) -> None:
    if job is None or _may_ask_again(case, job):
        _ordered_patiently(case, job)
    elif not case.room.is_free(job):
        _wait_for_others(case, job)
    else:
        _raise_if_over(case, job)
        if _is_due(case, job):
            mine = case.room.taken(job)
            if mine is not None:
                stepped(case, mine)
        else:
            case.room.until(job.next_look_at)


def _may_ask_again(case: Case, job: Job) -> bool:
    """A call orders once; what an earlier one came to may allow this one to order again."""
    if case.sent:
        return case.again and job.state is S.REFUSED
    asked_for_free = case.order.free and job.state in (S.UNKNOWN, S.LOST)
    return job.state is S.REFUSED or asked_for_free


def _ordered_patiently(case: Case, job: Job | None) -> None:
    """Orders it; what was certainly not accepted once more, for as long as patience lasts."""
    room = case.room
    case.again = False
    try:
        ordering.ordered(case, job)
    except LabelError as error:
        pause = case.retry_after_s or 2.0 ** min(case.sent, 5)
        waited = (room.now() - (case.started_at or room.now())).total_seconds()
        if not case.sent or trouble_of(error) not in LATER or waited + pause > room.patience_s:
            raise
        case.again = True
        room.pause(pause)


def _wait_for_others(case: Case, job: Job) -> None:
    """Somebody else has it in hand: what they bring is ours too."""
    told = job.data.get("deadline_at")
    end = planning.moment(job, "deadline_at") if told else job.opened_at + _whole(case)
    if case.room.now() > max(end, case.deadline) + OTHERS_GRACE:
        raise planning.overdue(job)
    case.room.until(None)


def _whole(case: Case) -> timedelta:
    return timedelta(seconds=case.service.caps.deadline_s)


def _is_due(case: Case, job: Job) -> bool:
    if job.state in (S.OPEN, S.UNKNOWN) or (job.state is S.STALE and not case.looks):
        return True
    return job.next_look_at is None or job.next_look_at <= case.room.now()


def _raise_if_over(case: Case, job: Job) -> None:
    """Raises where this caller has nothing more to wait for."""
    if job.state in ENDED or job.state is S.REFUSED:
        raise endings.error_of(job)
    if job.state is S.UNKNOWN and case.sought:
        raise endings.unknown(job)
    if job.state is S.STALE and case.looks:
        raise planning.overdue(job)
    if job.state is S.NEEDS_HUMAN and case.looks and _is_late(case, job):
        raise waits_for_a_person(job)


def _is_late(case: Case, job: Job) -> bool:
    return job.state in AT_WORK and case.room.now() >= planning.moment(job, "deadline_at")


def waits_for_a_person(job: Job) -> NotReady:
    """The error of a job that does not go on without somebody."""
    words = job.data.get("words") or "it does not go on by itself"
    return NotReady(
        f"{job.provider} waits for you: {words} (ticket {job.id}).",
        code="outside.needs_human",
        hint=f"See `noktvrn ticket show {job.id}`; what comes is kept.",
    )


def _let_go(case: Case) -> None:
    with contextlib.suppress(LabelError):  # a ledger that is gone: the lease ends by itself
        job = case.room.find(case.order.key)
        if job is not None and job.owner == case.room.leases.owner.name:
            case.room.let_go(job.id)
