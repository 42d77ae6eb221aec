"""Orders of a stage that is made again: what it was brought before is taken, not bought, once more."""

from __future__ import annotations

import sqlalchemy as sa

from noktvrn.kernel.errors import NotReady
from noktvrn.outbound.jobs.nouns import JobOrder
from noktvrn.storage.ledger import jobs
from noktvrn.storage.ledger.tickets import TicketState

NOTHING_CAME = (
    TicketState.REFUSED,
    TicketState.FAILED,
    TicketState.REJECTED,
    TicketState.CANCELLED,
    TicketState.EXPIRED,
    TicketState.LOST,
)


def kept(books: sa.Connection, order: JobOrder) -> JobOrder:
    """The order to hand in: this one, or the one an earlier round made in its place, in that one's words.

    Raises:
        NotReady: an earlier round was served, but not with this piece: it is not bought unasked.
    """
    if not order.errand.kept:
        return order
    before = _before(books, order)
    for known in reversed(before):
        if known.key == order.key:
            return order
    for known in reversed(before):
        if known.errand.attempt == order.errand.attempt:
            return known
    if any(known.errand.round < order.errand.round for known in before):
        raise NotReady(
            f"{order.provider} was paid for this stage before and is not paid again unasked.",
            code="remake.not_bought",
            hint=f"`noktvrn run remake {order.errand.run_id} --buy` orders anew.",
        )
    return order


def _before(books: sa.Connection, order: JobOrder) -> list[JobOrder]:
    """What the same provider was ordered for the same stage, and may have brought, oldest first."""
    wanted = order.errand
    known = (job for job in jobs.every(books, provider=order.provider) if job.state not in NOTHING_CAME)
    orders = (JobOrder.model_validate(job.order) for job in known if job.purpose == order.purpose)
    return [one for one in orders if (one.errand.run_id, one.errand.stage) == (wanted.run_id, wanted.stage)]
