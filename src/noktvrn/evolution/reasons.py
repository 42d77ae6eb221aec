"""Reasons in plain words: for every axis that moves, and for every time nothing does."""

from __future__ import annotations

from noktvrn.evolution.evidence import AxisEvidence, Evidence, WordEvidence

# How a listener would say that a song has more, or less, of an axis.
MORE_LESS = {
    "energy": ("more energy", "less energy"),
    "tempo": ("a faster tempo", "a slower tempo"),
    "brightness": ("a brighter sound", "a darker sound"),
    "density": ("a fuller arrangement", "a sparser arrangement"),
    "organic": ("more acoustic colour", "more electronic colour"),
    "tension": ("more tension", "less tension"),
    "space": ("more space", "less space"),
    "groove": ("more groove", "less groove"),
}

_DONE = {"completions": "finished", "saves": "saved", "skips": "skipped"}


def basis(evidence: Evidence) -> str:
    """How much was read: `3 releases, 41,000 streams`."""
    return f"{_many(evidence.releases, 'release')}, {_many(evidence.streams, 'stream')}"


def axis_reason(axis: AxisEvidence, evidence: Evidence) -> str:
    """Why an axis moves: `releases with more space were finished 9 points more often; 3 releases, ...`."""
    up = axis.slope > 0
    direction = MORE_LESS[axis.axis][0 if up else 1]
    contrast = axis.contrast
    if contrast is None:
        return f"all rates taken together speak for {direction}; {basis(evidence)}"
    points = contrast.points if up else -contrast.points
    often = "more often" if points > 0 else "less often"
    size = f"{abs(points):.0f}" if abs(points) >= 1 else f"{abs(points):.1f}"
    unit = "point" if size == "1" else "points"
    return f"releases with {direction} were {_DONE[contrast.metric]} {size} {unit} {often}; {basis(evidence)}"


def word_reason(word: WordEvidence) -> str:
    """Why a theme or a mood comes to the front."""
    carried = _many(word.releases, "release")
    return f"The {word.kind} '{word.word}' comes one place forward: its {carried} did better than the others."


def too_few_releases(evidence: Evidence, needed: int) -> str:
    """Why so few releases decide nothing."""
    if evidence.releases == 0:
        return f"No release has usable rates yet; {needed} are needed."
    have = "has" if evidence.releases == 1 else "have"
    return f"{basis(evidence)}: {evidence.releases} {have} usable rates, {needed} are needed."


def nothing_stands_out(evidence: Evidence, gate: float) -> str:
    """Why no slope is clear enough."""
    best = max(evidence.axes, key=lambda axis: axis.certainty)
    if best.certainty == 0.0:
        return f"All releases were made in one style, so nothing can be compared; {basis(evidence)}."
    return (
        f"No axis stands out: the clearest, {best.axis}, is {best.certainty:.2f} posterior sd from zero,"
        f" more than {gate} is needed; {basis(evidence)}."
    )


def left_out(evidence: Evidence) -> str:
    """What was not listened to."""
    return f"{_many(evidence.left_out, 'suspicious row')} left out."


def _many(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
