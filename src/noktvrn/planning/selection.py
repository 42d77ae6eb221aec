"""Whom a cycle of the label produces: a pure choice among all artists of the roster.

First whoever has an entry of a calendar due, the most pressing entry first; then candidates, who have to be
heard before anything is known of them; then everybody else. Among equals whoever has been idle longest. An
artist whose calendar goes on is left to its calendar. Whoever was chosen lately and could not be started
comes after everybody else: one that never can takes nobody's place for long. Nobody is chosen who is paused
or retired, is in production, has a song on the desk that nobody planned, rested too little, or has no money
left.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from heapq import nsmallest
from typing import NamedTuple

from noktvrn.model.artist import LifecycleState

WORKING = frozenset({LifecycleState.CANDIDATE, LifecycleState.ACTIVE, LifecycleState.EVOLVING})
NEVER = datetime.min.replace(tzinfo=UTC)


class Why(StrEnum):
    """Why an artist was chosen."""

    DUE = "due"
    CANDIDATE = "candidate"
    IDLE = "idle"


class Pass(StrEnum):
    """Why an artist was passed over."""

    STATE = "paused or retired"
    BUSY = "in production"
    DESK = "a song on the desk"
    CALENDAR = "left to its calendar"
    RESTING = "resting"
    BUDGET = "no budget left"
    LATER = "no place in this cycle"


class Due(NamedTuple):
    """An entry of a calendar that should be made now."""

    produce_by: date
    brief_id: str


class Standing(NamedTuple):
    """What the choice knows of an artist. `planned`: its calendar has entries to come; `stumbled`: it was
    chosen lately and could not be started."""

    artist_id: str
    state: LifecycleState
    last_run_at: datetime | None = None
    busy: bool = False
    on_desk: bool = False
    planned: bool = False
    due: Due | None = None
    has_budget: bool = True
    stumbled: bool = False


class Chosen(NamedTuple):
    """An artist of the cycle, and the calendar's entry it makes where one is due."""

    artist_id: str
    why: Why
    brief_id: str = ""


@dataclass(frozen=True, slots=True)
class Rules:
    """`places`: how many are chosen at most. `rest`: idle time before an artist that is no candidate is
    chosen without a calendar."""

    places: int
    rest: timedelta = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Selection:
    """Who was chosen, in the order of their going, and how many were passed over for what."""

    chosen: tuple[Chosen, ...]
    passed: dict[Pass, int] = field(default_factory=dict)


def select(standings: Iterable[Standing], rules: Rules, now: datetime) -> Selection:
    """The artists of one cycle. The same standings in any order give the same choice."""
    passed: Counter[Pass] = Counter()
    open_: list[Standing] = []
    for one in standings:
        reason = _reason_to_pass(one, rules, now)
        if reason is None:
            open_.append(one)
        else:
            passed[reason] += 1
    best = nsmallest(max(0, rules.places), open_, key=_order)
    if len(open_) > len(best):
        passed[Pass.LATER] = len(open_) - len(best)
    return Selection(tuple(_chosen(one) for one in best), dict(passed))


def _reason_to_pass(one: Standing, rules: Rules, now: datetime) -> Pass | None:
    if one.state not in WORKING:
        return Pass.STATE
    if one.busy:
        return Pass.BUSY
    if one.due is None and (reason := _reason_without_a_plan(one, rules, now)):
        return reason
    return None if one.has_budget else Pass.BUDGET


def _reason_without_a_plan(one: Standing, rules: Rules, now: datetime) -> Pass | None:
    if one.on_desk:
        return Pass.DESK
    if one.planned:
        return Pass.CALENDAR
    rested = one.last_run_at is None or now - one.last_run_at >= rules.rest
    return None if rested or one.state is LifecycleState.CANDIDATE else Pass.RESTING


def _order(one: Standing) -> tuple[bool, int, date, datetime, str]:
    return (
        one.stumbled,
        list(Why).index(_why(one)),
        one.due.produce_by if one.due else date.min,
        one.last_run_at or NEVER,
        one.artist_id,
    )


def _why(one: Standing) -> Why:
    if one.due is not None:
        return Why.DUE
    return Why.CANDIDATE if one.state is LifecycleState.CANDIDATE else Why.IDLE


def _chosen(one: Standing) -> Chosen:
    return Chosen(one.artist_id, _why(one), one.due.brief_id if one.due else "")
