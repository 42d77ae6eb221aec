"""One piece of writing of any kind: what a model is told, the shape of its draft, what is made of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from noktvrn.llm.result import Task
from noktvrn.llm.text import DraftBase

Draft = TypeVar("Draft", bound=DraftBase)
Work = TypeVar("Work")


@dataclass(frozen=True, slots=True)
class Job(Generic[Draft, Work]):
    """`wish` is the digest of the request. `finish` turns a draft and its author's name into the work, or
    raises UnfitError with the rules it breaks."""

    task: Task
    wish: str
    facts: dict[str, Any]
    shape: type[Draft]
    finish: Callable[[Draft, str], Work]
