"""What an evaluator says of a take: scores from 0 to 1, and who gave them under which terms."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from noktvrn.model.noun import Noun

Score = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class Evaluation(Noun):
    """One evaluator's word on one take. `scores` are named by what they judge (`hook`); 1 is best.

    `licence_class` is that of the judging model: `procedural`, `open_weights`, `licensed`, `disputed`.
    """

    evaluator: str = Field(min_length=1, max_length=80)
    version: str = Field(min_length=1, max_length=40)
    licence_class: str = Field(min_length=1, max_length=40)
    scores: dict[str, Score] = Field(min_length=1, max_length=32)

    @property
    def overall(self) -> float:
        """The mean of its scores."""
        return sum(self.scores.values()) / len(self.scores)
