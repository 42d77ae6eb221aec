"""Opens a job: its reservation and its row are committed before anything is sent."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from noktvrn.kernel.errors import BudgetSpent
from noktvrn.kernel.ids import TicketId, derive
from noktvrn.outbound.budgets import caps_for
from noktvrn.outbound.jobs import accounts
from noktvrn.outbound.jobs.accounts import USD, Full
from noktvrn.outbound.jobs.leases import LEASE
from noktvrn.outbound.jobs.room import Case
from noktvrn.storage.ledger import jobs, switch, ticket_files
from noktvrn.storage.ledger.jobs import Job
from noktvrn.storage.ledger.tickets import TicketState


@dataclass(frozen=True, slots=True)
class Crowded:
    """The provider has as many jobs as it takes at once."""


def opened(books: sa.Connection, case: Case, before: Job | None, token: str) -> Job | Full | Crowded | None:
    """The open job, ours to send. None: somebody else was faster, and nothing was written.

    Raises:
        BudgetSpent: the provider is left alone until a person has seen what it charged.
        Conflict: somebody has moved the job meanwhile.
        NotReady: the label is stopped (`label.stopped`).
    """
    switch.check(books)
    order, at = case.order, case.room.now()
    if accounts.is_blocked(books, order.provider):
        raise _blocked(order.provider)
    most = case.service.caps.at_once
    if most is not None and jobs.at_work(books, order.provider, at) >= most:
        return Crowded()
    job = _fresh(case, before, token, at)
    if before is not None:
        accounts.let_go(books, before, at)
    full = accounts.hold(books, accounts.amounts(order.quote.charges), job.scopes, at)
    if full is not None:
        if before is not None:  # it stays as it was, and so does what it holds
            accounts.hold_again(books, before, at)
        return full
    if before is None:
        added = jobs.add(books, job, at)
        if added is None:
            accounts.let_go(books, job, at)
        return added
    ticket_files.clear(books, job.id)
    again = "ask again for free" if order.free else "ask again"
    return jobs.move(books, before, again, at=at, **_changed(job))  # type: ignore[arg-type]


def hashed(token: str) -> str:
    """What the ledger keeps of a callback's token."""
    return hashlib.sha256(token.encode()).hexdigest()


def _fresh(case: Case, before: Job | None, token: str, at: datetime) -> Job:
    order, room = case.order, case.room
    quoted = accounts.amounts(order.quote.charges)
    spent = {unit: cost for unit, (_, cost) in before.units.items()} if before is not None else {}
    attempt = before.data.get("attempt", 1) + 1 if before is not None else 1
    return Job(
        id=TicketId(derive("ticket", order.key)),
        key=order.key,
        provider=order.provider,
        purpose=order.purpose,
        kind=order.kind,
        state=TicketState.OPEN,
        order=order.as_data(),
        data={"attempt": attempt},
        opened_at=at,
        request_hash=order.request_hash,
        held=quoted.get(USD, 0),
        cost=before.cost if before is not None else None,
        units={unit: [quoted.get(unit, 0), spent.get(unit, 0)] for unit in {*quoted, *spent} - {USD}},
        scopes=caps_for(
            room.settings,
            provider=order.provider,
            task=order.purpose,
            artist_id=order.errand.artist_id,
            now=at,
        ),
        owner=room.leases.owner.name,
        leased_until=at + LEASE,
        token_hash=hashed(token) if token else None,
        run_id=order.errand.run_id,
    )


_CHANGED = "order data opened_at held units scopes owner leased_until token_hash ref closed_at next_look_at"


def _changed(job: Job) -> dict[str, Any]:
    return {name: getattr(job, name) for name in _CHANGED.split()}


def _blocked(provider: str) -> BudgetSpent:
    return BudgetSpent(
        f"{provider} charged more than it had quoted, and gets no more orders.",
        code="budget.overcharged",
        hint=f"Look at the account there, then use `noktvrn budget acknowledge {provider}`.",
    )
