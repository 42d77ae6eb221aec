"""What is remembered of each model at each task: outcomes that fade with newer ones and with time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

DAY_S = 86_400.0
WEIGHTS: Mapping[str, float] = {"validity": 0.5, "critic": 1.0, "verdict": 2.0, "performance": 1.0}
"""How much an outcome of each kind counts."""
LATE = frozenset(["verdict", "performance"])
"""Kinds that only some works get, on scales of their own: they count by their distance from the usual."""


class Known(NamedTuple):
    """Faded evidence: its weight and its sum at `stamp`, a moment on the fading clock."""

    weight: float = 0.0
    total: float = 0.0
    stamp: float = 0.0

    def at(self, clock: float) -> tuple[float, float]:
        """Weight and sum as they count at `clock`, in half-lives; the clock never runs backwards."""
        left = 0.5 ** (clock - self.stamp)
        return self.weight * left, self.total * left

    def plus(self, weight: float, value: float, clock: float) -> Known:
        """With one more value at `clock`."""
        kept, total = self.at(clock)
        return Known(kept + weight, total + weight * value, clock)


NOTHING = Known()


class Clock:
    """Runs one half-life in `outcomes` outcomes or `days` days, whichever of both is counted."""

    __slots__ = ("_counted", "_days", "_latest_s", "_outcomes")

    def __init__(self, outcomes: float, days: float) -> None:
        self._outcomes, self._days = outcomes, days
        self._counted, self._latest_s = 0, 0.0

    def tick(self, at: datetime) -> float:
        """One more outcome, at this moment."""
        self._counted += 1
        self._latest_s = max(self._latest_s, at.timestamp())
        return self.read(None)

    def read(self, now: datetime | None) -> float:
        """Half-lives since the beginning."""
        latest_s = self._latest_s if now is None else max(self._latest_s, now.timestamp())
        return self._counted / self._outcomes + latest_s / (DAY_S * self._days)
