"""One piece of writing of any kind: what a model is told, the shape of its draft, what is made of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from noktvrn.kernel.errors import Invalid
from noktvrn.llm.result import Task
from noktvrn.llm.text import DraftBase
from noktvrn.model.noun import Noun, canonical_digest

Draft = TypeVar("Draft", bound=DraftBase)
Work = TypeVar("Work")


@dataclass(frozen=True, slots=True)
class Standards(Generic[Work]):
    """What the house holds a work against, without asking any model.

    `shown` is what a critic is given to read. `measured` scores the work in 0..1 by criteria of its prompt's
    rubric, each with a note for whoever mends it. `broken` tells the rules of the house it breaks, whoever
    wrote it.
    """

    shown: Callable[[Work], Any]
    measured: Callable[[Work], Mapping[str, tuple[float, str]]]
    broken: Callable[[Work], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Job(Generic[Draft, Work]):
    """`wish` is the digest of the request: the same wish is the same work. `finish` turns a draft and its
    author's name into the work, or raises UnfitError with the rules it breaks.

    `embedded` writes it without any model; None where only a model can. `subject` is the id of what it is
    written for (a run, an artist), so that verdicts find their way back; `artist_id` whose budget it is.
    `reuse`: the same wish may be answered from the cache. `request` is what was asked for, as the session's
    books keep it. `mannered` is `embedded` in a manner of the embedded writer's; `standards`
    are what the house holds the work against.
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
    request: Noun | None = None
    standards: Standards[Work] | None = None
    mannered: Callable[[str], Work] | None = None


def wish_of(request: Noun) -> str:
    """The digest of a request, without what changes no word of the answer.

    Raises:
        Invalid: it holds half a character, as bytes in a wrong encoding leave them.
    """
    told = {key: value for key, value in request.as_data().items() if key not in ("subject", "manner")}
    try:
        return canonical_digest(told)
    except UnicodeEncodeError:
        raise Invalid(
            "What was asked for is no text in UTF-8.", code="text.encoding", hint="Write it anew in UTF-8."
        ) from None
