"""What words may cost at most, reckoned before any model is asked.

Every text is drafted, asked for again once because it broke a rule, judged and mended as often as the
settings allow, each time at the most a question can cost (`prices.worst_case`). What is usual is a small part
of that.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from noktvrn.llm.endpoints import Endpoint
from noktvrn.llm.job import Job
from noktvrn.llm.prices import worst_case
from noktvrn.llm.prompt import Words, prompt, words

DRAFT_BYTES_PER_TOKEN = 6
"""A draft comes back as material: no fewer bytes than a token of its answer has in any usual script."""
REMARKS_BYTES = 4_000
"""A dozen broken rules, or eight of a critic's notes."""


def at_most(endpoint: Endpoint, jobs: Iterable[Job[Any, Any]], *, iterations: int) -> int:
    """Micro-USD for one text of each job by this model, mended `iterations` times; 0 where it is free."""
    return 0 if endpoint.free else sum(_text(endpoint, job, iterations) for job in jobs)


def _text(endpoint: Endpoint, job: Job[Any, Any], iterations: int) -> int:
    asked = prompt(job.task)
    first = words(asked, job.facts)
    mended = _more(first, DRAFT_BYTES_PER_TOKEN * asked.max_tokens + REMARKS_BYTES)
    total = _asked_twice(endpoint, first) + iterations * _asked_twice(endpoint, mended)
    if asked.critic == "model" and iterations:
        judged = mended.model_copy(update={"max_tokens": prompt("critique").max_tokens})
        total += (1 + iterations) * _asked_twice(endpoint, judged)
    return total


def _asked_twice(endpoint: Endpoint, told: Words) -> int:
    """A question, and the same once more with what was wrong and room for a longer answer."""
    room = max(told.max_tokens, min(2 * told.max_tokens, endpoint.longest_answer))
    again = _more(told, REMARKS_BYTES).model_copy(update={"max_tokens": room})
    return worst_case(endpoint.rates, told) + worst_case(endpoint.rates, again)


def _more(told: Words, count: int) -> Words:
    return told.model_copy(update={"user": told.user + " " * count})
