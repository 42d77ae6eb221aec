"""What events cost, and what Redis gains: CPU time a piece; waits in wall time, one thing at a time.

Every figure on SQLite, on a PostgreSQL of its own and, where it plays, with a Redis of its own beside it.
"""

from __future__ import annotations

import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path

from tests.postgres import cluster
from tests.redis_server import redis_server

from noktvrn.settings import Settings
from noktvrn.storage import migrate
from noktvrn.storage.database import Database
from noktvrn.storage.ledger import events, paces, words
from noktvrn.storage.redis.aids import join
from noktvrn.storage.redis.line import open_line
from noktvrn.storage.redis.shelf import RedisShelf
from noktvrn.storage.turnstile import Booked, rhythm_of

PIECES = 400
RINGS = 25
ROWS = 20_000
RUN = "run_0000000000000"
PROCESSES = 8
RHYTHM = rhythm_of(20, 10.0)
"""Of a service that takes 20 requests in ten seconds. Nobody waits for a turn here: they are taken ahead."""
FAR = timedelta(days=2)


@contextmanager
def ledgers() -> Iterator[list[tuple[str, Settings]]]:
    """Settings of a fresh ledger on each database."""
    with tempfile.TemporaryDirectory() as folder, cluster() as url:
        found = [
            ("SQLite", Settings(home=Path(folder), _env_file=None)),
            ("PostgreSQL", Settings(home=Path(folder) / "pg", database_url=url, _env_file=None)),
        ]
        for _, settings in found:
            database = Database(settings)
            migrate.upgrade(database)
            database.close()
        yield found


def cost(act: Callable[[], object], pieces: int = PIECES) -> str:
    """Microseconds of one piece: CPU time of this process, and how long it waited (median)."""
    act()
    waits, started = [], time.process_time()
    for _ in range(pieces):
        begun = time.perf_counter()
        act()
        waits.append(time.perf_counter() - begun)
    cpu = (time.process_time() - started) / pieces
    return f"{cpu * 1e6:6.0f} us CPU, {statistics.median(waits) * 1e6:6.0f} us in all"


def tell(database: Database, times: int = 1) -> None:
    """One transaction with so many events."""
    now = datetime.now(UTC)
    with database.begin() as connection:
        for _ in range(times):
            detail = {"stage": "track", "attempt": 1}
            events.add(connection, kind="stage.done", subject=RUN, run_id=RUN, detail=detail, at=now)


def looks(database: Database) -> int:
    """One look of a reader that is up to date."""
    with database.read() as connection:
        return len(events.after(connection, events.last(connection)))


def turn(database: Database) -> None:
    """One turn, from whoever hands them out."""

    def book(turns: int, longest: timedelta) -> Booked | None:
        with database.begin() as connection:
            return paces.book(connection, "bench", RHYTHM, turns, now=datetime.now(UTC), longest=longest)

    if database.turnstile.take("bench", RHYTHM, FAR, book, lambda: datetime.now(UTC)) is None:
        raise RuntimeError("the turns of two days are gone")


def one_of_many(settings: Settings, pieces: int, start: float) -> tuple[float, float]:
    """Seconds of CPU and in all that so many turns took one process; all of them begin at `start`."""
    database = Database(settings)
    aids = join(settings, database)
    turn(database)
    time.sleep(max(0.0, start - time.time()))
    cpu, begun = time.process_time(), time.perf_counter()
    for _ in range(pieces):
        turn(database)
    spent = time.process_time() - cpu, time.perf_counter() - begun
    aids.close()
    database.close()
    return spent


def turns_of(settings: Settings) -> None:
    """What a turn costs: alone, and with others at it at the same time. The servers' own CPU is not in it."""
    name = "by Redis and the ledger" if settings.redis_url else "by the ledger alone   "
    for processes in (1, PROCESSES):
        with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
            start = time.time() + 1 + processes / 2
            works = [pool.submit(one_of_many, settings, PIECES, start) for _ in range(processes)]
            spent = [work.result() for work in works]
        cpu, wall = (sum(one) / processes / PIECES * 1e6 for one in zip(*spent, strict=True))
        print(f"  a turn {name}, {processes} at it  {cpu:6.0f} us CPU, {wall:6.0f} us in all")


def latency_ms(told: Settings, heard: Settings) -> str:
    """Milliseconds from a commit on one connection to its event at a follower on another, who asks ten times
    a second and listens to the bell in between."""
    teller, hearer = Database(told), Database(heard)
    aids = [join(told, teller), join(heard, hearer)]
    begun, late = [0.0], list[float]()
    here, ready = threading.Event(), threading.Event()

    def follow() -> None:
        with hearer.read() as connection:
            place = events.last(connection)
        ready.set()
        while len(late) < RINGS:
            mark = hearer.bell.rung
            with hearer.read() as connection:
                page = events.after(connection, place)
            if page:
                late.append(time.perf_counter() - begun[0])
                place = page[-1].number
                here.set()
            else:
                hearer.bell.wait(mark, 0.1)

    thread = threading.Thread(target=follow)
    thread.start()
    ready.wait()
    time.sleep(1.0)
    for _ in range(RINGS):
        here.clear()
        time.sleep(0.137)
        begun[0] = time.perf_counter()
        tell(teller)
        here.wait()
    thread.join()
    for aid, database in zip(aids, (teller, hearer), strict=True):
        aid.close()
        database.close()
    ordered = sorted(late)
    return f"median {statistics.median(late) * 1e3:5.1f} ms, worst {ordered[-1] * 1e3:5.1f} ms"


def ledger_figures(name: str, settings: Settings, url: str) -> None:
    """The figures of one database."""
    database = Database(settings)
    print(f"{name}")
    print(f"  an event, one a transaction    {cost(lambda: tell(database))}")
    with database.begin() as connection:
        now, detail = datetime.now(UTC), {"stage": "track", "attempt": 1}

        def add() -> None:
            events.add(connection, kind="x", subject=RUN, run_id=RUN, detail=detail, at=now)

        print(f"  an event in a transaction      {cost(add)}")
        for _ in range(ROWS):
            add()
    print(f"  a look, {ROWS} events behind   {cost(lambda: looks(database))}")
    with database.begin() as connection:
        data = {"text": "x" * 2000, "provider": "p", "model": "m"}
        words.keep(connection, "key", data, now=now, until=now + timedelta(days=1), most=100)

    def cached() -> None:
        with database.read() as connection:
            words.cached(connection, "key", now)

    print(f"  an answer from the ledger      {cost(cached)}")
    database.close()
    print(f"  an event elsewhere, by looking {latency_ms(settings, settings)}")
    joined = settings.model_copy(update={"redis_url": Settings(redis_url=url, _env_file=None).redis_url})
    print(f"  an event elsewhere, by Redis   {latency_ms(joined, joined)}")
    for one in (settings, joined):
        turns_of(one)


def redis_figures(url: str, settings: Settings) -> None:
    """The same things asked of Redis."""
    named = Settings(redis_url=url, _env_file=None).redis_url
    line = open_line(settings.model_copy(update={"redis_url": named}), Database(settings).url)
    assert line is not None
    shelf = RedisShelf(line)
    shelf.put("key", "x" * 2000, 60)
    print("Redis")
    print(f"  an answer                      {cost(lambda: shelf.get('key'))}")
    line.close()


def main() -> None:
    """Prints the figures."""
    with ledgers() as found, redis_server() as server:
        for name, settings in found:
            ledger_figures(name, settings, server.url)
        redis_figures(server.url, found[0][1])


if __name__ == "__main__":
    main()
