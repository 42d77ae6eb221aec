"""Answers used again: exact matches only, for jobs that allow it, never a second-rate answer.

The key is everything the answer depends on: the prompt's version and variant, the facts, the shape of the
draft and the models that may be asked. Identical questions at the same moment are one question. What is kept
is the model's text; it is read and checked anew by whoever finds it, in another process too.
"""

from __future__ import annotations

import asyncio
import json
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, partial
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from pydantic import BaseModel

from noktvrn.kernel.clock import Clock
from noktvrn.llm.job import Draft, Job, Work
from noktvrn.llm.prompt import Prompt
from noktvrn.model.noun import canonical_digest

if TYPE_CHECKING:
    from noktvrn.outbound.scribe import Scribe

MOST = 2000
"""Answers kept in the books."""
MOST_AT_HAND = 256
_PLACE = "answer:"
Value = TypeVar("Value")


class Kept(NamedTuple):
    """An answer: the model's text, and who wrote it."""

    text: str
    provider: str
    model: str


@dataclass(slots=True)
class _Flight:
    """Work under way, and how many wait for it."""

    task: asyncio.Task[Any]
    waiting: int = 0


class Cache:
    """Answers of this label; what is at hand is shared between event loops, what is under way is not."""

    def __init__(self, scribe: Scribe, clock: Clock, *, lasts_s: float) -> None:
        self._scribe = scribe
        self._clock = clock
        self._lasts = timedelta(seconds=lasts_s)
        self._at_hand: OrderedDict[str, tuple[Kept, datetime]] = OrderedDict()
        self._flying: dict[tuple[int, str], _Flight] = {}

    async def find(self, key: str) -> Kept | None:
        """The answer under this key, unless it is too old."""
        now = self._clock.now()
        known = self._at_hand.get(key)
        if known is not None and known[1] > now:
            self._at_hand.move_to_end(key)
            return known[0]
        row = await asyncio.to_thread(self._read, key, now)
        if row is not None:
            self._lay(key, row)
        return row

    async def keep(self, key: str, kept: Kept) -> None:
        """Keeps an answer that was right at the first reading."""
        from noktvrn.storage.ledger import words

        self._lay(key, kept)
        now = self._clock.now()
        data, until = kept._asdict(), now + self._lasts
        await self._scribe.write(lambda one: words.keep(one, key, data, now=now, until=until, most=MOST))
        await asyncio.to_thread(self._shelve, key, data)

    async def alone(self, key: str, work: Callable[[], Coroutine[Any, Any, Value]]) -> tuple[Value, bool]:
        """What `work` returns, and whether it was done for this caller.

        Of all who ask for one key at the same moment one works and the others wait. It is given up only when
        nobody waits any more.
        """
        place = (id(asyncio.get_running_loop()), key)
        flight, mine = self._flying.get(place), False
        if flight is None:
            flight, mine = _Flight(asyncio.ensure_future(work())), True
            self._flying[place] = flight
            flight.task.add_done_callback(partial(self._landed, place))
        flight.waiting += 1
        try:
            return await asyncio.shield(flight.task), mine
        finally:
            flight.waiting -= 1
            if not flight.waiting and not flight.task.done():
                self._landed(place, flight.task)  # whoever comes now begins anew
                flight.task.cancel()
                await asyncio.wait([flight.task])

    def _landed(self, place: tuple[int, str], task: asyncio.Task[Any]) -> None:
        flight = self._flying.get(place)
        if flight is not None and flight.task is task:
            del self._flying[place]

    def _lay(self, key: str, kept: Kept) -> None:
        self._at_hand[key] = (kept, self._clock.now() + self._lasts)
        if len(self._at_hand) > MOST_AT_HAND:
            self._at_hand.popitem(last=False)

    def _read(self, key: str, now: datetime) -> Kept | None:
        from noktvrn.storage.ledger import words

        shelved = self._shelved(key)
        if shelved is not None:
            return shelved
        with self._scribe.database.read() as connection:
            data = words.cached(connection, key, now)
        return Kept(**data) if data is not None else None

    def _shelved(self, key: str) -> Kept | None:
        """The copy on the shelf. What is no copy of ours is none: the books have the answer."""
        shelf = self._scribe.database.shelf
        text = shelf.get(_PLACE + key) if shelf is not None else None
        if text is None:
            return None
        try:
            told = json.loads(text)
            whole = set(told) == set(Kept._fields) and all(isinstance(one, str) for one in told.values())
        except (ValueError, TypeError, AttributeError):
            return None
        return Kept(**told) if whole else None

    def _shelve(self, key: str, data: dict[str, str]) -> None:
        shelf = self._scribe.database.shelf
        if shelf is not None:
            shelf.put(_PLACE + key, json.dumps(data), self._lasts.total_seconds())


def key_of(job: Job[Draft, Work], prompt: Prompt, models: tuple[str, ...]) -> str:
    """Everything the answer depends on, as one hash."""
    shape = _shape_hash(job.shape)
    return canonical_digest([prompt.ref, prompt_hash(prompt), job.wish, job.facts, shape, models])


@cache
def prompt_hash(prompt: Prompt) -> str:
    """The words of a prompt: a version whose words were changed by hand is another one."""
    return prompt.digest()


@cache
def _shape_hash(shape: type[BaseModel]) -> str:
    return canonical_digest(shape.model_json_schema())
