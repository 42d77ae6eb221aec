"""What an evaluator says of a take: scores from 0 to 1, and who gave them under which terms."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from noktvrn.model.noun import Noun

_CONTROLS = r"\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069"

Word = Annotated[str, Field(min_length=1, max_length=80, pattern=rf"^[^{_CONTROLS}]+$")]
"""A name in one line without control characters: people read it in a terminal."""

Score = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class Evaluation(Noun):
    """One evaluator's word on one take. `scores` are named by what they judge (`hook`); 1 is best.

    `licence_class` is that of the judging model: `procedural`, `open_weights`, `licensed`, `disputed`.
    """

    evaluator: Word
    version: Annotated[Word, Field(max_length=40)]
    licence_class: Annotated[Word, Field(max_length=40)]
    scores: dict[Word, Score] = Field(min_length=1, max_length=32)

    @property
    def overall(self) -> float:
        """The mean of its scores."""
        return sum(self.scores.values()) / len(self.scores)
