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
    """`wish` is the digest of the request: the same wish is the same work. `finish` turns a draft and its
    author's name into the work, or raises UnfitError with the rules it breaks.

    `embedded` writes it without any model; None where only a model can. `subject` is the id of what it is
    written for (a run, an artist), so that verdicts find their way back; `artist_id` whose budget it is.
    `reuse`: the same wish may be answered from the cache.
    """

    task: Task
    wish: str
    facts: dict[str, Any]
    shape: type[Draft]
    finish: Callable[[Draft, str], Work]
    embedded: Callable[[], Work] | None = None
    subject: str = ""
    artist_id: str = ""
    reuse: bool = False
