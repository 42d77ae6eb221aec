"""A piece of writing that may be answered from the cache: look there first, ask once for all who wait."""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from noktvrn.kernel.errors import LabelError
from noktvrn.llm.cache import Cache, Kept, key_of
from noktvrn.llm.job import Draft, Work
from noktvrn.llm.repair import read
from noktvrn.llm.result import OrchestrationResult, OrchestrationStatus, UnfitError
from noktvrn.llm.sessions import Sitting

if TYPE_CHECKING:
    from noktvrn.llm.orchestrator import Orchestrator

log = logging.getLogger("noktvrn.llm")


async def reused(room: Orchestrator, sitting: Sitting[Draft, Work]) -> OrchestrationResult[Work]:
    """The work from the cache, else written and, where a model got it right by itself, kept."""
    cache = room.desk.cache
    assert cache is not None  # noqa: S101 - the caller has one
    models = tuple(sorted(endpoint.ref for endpoint in room.desk.endpoints))
    key = key_of(sitting.job, sitting.prompt, models)
    kept = await cache.find(key)
    found = await _from_cache(room, sitting, kept) if kept is not None else None
    if found is not None:
        return found
    result, mine = await cache.alone(key, lambda: _written(room, sitting, cache, key))
    return result if mine else replace(result, cache="hit", attempts=())


async def _written(
    room: Orchestrator, sitting: Sitting[Draft, Work], cache: Cache, key: str
) -> OrchestrationResult[Work]:
    result = await room.written(sitting)
    if result.status is OrchestrationStatus.OK and _needed_no_repair(sitting.answer):
        await cache.keep(key, Kept(sitting.answer, result.provider, result.model))
    return result


async def _from_cache(
    room: Orchestrator, sitting: Sitting[Draft, Work], kept: Kept
) -> OrchestrationResult[Work] | None:
    """The work, or None where today's rules find fault with what was right when it was kept."""
    try:
        draft = read(kept.text, sitting.job.shape)
        work = sitting.job.finish(draft, f"{kept.provider}/{kept.model}")
    except (UnfitError, LabelError):
        return None
    by = (kept.provider, kept.model)
    result = sitting.end(OrchestrationStatus.OK, work, by=by, cache="hit")
    at = room.desk.clock.now()
    # Nothing was paid: nobody waits for the log. The scribe writes it before the ledger is closed.
    room.desk.scribe.handed(lambda connection: sitting.enter(connection, at)).add_done_callback(_written_down)
    return result


def _written_down(future: asyncio.Future[None]) -> None:
    if not future.cancelled() and future.exception() is not None:
        log.warning("a cache hit could not be logged: %s", type(future.exception()).__name__)


def _needed_no_repair(text: str) -> bool:
    """Whether the very text is the object, so that nothing was guessed."""
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False
