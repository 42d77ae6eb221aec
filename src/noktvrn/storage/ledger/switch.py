"""The label's one switch: while it is off, no paid or outward call begins and renders end at a checkpoint.

Whoever opens a ticket asks here in the same transaction, so that nothing slips in beside a stop. Every turn
is a row of its own: who counts the turns before and after a piece of work knows whether the label stood
still in between, however shortly.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from noktvrn.kernel.errors import NotReady
from noktvrn.storage.ledger import events
from noktvrn.storage.prepared import Prepared
from noktvrn.storage.switch_tables import switch

STOPPED = "label.stopped"
"""The code of every refusal because of the switch."""

_LOCK = 0x6E6F6B7377  # one hand at the switch at a time on a shared server


@dataclass(frozen=True, slots=True)
class Stop:
    """Who stopped the label, why and when."""

    by: str
    reason: str
    at: datetime


def stopped(connection: sa.Connection) -> Stop | None:
    """The stop that holds, or None while the label works."""
    row = connection.execute(sa.select(switch).order_by(switch.c.number.desc()).limit(1)).first()
    return Stop(row.actor, row.reason, row.at) if row is not None and row.state == "stopped" else None


def turns(connection: sa.Connection) -> int:
    """How often the switch was turned: the quick way to ask how it stands."""
    rows = _TURNS.rows(connection, {})
    return int(rows[0][0])


def is_off(turned: int) -> bool:
    """Whether a switch that was turned so often stands at stop: each turn is from one to the other."""
    return turned % 2 == 1


def check(connection: sa.Connection) -> None:
    """Passes while the label works.

    Raises:
        NotReady: it is stopped (`label.stopped`).
    """
    if is_off(turns(connection)):
        stop_ = stopped(connection)
        raise refusal(stop_)


def refusal(stop_: Stop | None) -> NotReady:
    """The error of everything a stop keeps from beginning."""
    why = f": {stop_.reason.rstrip('.')}" if stop_ is not None and stop_.reason else ""
    return NotReady(
        f"The label was stopped by {stop_.by}{why}." if stop_ is not None else "The label is stopped.",
        code=STOPPED,
        hint="`noktvrn start` lets it go on.",
    )


def stop(connection: sa.Connection, *, by: str, reason: str, at: datetime) -> Stop:
    """Stops the label; one that is stopped stays as it is. Returns the stop that holds."""
    _lock(connection)
    before = stopped(connection)
    if before is None:
        _turn(connection, "stopped", by, reason, at)
    return before or Stop(by, reason, at)


def start(connection: sa.Connection, *, by: str, at: datetime) -> Stop | None:
    """Lets the label work again. Returns the stop that is over; None: it was working."""
    _lock(connection)
    before = stopped(connection)
    if before is not None:
        _turn(connection, "started", by, "", at)
    return before


def _turn(connection: sa.Connection, state: str, by: str, reason: str, at: datetime) -> None:
    number = turns(connection) + 1
    connection.execute(switch.insert().values(number=number, state=state, actor=by, reason=reason, at=at))
    detail = {"by": by, "reason": reason} if reason else {"by": by}
    events.add(connection, kind=f"label.{state}", subject="label", state=state, detail=detail, at=at)


def _lock(connection: sa.Connection) -> None:
    """SQLite's one writer needs no further lock."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))


_TURNS = Prepared(sa.select(sa.func.coalesce(sa.func.max(switch.c.number), 0)))
