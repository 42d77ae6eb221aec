"""Autopilot's limits: the settings' word, the label's switch for it, and caps for one day, of number and of
money."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa

from noktvrn.kernel.errors import NotAllowed
from noktvrn.kernel.ids import parse
from noktvrn.model.run import Run
from noktvrn.model.verdict import ReviewItem
from noktvrn.production.albums import songs_of
from noktvrn.production.studio import Studio
from noktvrn.settings import Settings
from noktvrn.storage import audit
from noktvrn.storage.ledger import desk, reviews, runs, spending

DAY = timedelta(days=1)
FLAG = "autopilot"


class Allowance(NamedTuple):
    """Autopilot as it stands: whether it is on, how many releases it approved in 24 hours and what they cost
    (millionths of a US dollar), and the most of both. `most_micros` None: no cap."""

    on: bool
    releases: int
    most_releases: int
    micros: int
    most_micros: int | None

    @property
    def line(self) -> str:
        """In one line."""
        of = f" of {dollars(self.most_micros)}" if self.most_micros is not None else ""
        return (
            f"Autopilot is {'on' if self.on else 'off'}. In 24 hours it approved {self.releases} of "
            f"{self.most_releases} releases, for {dollars(self.micros)}{of}."
        )


@dataclass(slots=True)
class _Served:
    """What autopilot approved in 24 hours, by artist. Only where money is asked for are `micros` filled, and
    `runs`, which has the songs of records, too."""

    releases: Counter[str] = field(default_factory=Counter)
    micros: Counter[str] = field(default_factory=Counter)
    runs: list[str] = field(default_factory=list)


def is_on(connection: sa.Connection, studio: Studio) -> bool:
    """Whether autopilot may give verdicts, caps aside."""
    return studio.settings.autopilot_allowed and desk.flag(connection, FLAG) != "off"


def turn(connection: sa.Connection, on: bool, *, by: str, at: datetime) -> None:
    """Turns the label's switch for it."""
    value = "on" if on else "off"
    desk.set_flag(connection, FLAG, value, by=by, at=at)
    audit.record(connection, f"autopilot.{value}", artist_id=audit.LABEL, subject=FLAG, actor=by, at=at)


def allowance(connection: sa.Connection, studio: Studio) -> Allowance:
    """How autopilot stands in the whole label."""
    settings, served = studio.settings, _served(connection, studio, money=True)
    return Allowance(
        is_on(connection, studio),
        served.releases.total(),
        settings.autopilot_label_daily,
        served.micros.total(),
        settings.autopilot_label_budget,
    )


def may_serve(connection: sa.Connection, studio: Studio) -> tuple[ReviewItem, ...]:
    """What autopilot may decide now, longest first."""
    settings = studio.settings
    if not is_on(connection, studio) or not settings.autopilot_artist_daily:
        return ()
    served = _served(connection, studio, money=_is_capped(settings))
    if served.releases.total() >= settings.autopilot_label_daily:
        return ()
    full = [name for name, number in served.releases.items() if number >= settings.autopilot_artist_daily]
    return desk.for_autopilot(connection, besides=full, dearest=_dearest(settings, served))


def check(connection: sa.Connection, studio: Studio, run: Run) -> None:
    """Passes where autopilot may approve this run now. Counting and approving is one transaction.

    Raises:
        NotAllowed: it is off, a person took its verdict back, or a cap is reached.
    """
    settings = studio.settings
    reviews.lock_door(connection, "autopilot")
    if not is_on(connection, studio):
        raise _refused(run, "Autopilot is switched off for this label.", "autopilot.off")
    if run.autopilot and reviews.is_for_people(connection, run.id):
        raise _refused(run, "A person has taken this run over.", "autopilot.taken_over")
    served = _served(connection, studio, money=_is_capped(settings))
    mine, label = served.releases[run.artist_id], served.releases.total()
    if mine >= settings.autopilot_artist_daily:
        told = f"Autopilot approved {mine} release(s) of this artist in 24 hours; that is its cap."
        raise _refused(run, told, "autopilot.artist_cap")
    if label >= settings.autopilot_label_daily:
        told = f"Autopilot approved {label} releases in 24 hours; that is the label's cap."
        raise _refused(run, told, "autopilot.label_cap")
    _check_money(connection, settings, run, served)


def money_used_up(connection: sa.Connection, studio: Studio, artist_id: str) -> str:
    """Why nothing is begun now for this artist that autopilot is to decide; empty: nothing speaks against it.

    What autopilot approved in 24 hours counts, and what was spent meanwhile on runs that wait for it.
    """
    settings = studio.settings
    if not _is_capped(settings):
        return ""
    served = _served(connection, studio, money=True)
    spent = served.micros + Counter(
        spending.unattended(connection, studio.clock.now() - DAY, besides=served.runs)
    )
    for used, most, whose in _against(settings, spent, artist_id):
        # With a cap of nothing, what costs nothing goes on; the rest waits for a person.
        if most is not None and 0 < most <= used:
            return f"autopilot's money is used up: {dollars(used)} of {dollars(most)} {whose} in 24 hours"
    return ""


def dollars(micros: int) -> str:
    """An amount as it is told: cents, and what is finer than these where there is any."""
    cents, finer = divmod(micros, 10_000)
    more = f"{finer:04}".rstrip("0") if finer else ""
    return f"{cents // 100}.{cents % 100:02}{more} USD"


def _check_money(connection: sa.Connection, settings: Settings, run: Run, served: _Served) -> None:
    if not _is_capped(settings):
        return
    cost = spending.of_runs(connection, _parts(connection, run))
    for used, most, whose in _against(settings, served.micros, run.artist_id):
        if most is not None and cost and used + cost > most:
            told = (
                f"This release cost {dollars(cost)}; autopilot approved for {dollars(used)} {whose} in 24 "
                f"hours, and its cap is {dollars(most)}."
            )
            raise _refused(run, told, f"autopilot.{whose.split()[-1]}_money")


def _against(
    settings: Settings, spent: Counter[str], artist_id: str
) -> tuple[tuple[int, int | None, str], ...]:
    """What was spent, against which cap, and whose it is."""
    return (
        (spent[artist_id], settings.autopilot_artist_budget, "for this artist"),
        (spent.total(), settings.autopilot_label_budget, "for the label"),
    )


def _is_capped(settings: Settings) -> bool:
    return settings.autopilot_artist_budget is not None or settings.autopilot_label_budget is not None


def _dearest(settings: Settings, served: _Served) -> int | None:
    """What no release may have cost more than, whosever it is, to be looked at."""
    each, all_ = settings.autopilot_artist_budget, settings.autopilot_label_budget
    left = None if all_ is None else max(0, all_ - served.micros.total())
    return min((most for most in (each, left) if most is not None), default=None)


def _served(connection: sa.Connection, studio: Studio, *, money: bool) -> _Served:
    served = _Served()
    for artist_id, run_id in desk.approved(connection, studio.clock.now() - DAY, door="autopilot"):
        served.releases[artist_id] += 1
        if money:
            parts = _parts(connection, runs.get(connection, parse("run", run_id)))
            served.micros[artist_id] += spending.of_runs(connection, parts)
            served.runs += parts
    return served


def _parts(connection: sa.Connection, run: Run) -> list[str]:
    """A run, and of a record those of its songs."""
    return [run.id, *(song.id for song in songs_of(connection, run))]


def _refused(run: Run, told: str, code: str) -> NotAllowed:
    return NotAllowed(told, code=code, hint=f"`noktvrn review approve {run.id}` is a person's verdict.")
