"""Waiting for a ledger: how long for which trouble, on a clock of the test's own."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from noktvrn.kernel.errors import Unavailable
from noktvrn.production import patience
from noktvrn.production.patience import patiently

HOUR_S = 3600.0


class Hours:
    """Time that passes only while somebody waits; every try takes half a minute, as one of a locked file."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 0.0
        monkeypatch.setattr(patience, "time", self)

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def failing(self, code: str, until_s: float) -> Callable[[], float]:
        def act() -> float:
            self.now += 30.0
            if self.now < until_s:
                raise Unavailable("Not now.", code=code)
            return self.now

        return act


@pytest.mark.parametrize("code", ["database.busy", "database.unavailable", "ledger.full"])
def test_a_ledger_that_comes_back_within_the_hour_fails_nothing(
    monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    """A writer that was put to sleep keeps a file busy until it wakes."""
    hours = Hours(monkeypatch)
    assert patiently(hours.failing(code, 0.9 * HOUR_S)) >= 0.9 * HOUR_S


@pytest.mark.parametrize("code", ["database.busy", "database.unavailable"])
def test_an_error_that_never_ends_is_told_after_an_hour(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    hours = Hours(monkeypatch)
    with pytest.raises(Unavailable):
        patiently(hours.failing(code, 10 * HOUR_S))
    assert HOUR_S <= hours.now < 1.1 * HOUR_S


def test_anything_else_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    hours = Hours(monkeypatch)
    with pytest.raises(Unavailable):
        patiently(hours.failing("provider.away", HOUR_S))
    assert hours.now == 30.0
