"""The rules of a breaker, as pure functions: when it opens, for how long, and who may try it again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from noktvrn.storage.ledger.breakers import Breaker

Category = Literal["transient", "hopeless"]
"""`hopeless`: quota, payment, key or model: nothing that a moment's patience mends."""


@dataclass(frozen=True, slots=True)
class Circuit:
    """Opens when, of the last `calls` within `window_s`, a `share` failed, or `in_a_row` without a success
    between them. It rests `rest_s`, doubled by every trial that fails, up to `longest_s`."""

    calls: int = 20
    window_s: float = 60.0
    share: float = 0.5
    in_a_row: int = 3
    rest_s: float = 5.0
    longest_s: float = 300.0
    hopeless_s: float = 300.0
    longest_retry_after_s: float = 3600.0
    trial_s: float = 120.0

    def after_failure(
        self,
        breaker: Breaker,
        successes: Sequence[datetime],
        now: datetime,
        *,
        category: Category,
        retry_after_s: float | None,
        trial: bool,
    ) -> Breaker:
        """The breaker after one more failure. `successes` are those this process saw."""
        begin = now - timedelta(seconds=self.window_s)
        failures = (*(moment for moment in breaker.failures if begin < moment <= now), now)[-self.calls :]
        breaker = breaker._replace(failures=failures)
        told = category == "hopeless" or bool(retry_after_s)
        if breaker.state == "probing" and not trial and not told:
            return breaker
        if breaker.state == "closed" and not told and not self._too_many(failures, successes, begin):
            return breaker
        openings = breaker.openings + (1 if trial or breaker.state == "closed" else 0)
        until = now + timedelta(seconds=self._rest_s(openings, category, retry_after_s))
        if breaker.state == "open" and breaker.until is not None:
            until = max(until, breaker.until)
        return breaker._replace(state="open", category=category, openings=openings, until=until)

    def _too_many(self, failures: Sequence[datetime], successes: Sequence[datetime], begin: datetime) -> bool:
        good = [moment for moment in successes if moment > begin][-self.calls :]
        since = max(good, default=begin)
        if sum(moment > since for moment in failures) >= self.in_a_row:
            return True
        window = sorted([(moment, 0) for moment in good] + [(moment, 1) for moment in failures])
        last = window[-self.calls :]
        return sum(failed for _, failed in last) >= self.share * len(last)

    def _rest_s(self, openings: int, category: Category, retry_after_s: float | None) -> float:
        own = self.hopeless_s if category == "hopeless" else self.rest_s * 2 ** min(openings - 1, 20)
        own = min(own, self.longest_s)
        return max(own, min(retry_after_s or 0.0, self.longest_retry_after_s))

    def may_try(self, breaker: Breaker, now: datetime) -> bool:
        """Whether its time has come: an open one's rest, or a trial nobody reported of, is over. So it is too
        where more is left than anybody ever rests: the clock was set back."""
        if breaker.state == "closed" or breaker.until is None:
            return breaker.state != "closed"
        longest_s = max(self.trial_s, self.longest_s, self.hopeless_s, self.longest_retry_after_s)
        set_back = breaker.until - now > timedelta(seconds=longest_s)
        return breaker.until <= now or set_back

    def tried(self, breaker: Breaker, now: datetime) -> Breaker:
        """The breaker while one caller tries it."""
        return breaker._replace(state="probing", until=now + timedelta(seconds=self.trial_s))
