"""What a job holds in the budgets before it is sent, and what it is charged when it has ended.

Money and a service's own units (credits, downloads) are held together or not at all. What the service does
not tell of its charge is charged as it was quoted, and marked as our estimate.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from noktvrn.outbound import budgets as counts
from noktvrn.outbound.budgets import BudgetNotice
from noktvrn.outbound.jobs.nouns import Charge, JobOrder
from noktvrn.storage.ledger import breakers, caps
from noktvrn.storage.ledger.breakers import Breaker
from noktvrn.storage.ledger.budgets import Limit
from noktvrn.storage.ledger.jobs import Job

USD = "USD"
Amounts = Mapping[str, int]
"""How much, by unit."""


@dataclass(frozen=True, slots=True)
class Full:
    """A budget without room for a job."""

    scope: Limit
    unit: str


@dataclass(frozen=True, slots=True)
class Bill:
    """What a job was charged: the columns of its row, and what people have to know of it. `over` is what went
    beyond the quote, by unit."""

    cost: int
    units: dict[str, list[int]]
    known: bool
    over: Amounts
    notices: tuple[BudgetNotice, ...]


def amounts(charges: Iterable[Charge]) -> dict[str, int]:
    """Charges summed up by unit."""
    total: Counter[str] = Counter()
    for charge in charges:
        total[charge.unit] += charge.amount
    return dict(total)


def charges(told: Amounts) -> tuple[Charge, ...]:
    """Amounts as charges, by unit."""
    return tuple(Charge(unit=unit, amount=amount) for unit, amount in sorted(told.items()))


def hold(books: sa.Connection, wanted: Amounts, scopes: Sequence[Limit], at: datetime) -> Full | None:
    """Holds all of it in every scope, or nothing. None: it is held."""
    known = caps.known(books)
    held: list[str] = []
    for unit, amount in sorted(wanted.items()):
        limits = caps.over(known, scopes, unit)
        full = counts.reserve(books, limits, amount, unit, at=at)
        if full is not None:
            _release(books, {one: wanted[one] for one in held}, scopes, at)
            return Full(full, unit)
        held.append(unit)
    return None


def let_go(books: sa.Connection, job: Job, at: datetime) -> None:
    """What a job holds is free again; nothing is charged."""
    _release(books, held_by(job), job.scopes, at)


def hold_again(books: sa.Connection, job: Job, at: datetime) -> None:
    """What was let go is held as before, whatever the caps say by now: it was never settled."""
    uncapped = [Limit(scope.name) for scope in job.scopes]
    for unit, amount in held_by(job).items():
        counts.reserve(books, uncapped, amount, unit, at=at)


def _release(books: sa.Connection, held: Amounts, scopes: Sequence[Limit], at: datetime) -> None:
    for unit, amount in held.items():
        counts.settle(books, scopes, amount, 0, unit, at=at)


def quoted(job: Job) -> dict[str, int]:
    """The most a job was to cost, by unit."""
    return amounts(JobOrder.model_validate(job.order).quote.charges)


def held_by(job: Job) -> dict[str, int]:
    """What a job holds now, by unit."""
    own = {unit: held for unit, (held, _) in job.units.items()}
    return {USD: job.held, **own}


def charged_to(job: Job) -> dict[str, int]:
    """What a job was charged so far, by unit."""
    own = {unit: cost for unit, (_, cost) in job.units.items()}
    return {USD: job.cost or 0, **own}


def bill(books: sa.Connection, job: Job, told: Amounts | None, at: datetime) -> Bill:
    """Lets go of what a job holds, and charges what the service `told`, else what was quoted.

    What it was charged at earlier requests stays.
    """
    asked = quoted(job)
    said = dict(told or {})
    cost = {**asked, **said}
    notices: list[BudgetNotice] = []
    known = caps.known(books)
    held, before = held_by(job), charged_to(job)
    for unit in sorted({*held, *cost}):
        limits = caps.over(known, job.scopes, unit)
        notices += counts.settle(books, limits, held.get(unit, 0), cost.get(unit, 0), unit, at=at)
    over = {unit: amount - asked.get(unit, 0) for unit, amount in said.items()}
    return Bill(
        cost=before.pop(USD) + cost.get(USD, 0),
        units={unit: [0, before.get(unit, 0) + cost.get(unit, 0)] for unit in _own({*before, *cost})},
        known=set(said) >= {unit for unit, amount in asked.items() if amount},
        over={unit: amount for unit, amount in over.items() if amount > 0},
        notices=tuple(notices),
    )


def corrected(books: sa.Connection, job: Job, said: Amounts, at: datetime) -> Bill:
    """A person's word on what a job cost in all. What it holds is let go; units not spoken of stay."""
    held, before = held_by(job), charged_to(job)
    after = {**before, **said}
    notices: list[BudgetNotice] = []
    known = caps.known(books)
    for unit in sorted({*held, *after}):
        limits = caps.over(known, job.scopes, unit)
        change = after.get(unit, 0) - before.get(unit, 0)
        notices += counts.settle(books, limits, held.get(unit, 0), change, unit, at=at)
    units = {unit: [0, amount] for unit, amount in after.items() if unit in _own(after)}
    return Bill(after[USD], units, known=True, over={}, notices=tuple(notices))


def _own(units: Iterable[str]) -> list[str]:
    return sorted(set(units) - {USD})


def block(books: sa.Connection, provider: str, at: datetime) -> None:
    """Leaves a provider alone until a person has seen what it charged."""
    breakers.save(books, Breaker(_blocked(provider), "open", "hopeless", openings=1), at)


def unblock(books: sa.Connection, provider: str, at: datetime) -> bool:
    """A person has seen it. False: there was nothing to see."""
    was = is_blocked(books, provider)
    if was:
        breakers.save(books, Breaker(_blocked(provider)), at)
    return was


def is_blocked(books: sa.Connection, provider: str) -> bool:
    """Whether a provider charged more than it had quoted, and nobody has looked at it yet."""
    return breakers.find(books, _blocked(provider)).state != "closed"


def blocked(books: sa.Connection) -> list[str]:
    """Every such provider."""
    prefix = _blocked("")
    return [one.name[len(prefix) :] for one in breakers.every(books) if _is_block(one)]


def _is_block(breaker: Breaker) -> bool:
    return breaker.name.startswith(_blocked("")) and breaker.state != "closed"


def _blocked(provider: str) -> str:
    return f"charge/{provider}"
