"""Faults are noted where they happen: counted, kept without secrets, told to people now and then.

Noting one never fails and never hides the error that was seen. Nothing here mends code.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from noktvrn.kernel.clock import Clock
from noktvrn.kernel.errors import BudgetSpent, Fault, LabelError, Outside
from noktvrn.kernel.ids import derive
from noktvrn.model.fault import FaultReport
from noktvrn.production.studio import Studio
from noktvrn.production.telling import tell_all
from noktvrn.production.traces import kept_words, place_of, same_words, told_by, trace_of
from noktvrn.roles.messenger import Notice
from noktvrn.settings import Settings
from noktvrn.storage.database import Database
from noktvrn.storage.ledger import faults

NOTED = "noktvrn_noted"
"""The mark on an error that was counted: it passes several doors on its way out."""

log = logging.getLogger("noktvrn.production")


@dataclass(frozen=True, slots=True)
class About:
    """What a fault happened to, as far as there is something."""

    run_id: str = ""
    artist_id: str = ""
    stage: str = ""
    provider: str = ""


def note(studio: Studio, error: BaseException, about: About = About()) -> None:
    """Counts the error if it is a fault, or one of the world outside, and tells people when it is time."""
    if NOTED in vars(error):
        return
    vars(error)[NOTED] = True
    try:
        seen = enter(studio.database, studio.settings, studio.clock, error, about)
        if seen is not None:
            tell_all(studio, notice_of(seen))
    except Exception:
        log.debug("a fault could not be noted", exc_info=True)


def enter(
    database: Database, settings: Settings, clock: Clock, error: BaseException, about: About
) -> FaultReport | None:
    """Counts an error; returns it where people are to be told now, else None.

    Raises:
        LabelError: the ledger is away.
    """
    if not is_fault(error):
        return None
    with database.begin() as connection:
        seen, tell = faults.see(connection, report_of(error, settings, clock, about))
    return seen if tell else None


def is_fault(error: BaseException) -> bool:
    """Whether an error is worth a row: one of ours, one nobody foresaw, or one of the world outside. What a
    person asked wrongly is none, nor is a spent budget: those are told where they happen."""
    if isinstance(error, LabelError):
        ours = error.exit_code == Fault.exit_code
        return ours or (isinstance(error, Outside) and not isinstance(error, BudgetSpent))
    return isinstance(error, Exception)


def report_of(error: BaseException, settings: Settings, clock: Clock, about: About) -> FaultReport:
    """What is kept of an error that was just seen."""
    known = error if isinstance(error, LabelError) else None
    root = error.__cause__ if known is not None and known.code == Fault.default_code else None
    kind, code = type(root or error).__name__, known.code if known else Fault.default_code
    message, place = told_by(root or error, settings), place_of(error)
    now = clock.now()
    return FaultReport(
        id=derive("fault", kind, code, same_words(message), place, about.provider),
        kind=kind,
        code=code,
        message=message,
        place=place,
        hint=kept_words(known.hint, settings) if known else "",
        trace=trace_of(error),
        outside=isinstance(error, Outside),
        first_at=now,
        last_at=now,
        run_id=about.run_id,
        artist_id=about.artist_id,
        provider=about.provider,
        stage=about.stage,
    )


def notice_of(fault: FaultReport) -> Notice:
    """One line for people."""
    times = f" (seen {fault.count} times)" if fault.count > 1 else ""
    whose = fault.provider or fault.stage or fault.place or "the label"
    return Notice(
        key=f"{fault.id}:{fault.count}:{fault.last_at:%Y%m%dT%H%M%S}",
        kind="warning",
        title=f"Fault in {whose}{times}",
        text=f"{fault.kind}: {fault.message} See `noktvrn faults show {fault.id}`.",
        run_id=fault.run_id,
        artist_id=fault.artist_id,
    )
