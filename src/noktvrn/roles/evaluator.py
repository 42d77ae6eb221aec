"""Evaluator: a judge of finished takes, of the house or from outside. It ranks; it never blocks."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from pydantic import Field

from noktvrn.model.evaluation import Evaluation
from noktvrn.model.noun import Noun
from noktvrn.model.song import SongPlan
from noktvrn.model.sound import ScoreFigures, Timeline
from noktvrn.model.track import AudioFigures


class EvaluationRequest(Noun):
    """What every evaluator gets: the mastered file, what was planned, and what the house measured of both."""

    path: Path = Field(description="the FLAC master; read it, never write to it")
    plan: SongPlan
    timeline: Timeline
    figures: AudioFigures
    score: ScoreFigures | None = Field(default=None, description="where the engine has a score")


class Evaluator(Protocol):
    """Plays the role."""

    name: str

    def evaluate(self, request: EvaluationRequest) -> Evaluation:
        """Scores one take.

        Raises:
            LabelError: it cannot; the take is then ranked without this evaluator.
        """
