"""A turnstile in Redis: the ledger's turns, booked in blocks and handed out from memory.

A block is some stretches of a service's time, booked in the ledger in one write and laid into Redis, which
hands each of them out once. What Redis loses, nobody uses; it has none that the ledger did not give away.
Whoever does not reach it books in the ledger, behind the block. So a Redis that dies, is emptied, or is
reached by half of the workers makes requests fewer, never more.

There are two ways to hand out a stretch twice, and both are shut. A Redis that comes back with an older
state of its own, or another one that takes over with a copy: a block counts only in the life of the server
(`run_id`) it was laid into. Clocks that differ: the ledger's and Redis's times are never compared; a block is
laid so far ahead of Redis's own moment as it was ahead of the ledger's when it was booked. It may so come to
lie later than it was booked, by as long as the booking took and never sooner; that is half of the grace at
most, else it is dropped, and requests of Redis's turns leave within the other half.
"""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta
from typing import Any

from noktvrn.storage.redis.line import Line
from noktvrn.storage.turnstile import MICRO, Book, Booked, Now, Rhythm, Turn, booked_turn, turn_ahead

BLOCK_S = 10
"""A block has at most so many seconds of a service's time: that much is lost with Redis."""
BOOKING_MS = 250
"""After so long nobody counts as being on the way for a block any more."""
LOOK_S, LOOKS = 0.005, 10
"""How often it is looked whether that block has come, before one books a turn for oneself."""
NONE_LEFT, GRANTED, TOO_FAR, COMING = 0, 1, 2, 3

HEAD = """
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local life = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)') or ''
"""

TAKE = (
    HEAD
    + """
local every, slack, longest = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local most, patience = tonumber(ARGV[4]), tonumber(ARGV[5])
if life == '' then return {0, now, 1} end
local block = redis.call('HMGET', KEYS[1], 'life', 'next', 'end', 'booked', 'size', 'coming')
local mine = block[1] == life
local function field(place) return mine and tonumber(block[place]) or 0 end
local due = math.max(field(2), now)
if due + every <= field(3) then
  if due - slack - now > longest then return {2, now, 0} end
  redis.call('HSET', KEYS[1], 'next', due + every)
  return {1, now, due - now}
end
local since, size = now - field(4), field(5)
if field(6) == 1 and since >= 0 and since < patience then return {3, 0, 1} end
size = since >= 0 and since < 2 * size * every and math.min(2 * size, most) or 1
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'life', life, 'booked', now, 'size', size, 'coming', size > 1 and 1 or 0)
redis.call('PEXPIRE', KEYS[1], 3600000)
return {0, now, size}
"""
)
"""One turn: `{1, now, how far ahead}`, `{2, ...}` where it opens too late, `{0, booking, how many to book}`
where none is left, `{3, ...}` where somebody is on the way for more. As long as a block was used up in twice
its time, the next one is twice as long."""

LAY = (
    HEAD
    + """
local booking, begins = tonumber(ARGV[1]), tonumber(ARGV[2])
local length, late = tonumber(ARGV[3]), tonumber(ARGV[4])
local block = redis.call('HMGET', KEYS[1], 'life', 'booked')
if block[1] ~= life or tonumber(block[2]) ~= booking or now - booking > late then return 0 end
redis.call('HSET', KEYS[1], 'next', now + begins, 'end', now + begins + length, 'coming', 0)
return 1
"""
)
"""Lays a block down, if it was booked in this life of the server, by whoever went for it last, in time."""

log = logging.getLogger("noktvrn.storage")


class RedisTurnstile:
    """Turns under `<prefix>:turns:<place>:<provider>`; the ledger's own where Redis is away. `place` tells
    ledgers apart whose addresses are alike: files of two machines on one path."""

    def __init__(self, line: Line, place: str = "") -> None:
        self._line = line
        self._name = f"{line.prefix}:turns:{place}"
        self._take = line.client.register_script(TAKE)
        self._lay = line.client.register_script(LAY)
        self._refused = False

    def take(self, provider: str, rhythm: Rhythm, longest: timedelta, book: Book, now: Now) -> Turn | None:
        """A turn of the block's, else one of the ledger's; who finds no block books the next one."""
        most = min(rhythm.slack // rhythm.every + 1, max(1, timedelta(seconds=BLOCK_S) // rhythm.every))
        if most == 1:  # one at a time is what the ledger does
            return booked_turn(rhythm, lambda: book(1, longest), now)
        told = [*_micros(rhythm.every, rhythm.slack, longest), most, BOOKING_MS * 1000]
        asked, (outcome, moment, number) = self._answer(provider, told, now)
        if outcome == TOO_FAR:
            return None
        if outcome == GRANTED and number * MICRO <= rhythm.slack + longest:
            # The other half of the grace is what its block may have come late.
            half = rhythm._replace(grace=rhythm.grace / 2)
            return turn_ahead(number * MICRO, asked, now(), half)
        size = min(max(1, number), most)

        def book_and_lay() -> Booked | None:
            booked = book(size, longest)
            if booked is not None and size > 1:
                self._lay_down(provider, moment, booked, size, rhythm)
            return booked

        return booked_turn(rhythm, book_and_lay, now)

    def _lay_down(self, provider: str, booking: int, booked: Booked, size: int, rhythm: Rhythm) -> None:
        """All but the first, which is the booker's own."""
        begins = booked.due - booked.at + rhythm.every
        told = [booking, *_micros(begins, rhythm.every * (size - 1), rhythm.grace / 2)]
        self._asked(provider, self._lay, told)

    def _answer(self, provider: str, told: list[int], now: Now) -> tuple[datetime, tuple[int, int, int]]:
        """The answer, and the moment before it was asked for. A block that is coming is waited for."""
        for _ in range(LOOKS):
            asked = now()
            said = _read(self._asked(provider, self._take, told))
            if said[0] != COMING:
                break
            time.sleep(LOOK_S)
        return asked, said

    def _asked(self, provider: str, script: Any, told: list[int]) -> Any:
        """What the script answers; None where it cannot be run."""
        from redis.exceptions import ResponseError

        def ask(redis: Any) -> Any:
            try:
                return script(keys=[f"{self._name}:{provider}"], args=told, client=redis)
            except ResponseError as error:  # it works, but not for this: no scripts, a replica, no memory
                self._tell(error)
                return None

        return self._line.ask(ask)

    def _tell(self, error: Exception) -> None:
        if not self._refused:
            self._refused = True
            log.warning("Redis hands out no turns (%s); they come from the ledger.", error)


def _read(said: Any) -> tuple[int, int, int]:
    """An answer of three numbers; anything else is as if nothing was left."""
    if isinstance(said, list) and len(said) == 3 and all(type(one) is int and one >= 0 for one in said):
        return said[0], said[1], said[2]
    return NONE_LEFT, 0, 1


def _micros(*times: timedelta) -> list[int]:
    return [time // MICRO for time in times]
