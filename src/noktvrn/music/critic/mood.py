"""The mood asked for against what can be measured of it. Only ever a warning: moods are for listeners.

A mood of the label's table has an energy and a valence, 0 to 1. From them follow up to two of four
expectations; a song is told off only where everything measured of an expectation contradicts it. The bounds
are about the outer quarter of what this house's own songs measure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from noktvrn.model.finding import Finding
from noktvrn.model.track import AudioFigures
from noktvrn.music.critic.case import Case, warning
from noktvrn.reference import Mood

Measure = Callable[[AudioFigures], float | None]


def minor(figures: AudioFigures) -> float | None:
    """1 for a key heard as minor, 0 for major, None where no key is heard."""
    return None if figures.key is None else float(figures.key.endswith("minor"))


@dataclass(frozen=True)
class Sign:
    """A figure that speaks for a mood when it is at least `low` and at most `high`."""

    name: str
    read: Measure
    low: float = float("-inf")
    high: float = float("inf")

    def told(self, figures: AudioFigures) -> tuple[str, bool] | None:
        """The figure in words and whether it fits; None where it was not measured."""
        value = self.read(figures)
        if value is None:
            return None
        return f"{self.name} {value:.3g}", self.low <= value <= self.high


@dataclass(frozen=True)
class Expectation:
    """What a mood that is asked for (`asked`) should measure."""

    name: str
    asked: Callable[[Mood], bool]
    signs: tuple[Sign, ...]


EXPECTATIONS = (
    Expectation(
        "dark",
        lambda mood: mood.valence <= 0.3,
        (Sign("minor key", minor, low=0.5), Sign("tilt", lambda f: f.tilt_db_per_octave, high=-1.8)),
    ),
    Expectation(
        "bright",
        lambda mood: mood.valence >= 0.7,
        (Sign("minor key", minor, high=0.5), Sign("tilt", lambda f: f.tilt_db_per_octave, low=-3.8)),
    ),
    Expectation(
        "energetic",
        lambda mood: mood.energy >= 0.7,
        (
            Sign("strikes a second", lambda f: f.strikes_per_s, low=2.0),
            Sign("loudness range", lambda f: f.loudness_range_lu, high=10.0),
        ),
    ),
    Expectation(
        "calm",
        lambda mood: mood.energy <= 0.3,
        (
            Sign("strikes a second", lambda f: f.strikes_per_s, high=5.0),
            Sign("tilt", lambda f: f.tilt_db_per_octave, high=-1.5),
        ),
    ),
)


def mood(case: Case) -> Iterator[Finding]:
    """No expectation of the mood is contradicted by everything that is measured of it."""
    if case.mood is None:
        return
    for expectation in EXPECTATIONS:
        told = [sign.told(case.figures) for sign in expectation.signs] if expectation.asked(case.mood) else []
        heard = [one for one in told if one is not None]
        if len(heard) > 1 and not any(fits for _, fits in heard):
            figures = ", ".join(name for name, _ in heard)
            message = (
                f"{case.mood.id.capitalize()} was asked for; the song does not measure {expectation.name}."
            )
            hint = "Listen whether it feels as asked; another take or another mood may serve it better."
            yield warning("audio.mood", message, hint, figures, expectation.name)
