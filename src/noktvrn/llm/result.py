"""What comes back from a model, and what is noted when it was of no use."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from noktvrn.model.noun import Noun

Task = Literal["profile", "titles", "lyrics", "captions"]


class Reply(Noun):
    """An answer as it came. `finish` is `stop` when the model was done; tokens are the server's word."""

    text: str
    finish: str
    model: str = ""
    input_tokens: int | None = None
    output_tokens: int | None = None


class Fallback(Noun):
    """A model's answer that was not used, and why. `code` is the error's; `message` holds no outside text."""

    task: Task
    provider: str
    model: str
    code: str
    message: str
    at: datetime


class UnfitError(Exception):
    """An answer that breaks rules; `problems` are sentences the model can be shown."""

    def __init__(self, *problems: str) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems
