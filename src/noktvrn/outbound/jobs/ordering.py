"""Sends an order, once: past the breaker, in its turn, its row committed before the first byte leaves."""

from __future__ import annotations

import contextlib
import secrets

from noktvrn.kernel.errors import BudgetSpent, Conflict, LabelError, Unavailable
from noktvrn.outbound.breakers import Permit
from noktvrn.outbound.failures import outcome_unknown
from noktvrn.outbound.jobs import accounts, asking, endings, pacing, taking
from noktvrn.outbound.jobs.accounts import Full
from noktvrn.outbound.jobs.notices import JobNotice, shown
from noktvrn.outbound.jobs.opening import Crowded, opened
from noktvrn.outbound.jobs.room import Case
from noktvrn.outbound.jobs.service import Slip
from noktvrn.outbound.loop import run
from noktvrn.outbound.troubles import Trouble, trouble_of
from noktvrn.outbound.wire import Wire
from noktvrn.storage.ledger import jobs
from noktvrn.storage.ledger.jobs import Job
from noktvrn.storage.ledger.tickets import TicketState

HOPELESS = (Trouble.AUTH, Trouble.CREDITS)
WELL = (Trouble.INVALID, Trouble.MODERATION, Trouble.WITHHELD, Trouble.FAILED)
"""Troubles of the order, not of the service."""
NEVER_TAKEN = (Trouble.CONTRACT, Trouble.LOST, Trouble.EXPIRED, Trouble.UNKNOWN)
"""Troubles after which only a free order counts as not accepted."""


def ordered(case: Case, before: Job | None) -> None:
    """Orders it, unless somebody else does meanwhile.

    Raises:
        BudgetSpent: a budget, or the account there, has no room for it.
        Outside: it was not accepted, or nobody knows.
    """
    provider = case.order.provider
    pacing.place(case)
    permit = run(case.room.breakers.permit(provider))
    if permit is None:
        raise _resting(provider)
    try:
        pacing.turn(case)
        token = secrets.token_urlsafe(16) if case.room.settings.public_base_url else ""
        job = _opened(case, before, token)
    except BaseException:
        run(case.room.breakers.returned(permit))
        raise
    if job is None:
        run(case.room.breakers.returned(permit))
        return
    _sent(case, job, permit, token)


def _opened(case: Case, before: Job | None, token: str) -> Job | None:
    """The open job; None: somebody else was at it, look again. Interrupted: what was opened is closed."""
    try:
        found = case.room.write(lambda books: opened(books, case, before, token))
    except Conflict as conflict:
        if conflict.code != jobs.MOVED:
            raise
        return None
    except BaseException:
        _unopened(case)
        raise
    if isinstance(found, Full):
        raise _full(case, found)
    return None if isinstance(found, Crowded) else found


def _unopened(case: Case) -> None:
    # The scribe keeps the order: by now, or before this, the job is open.
    job = case.room.find(case.order.key)
    ours = case.room.leases.owner.name
    if job is not None and job.state is TicketState.OPEN and job.owner == ours:
        endings.refused(case.room, job, Unavailable("It was interrupted.", code="outside.cancelled"))


def _sent(case: Case, job: Job, permit: Permit, token: str) -> None:
    case.sent += 1
    breakers = case.room.breakers
    folder = case.room.folder(job)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        run(breakers.returned(permit))
        raise _unsent(case, job, error) from error
    with Wire() as wire:
        try:
            said = case.service.submit(case.order, Slip(job.id, folder, _callback(case, token)))
        except LabelError as error:
            _told(case, permit, error, wire)
            heard = _not_taken(case, job, error, wire)
            if heard is None:
                return
            raise heard from error
        except Exception as error:
            run(breakers.returned(permit))
            endings.lost_sight(case.room, job, asking.mistake(case, error), case.service.caps.finds)
            return
        except BaseException:
            run(breakers.returned(permit))
            raise
    run(breakers.worked(permit))
    taking.taken(case, job, said)


def _unsent(case: Case, job: Job, error: OSError) -> LabelError:
    """There is no room for the answer, so nothing was asked."""
    told = Unavailable(
        f"Nothing was asked of {case.order.provider}: its folder could not be made: {error.strerror}.",
        code="spool.unwritable",
        hint="Make room on the disk of NOKTVRN_HOME.",
    )
    endings.refused(case.room, job, told)
    return told


def _callback(case: Case, token: str) -> str:
    base = case.room.settings.public_base_url
    return f"{base.rstrip('/')}/hooks/{case.order.provider}/{token}" if base and token else ""


def _told(case: Case, permit: Permit, error: LabelError, wire: Wire) -> None:
    """Tells the breaker what was learnt of the service."""
    breakers, kind = case.room.breakers, trouble_of(error)
    wait = wire.last.retry_after_s if wire.last is not None else None
    case.retry_after_s = wait
    if kind in HOPELESS:
        run(breakers.failed(permit, "hopeless", wait))
    elif kind in WELL:
        run(breakers.worked(permit))
    elif kind is not None or outcome_unknown(error) or error.code.startswith("outside."):
        # A pause this caller has the patience for is no reason to leave the service alone any longer.
        short = wait is not None and wait <= case.room.patience_s
        run(breakers.failed(permit, "transient", None if short else wait))
    else:
        run(breakers.returned(permit))


def _not_taken(case: Case, job: Job, error: LabelError, wire: Wire) -> LabelError | None:
    """Closes the job as the error says, and returns what its caller hears; None: it can be looked for."""
    room, kind = case.room, trouble_of(error)
    if kind is Trouble.MODERATION:
        endings.ended(room, job, "reject", error, dict.fromkeys(accounts.held_by(job), 0))
    elif kind is Trouble.WITHHELD:
        endings.ended(room, job, "reject", error)
    elif kind is Trouble.FAILED:
        endings.ended(room, job, "fail", error)
    elif outcome_unknown(error) or (_may_be_taken(error, wire) and not case.order.free):
        endings.lost_sight(room, job, error, case.service.caps.finds)
        return None
    else:
        endings.refused(room, job, error)
    return error


def _may_be_taken(error: LabelError, wire: Wire) -> bool:
    """Whether it may have been taken although it failed: the service does not say no, or the failure is one
    of our own after the order had left (a full disk)."""
    return trouble_of(error) in NEVER_TAKEN or (wire.sent and not error.code.startswith("outside."))


def _resting(provider: str) -> Unavailable:
    return Unavailable(
        f"{provider} is left alone for a while after failures.",
        code="outside.resting",
        hint="It is tried again by itself; `noktvrn provider test` says what is wrong.",
    )


def _full(case: Case, full: Full) -> BudgetSpent:
    cap = full.scope.cap_micros or 0
    told = JobNotice(
        f"budget:{full.scope.name}:{full.unit}:full:{cap}",
        "budget",
        f"The budget {full.scope.name} is full",
        f"It has no room for another order: {shown(full.unit, cap)} is its cap.",
        "See `noktvrn budget show`.",
    )
    with contextlib.suppress(Exception):
        case.room.tell(told)
    return BudgetSpent(
        f"The budget {full.scope.name} ({full.unit}) has no room for another order.",
        code="budget.full",
        hint="See `noktvrn budget show`; `noktvrn budget set` and NOKTVRN_BUDGET and its kin set the caps.",
    )
