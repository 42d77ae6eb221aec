"""The days of a plan: which days carry something, and which of these carry a store release.

Three rules never give way: two items are `low`..`high` days apart (the artist's release strategy, always
inside 3..15); two store releases are at least seven days apart, also from releases that are already fixed;
a store release has its whole lead time inside the window. The fourth, a preferred weekday, gives way only
to a strategy whose days are too narrow to reach one.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise

from noktvrn.model.artist import ReleaseStrategy

SINGLE_GAP_DAYS = 7
LEAD_DAYS = 14
FRIDAY = 4

# After a single, two times in three something smaller comes first.
_BREATH = 2 / 3


@dataclass(frozen=True, slots=True)
class Slot:
    """A day of the plan. `single` says that a store release comes out."""

    on: date
    single: bool


@dataclass(slots=True)
class Pace:
    """Walks from the first day to the last. `taken` are days of singles, planned here or fixed before."""

    strategy: ReleaseStrategy
    starts_on: date
    days: int
    rng: random.Random
    taken: list[date]
    slots: list[Slot] = field(default_factory=list)

    def walk(self) -> tuple[Slot, ...]:
        """All slots in the order of their days: at least one, as the first falls in the first days."""
        while window := self._window():
            self.slots.append(self._pick(window))
        return tuple(self.slots)

    def _window(self) -> list[date]:
        """The days on which the next item may fall."""
        low, high = self.strategy.track_release_random_days
        if self.slots:
            first = (self.slots[-1].on - self.starts_on).days
            offsets = range(first + low, min(first + high, self.days - 1) + 1)
        else:
            offsets = range(min(low, self.days))
        return [self.starts_on + timedelta(days=offset) for offset in offsets]

    def _pick(self, window: list[date]) -> Slot:
        release_days = [] if self._wants_breath() else self._release_days(window)
        if release_days:
            slot = Slot(self.rng.choice(release_days), single=True)
            self.taken.append(slot.on)
            return slot
        return Slot(self.rng.choice(window[: self._reach(window)]), single=False)

    def _wants_breath(self) -> bool:
        return bool(self.slots) and self.slots[-1].single and self.rng.random() < _BREATH

    def _reach(self, window: list[date]) -> int:
        """Small items stay in the nearer half of the window: they are there to keep the artist present."""
        return max(1, (len(window) + 1) // 2)

    def _release_days(self, window: list[date]) -> list[date]:
        free = [day for day in window if self._is_free(day)]
        preferred = [day for day in free if day.weekday() in (self.strategy.preferred_weekdays or (FRIDAY,))]
        low, high = self.strategy.track_release_random_days
        whole_week = high - low >= 6
        return preferred if preferred or whole_week else free

    def _is_free(self, day: date) -> bool:
        fits = day >= self.starts_on + timedelta(days=LEAD_DAYS)
        return fits and all(abs((day - other).days) >= SINGLE_GAP_DAYS for other in self.taken)


def draw_slots(
    strategy: ReleaseStrategy, *, starts_on: date, days: int, rng: random.Random, fixed: Sequence[date]
) -> tuple[Slot, ...]:
    """The days of a plan of `days` days from `starts_on`; `fixed` are days of releases outside the plan."""
    return Pace(strategy, starts_on, days, rng, list(fixed)).walk()


def spread_films(count: int, ratio: float, rng: random.Random) -> tuple[bool, ...]:
    """Which of `count` singles get a music video: evenly spread, never a whole one off `ratio * count`.

    A running sum that starts at a drawn phase; whenever it passes a whole number, there is a film.
    """
    phase = rng.random() if 0.0 < ratio < 1.0 else 0.0
    steps = [int(phase + ratio * index + 1e-9) for index in range(count + 1)]
    return tuple(after > before for before, after in pairwise(steps))
