"""Meter: which places of a bar are strong, and where its felt beats lie."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate

from noktvrn.model.song import SongPlan
from noktvrn.sound.composition.pattern import STEP, straight, swung
from noktvrn.sound.style import Style
from noktvrn.sound.theory import pulse_of


@dataclass(frozen=True, slots=True)
class Meter:
    """A bar as it is felt: `groups` are its beats in sixteenths. Bars are counted from beat 0."""

    groups: tuple[int, ...]
    steps: int = field(init=False)
    heads: tuple[int, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "steps", sum(self.groups))
        object.__setattr__(self, "heads", (0, *accumulate(self.groups[:-1])))

    @property
    def bar(self) -> float:
        """Quarters in a bar."""
        return self.steps * STEP

    def step(self, beat: float) -> int:
        """The sixteenth of its bar a beat lies on, the nearest one."""
        return round(beat / STEP) % self.steps

    def strong(self, beat: float) -> bool:
        """Whether a felt beat begins there."""
        return self.weight(beat) >= 3

    def weight(self, beat: float) -> int:
        """How strong a place is: 4 the bar, 3 a felt beat, 2 an eighth in it, 1 a sixteenth, 0 between."""
        if abs(beat / STEP - round(beat / STEP)) > 0.02:
            return 0
        step = self.step(beat)
        if step in self.heads:
            return 3 if step else 4
        head = max(place for place in self.heads if place <= step)
        return 1 if (step - head) % 2 else 2

    def nearest(self, beat: float) -> float:
        """The felt beat nearest to a place, the later of two."""
        bars, place = divmod(beat / STEP + 1e-6, self.steps)
        head = min((*self.heads, self.steps), key=lambda head: (abs(head - place), -head))
        return (bars * self.steps + head) * STEP

    def pulses(self, start: float, end: float) -> Iterator[tuple[float, float]]:
        """The felt beats from the bar that begins at `start` until `end`: where, and how long in quarters."""
        while start < end - 1e-6:
            for group in self.groups:
                if start < end - 1e-6:
                    yield start, min(group * STEP, end - start)
                start += group * STEP

    def swung(self, beat: float, amount: float, unit: int) -> float:
        """`beat` with swing. Eighths swing in pairs: a group of three is none, so such meters stay even."""
        return swung(beat, amount, unit) if self._swings(unit) else beat

    def straight(self, beat: float, amount: float, unit: int) -> float:
        """`beat` without its swing."""
        return straight(beat, amount, unit) if self._swings(unit) else beat

    def _swings(self, unit: int) -> bool:
        return unit != 8 or not any(group % 4 for group in self.groups)


def meter_of(plan: SongPlan, style: Style) -> Meter:
    """The plan's meter, felt as the style counts it."""
    return Meter(style.groups if style.meter == plan.meter else pulse_of(plan.meter))
