"""Evaluator, played by arithmetic: how far figures lie inside the range good records have."""

from __future__ import annotations

from collections.abc import Iterator

from noktvrn.model.evaluation import Evaluation
from noktvrn.model.sound import ScoreFigures, Timeline
from noktvrn.model.track import AudioFigures
from noktvrn.roles.evaluator import EvaluationRequest

VERSION = "1"
"""Rises with every change that scores the same take differently."""


class HouseEvaluator:
    """Scores hook, contrast, dynamics, width and, where the notes are known, groove, harmony and melody."""

    name = "house_evaluator"

    def evaluate(self, request: EvaluationRequest) -> Evaluation:
        """The scores of a take; the same figures always score the same."""
        scores = dict(_of_sound(request.figures))
        if request.score is not None:
            scores |= dict(_of_writing(request.score))
        else:
            scores["hook"] = _returning(request.timeline)
        return Evaluation(
            evaluator=self.name,
            version=VERSION,
            licence_class="procedural",
            scores={name: round(value, 4) for name, value in scores.items()},
        )


def plateau(value: float, none_below: float, good_from: float, good_to: float, none_above: float) -> float:
    """1 inside the good range, falling to 0 at the outer bounds; 0 for what is no number."""
    if not none_below < value < none_above:
        return 0.0
    if value < good_from:
        return (value - none_below) / (good_from - none_below)
    return 1.0 if value <= good_to else (none_above - value) / (none_above - good_to)


def _of_sound(figures: AudioFigures) -> Iterator[tuple[str, float]]:
    yield "contrast", plateau(figures.section_contrast_lu, 0.0, 2.5, 5.0, 10.0)
    yield "dynamics", plateau(figures.true_peak_dbtp - figures.integrated_lufs, 5.0, 9.0, 14.0, 20.0)
    yield "width", plateau(figures.correlation, 0.0, 0.4, 0.9, 1.0)


def _of_writing(score: ScoreFigures) -> Iterator[tuple[str, float]]:
    yield "hook", plateau(score.motif_recurrence, 0.0, 0.5, 0.9, 1.2)
    yield "groove", plateau(score.groove, 0.2, 0.7, 0.97, 1.2)
    yield "harmony", plateau(score.chord_tone_rate, 0.3, 0.75, 0.97, 1.3)
    yield "melody", plateau(score.pitch_class_entropy, 1.0, 2.2, 2.9, 3.58)


def _returning(timeline: Timeline) -> float:
    """The share of the song in sections whose name comes more than once: a hook needs a second time."""
    labels = [span.label for span in timeline.sections]
    back = sum(span.end_s - span.start_s for span in timeline.sections if labels.count(span.label) > 1)
    whole = sum(span.end_s - span.start_s for span in timeline.sections)
    return plateau(back / whole if whole > 0 else 0.0, 0.0, 0.5, 0.95, 1.5)
