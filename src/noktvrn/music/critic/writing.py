"""The writing: figures of the score against what written music of people measures. No model, no weights.

Chord-tone rate, pitch-class entropy and groove are those of Wu and Yang, "The Jazz Transformer on the Front
Line" (ISMIR 2020) and Yang and Lerch (2018) as this house's scores give them. The ranges leave out about one
in fifty of this house's own songs over all styles; they ask for a look and never block. Two 8-bar blocks in a
row that are one and the same do block.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import inf

from noktvrn.model.finding import Finding, Severity
from noktvrn.model.sound import ScoreFigures
from noktvrn.music.critic.case import AGAIN, Case, Range, error, outside


@dataclass(frozen=True)
class Writing:
    """A figure of the score and the range it should keep."""

    rule: str
    name: str
    unit: str
    read: Callable[[ScoreFigures], float]
    wanted: Range
    hint: str
    pulse_only: bool = False


WRITING = (
    Writing(
        "score.chord_tones",
        "Chord tones on strong beats",
        "",
        lambda f: f.chord_tone_rate,
        (0.7, 1.0),
        "The tune rubs against its chords: listen, or take another seed.",
    ),
    Writing(
        "score.motif",
        "Motif recurrence",
        "",
        lambda f: f.motif_recurrence,
        (0.3, 1.0),
        "The tune remembers little of itself: a hook needs to come back.",
    ),
    Writing(
        "score.groove",
        "Groove",
        "",
        lambda f: f.groove,
        (0.7, 1.0),
        "Bars have little rhythm in common: listen whether it moves.",
        pulse_only=True,
    ),
    Writing(
        "score.pitches",
        "Pitch-class entropy",
        "bits",
        lambda f: f.pitch_class_entropy,
        (1.9, 3.2),
        "The tune uses too few or nearly all of the twelve notes.",
    ),
)


def writing(case: Case) -> Iterator[Finding]:
    """Every figure of the score in its range. A score without a tune has a groove at most."""
    if case.score is None:
        return
    tuneless = case.score.pitch_class_entropy == 0 and case.score.chord_tone_rate == 0
    for figure in WRITING:
        if (figure.pulse_only and not case.targets.pulse) or (tuneless and not figure.pulse_only):
            continue
        value, (low, high) = figure.read(case.score), figure.wanted
        if not low <= value <= high:
            what = f"{figure.name} {value:.2f} {figure.unit}".strip()
            wanted = (low, high if high < 1.0 or figure.unit else inf)
            yield outside(figure.rule, Severity.WARNING, what, value, wanted, figure.hint)


def score_loops(case: Case) -> Iterator[Finding]:
    """No 8-bar block is played twice in a row, note for note. Neighbouring places are one fault."""
    bars = sorted(case.score.repeated_blocks) if case.score is not None else []
    for before, bar in zip([-9, *bars], bars, strict=False):
        if bar > before + 1:
            message = f"The eight bars from bar {bar + 1} on are those before them once more, note for note."
            yield error("score.loop", message, "A song is played, not pasted. " + AGAIN, bar + 1)
