"""What the rules look at, and how they tell what they found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import inf

from noktvrn.model.finding import Finding, Severity
from noktvrn.model.provenance import Provenance
from noktvrn.model.song import SongPlan
from noktvrn.model.sound import ScoreFigures, Timeline
from noktvrn.model.track import AudioFigures
from noktvrn.reference import Mood
from noktvrn.sound.style import Targets

Range = tuple[float, float]
ANY: Range = (-inf, inf)

AGAIN = "Repeat the track with another seed."
MASTER = "Master it again; the house's chain keeps this limit."


@dataclass(frozen=True)
class Case:
    """Everything the rules may look at. `catalogue` and `takes` are (name, fingerprint) of the label's other
    works and of this run's earlier takes."""

    figures: AudioFigures
    plan: SongPlan
    timeline: Timeline
    provenance: Provenance
    wanted_duration_s: float
    catalogue: tuple[tuple[str, str], ...]
    takes: tuple[tuple[str, str], ...]
    target_lufs: float
    targets: Targets
    mood: Mood | None
    score: ScoreFigures | None

    @property
    def composed_here(self) -> bool:
        """Whether the time-line is a score and thus exact."""
        return self.provenance.licence_class == "procedural"

    @property
    def by_a_person(self) -> bool:
        """Whether a person recorded it: then the plan was read off the recording, not asked of it."""
        return self.provenance.licence_class == "human"


Rule = Callable[[Case], Iterator[Finding]]


def bounds(wanted: Range) -> str:
    """A range in words: `-5 to -1`, `at most 3`, `at least 8`."""
    low, high = wanted
    if low > -inf and high < inf:
        return f"{low:g} to {high:g}"
    return f"at most {high:g}" if high < inf else f"at least {low:g}"


def outside(rule: str, severity: Severity, what: str, value: float, wanted: Range, hint: str) -> Finding:
    """A figure that left its range."""
    limit = bounds(wanted)
    message = f"{what}: {limit} is wanted."
    return Finding(rule=rule, severity=severity, message=message, hint=hint, measured=value, limit=limit)


def error(
    rule: str, message: str, hint: str, measured: float | str | None = None, limit: float | str | None = None
) -> Finding:
    """What never passes."""
    return Finding(
        rule=rule, severity=Severity.ERROR, message=message, hint=hint, measured=measured, limit=limit
    )


def warning(
    rule: str, message: str, hint: str, measured: float | str | None = None, limit: float | str | None = None
) -> Finding:
    """What wants a look."""
    return Finding(
        rule=rule, severity=Severity.WARNING, message=message, hint=hint, measured=measured, limit=limit
    )
