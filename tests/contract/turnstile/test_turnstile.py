"""The turnstile's promise, whoever keeps it: never more requests in any window than the service takes, and
always some. On a real Redis that is killed, emptied, restarted with its old state, hung, and out of reach of
some workers."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.contract.turnstile.turnstile_worker import PROVIDER, leave, now
from tests.redis_server import Server, redis_server

from noktvrn.settings import Settings
from noktvrn.storage import migrate
from noktvrn.storage.database import Database
from noktvrn.storage.ledger import paces
from noktvrn.storage.redis import line as lines
from noktvrn.storage.redis.aids import join
from noktvrn.storage.turnstile import Booked, Rhythm, rhythm_of

REQUESTS, PER_S = 16, 1.0
RHYTHM = rhythm_of(REQUESTS, PER_S)


@pytest.fixture
def server() -> Iterator[Server]:
    with redis_server() as server:
        yield server


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "FIRST_PAUSE_S", 0.05)
    monkeypatch.setattr(lines, "LONGEST_PAUSE_S", 0.2)


class Worker:
    """A worker of the label with connections of its own; `written` counts its bookings in the ledger."""

    def __init__(self, settings: Settings) -> None:
        self.database = Database(settings)
        self._aids = join(settings, self.database)
        self.written = 0

    def work(self, for_s: float) -> list[float]:
        """When its requests left."""
        until, left = now() + timedelta(seconds=for_s), []
        while (moment := leave(self.database, RHYTHM, until)) is not None:
            left.append(moment.timestamp())
        return left

    def book(self, turns: int, longest: timedelta) -> Booked | None:
        """Counts, and books nothing."""
        self.written += 1
        moment = now()
        return Booked(moment, moment, moment)

    def close(self) -> None:
        self._aids.close()
        self.database.close()


@contextmanager
def workers(home: Path, *urls: str | None) -> Iterator[list[Worker]]:
    """Workers on one ledger, each with the Redis it can reach."""
    plain = Database(Settings(home=home, _env_file=None))
    migrate.upgrade(plain)
    plain.close()
    found = [Worker(Settings(home=home, redis_url=url, _env_file=None)) for url in urls]
    yield found
    for one in found:
        one.close()


def most_in_a_window(moments: list[float]) -> int:
    """The most requests that left within any `PER_S` seconds."""
    return max(sum(begin <= one < begin + PER_S for one in moments) for begin in moments)


def keep_the_promise(crew: list[Worker], for_s: float, *happens: tuple[float, Callable[[], Any]]) -> None:
    """All of them work at once, and meanwhile things happen, each so many seconds after the start."""
    timers = [threading.Timer(after_s, what) for after_s, what in happens]
    for timer in timers:
        timer.start()
    with ThreadPoolExecutor(len(crew)) as pool:
        left = list(pool.map(lambda one: one.work(for_s), crew))
    for timer in timers:
        timer.join()
    together = sorted(moment for one in left for moment in one)
    assert most_in_a_window(together) <= REQUESTS
    assert all(left), "one of them never had a turn"
    # A block at most is lost each time; a machine that is busy with other things misses turns, too.
    steady = timedelta(seconds=for_s) / RHYTHM.every
    assert len(together) >= steady / 3, (len(together), steady)


def redis_of(server: Server) -> Any:
    from redis import Redis

    return Redis.from_url(server.url)


def test_redis_hands_out_what_the_ledger_gave_away(server: Server, tmp_path: Path) -> None:
    with workers(tmp_path, server.url, server.url) as (one, other):
        for _ in range(4):  # 1, 2, 4 and 8 of them are booked at a time
            for worker in (one, other):
                turn = worker.database.turnstile.take(PROVIDER, RHYTHM, timedelta(minutes=1), one.book, now)
                assert turn is not None and turn.opens < turn.closes
        assert one.written == 4


def test_shared_by_redis_alone(server: Server, tmp_path: Path) -> None:
    with workers(tmp_path, *[server.url] * 3) as crew:
        keep_the_promise(crew, 2.0)


def test_by_the_ledger_alone(tmp_path: Path) -> None:
    with workers(tmp_path, None, None, None) as crew:
        keep_the_promise(crew, 1.5)


def test_killed_and_started_again_and_again(server: Server, tmp_path: Path) -> None:
    with workers(tmp_path, server.url, server.url) as crew:
        again = [(0.5, server.kill), (0.9, server.start), (1.4, server.kill), (1.7, server.start)]
        keep_the_promise(crew, 3.0, *again)


def test_emptied_in_the_middle(server: Server, tmp_path: Path) -> None:
    with workers(tmp_path, server.url, server.url) as crew, redis_of(server) as redis:
        keep_the_promise(crew, 2.0, *[(after / 4, redis.flushall) for after in range(1, 6)])


def test_hung_and_gone_on(server: Server, tmp_path: Path) -> None:
    with workers(tmp_path, server.url, server.url) as crew:
        keep_the_promise(crew, 2.5, (0.6, server.hang), (1.2, server.go_on))


def test_half_of_them_cannot_reach_it(server: Server, tmp_path: Path) -> None:
    nowhere = f"unix://{tmp_path / 'nobody.sock'}"
    with workers(tmp_path, server.url, nowhere, None, server.url) as crew:
        keep_the_promise(crew, 3.0)


def test_an_older_state_of_its_own_is_not_handed_out_again(server: Server, tmp_path: Path) -> None:
    """As after a restart from a snapshot, or when a copy that lags behind takes over."""
    with workers(tmp_path, server.url) as (worker,), redis_of(server) as redis:
        stile = worker.database.turnstile

        def take() -> None:
            assert stile.take(PROVIDER, RHYTHM, timedelta(minutes=1), worker.book, now)

        while worker.written < 4:
            take()
        (key,) = redis.keys("*:turns:*")
        block = redis.hgetall(key)
        assert int(block[b"end"]) > int(block[b"next"]) > 0
        server.kill()
        server.start()
        redis.hset(key, mapping=block)
        time.sleep(0.1)
        before = worker.written
        take()
        assert worker.written == before + 1  # the ledger was asked; the block is of another life


def test_a_block_that_was_long_on_its_way_is_dropped(server: Server, tmp_path: Path) -> None:
    with workers(tmp_path, server.url) as (worker,), redis_of(server) as redis:
        stile = worker.database.turnstile

        def slowly(turns: int, longest: timedelta) -> Booked | None:
            booked = worker.book(turns, longest)
            if turns > 1:
                time.sleep(RHYTHM.grace.total_seconds())
            return booked

        for _ in range(3):
            assert stile.take(PROVIDER, RHYTHM, timedelta(minutes=1), slowly, now)
        (key,) = redis.keys("*:turns:*")
        assert worker.written == 3 and redis.hget(key, "size") == b"2"
        assert redis.hget(key, "end") is None


def test_nonsense_and_refusals_leave_it_to_the_ledger(
    server: Server, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with workers(tmp_path, server.url) as (worker,), redis_of(server) as redis:
        stile = worker.database.turnstile

        def take() -> None:
            before = worker.written
            assert stile.take(PROVIDER, RHYTHM, timedelta(minutes=1), worker.book, now)
            assert worker.written == before + 1

        take()
        (key,) = redis.keys("*:turns:*")
        life = redis.hget(key, "life")
        for lie in ("x", "-5", ""):
            redis.hset(key, mapping={"life": life, "next": lie, "end": lie, "booked": lie, "size": lie})
            take()
        redis.delete(key)
        redis.set(key, "no hash")
        take()
        take()
        redis.delete(key)
        redis.config_set("maxmemory", "1")
        take()
        assert worker.database.shelf is not None
        redis.config_set("maxmemory", "0")
    told = [one for one in caplog.messages if "hands out no turns" in one]
    assert len(told) == 1 and not [one for one in caplog.messages if "does not answer" in one]


@pytest.mark.both
def test_processes_of_which_one_cannot_reach_it(settings: Settings, server: Server) -> None:
    database = Database(settings)
    migrate.upgrade(database)
    database.close()
    url = settings.database_url.get_secret_value() if settings.database_url else ""
    words = [str(time.total_seconds()) for time in RHYTHM] + ["2.0"]
    plain = {"NOKTVRN_HOME": str(settings.home)} | ({"DATABASE_URL": url} if url else {})
    reach = [server.url, server.url, "unix:///nowhere/redis.sock"]
    crew = [_process(words, plain | {"REDIS_URL": url}) for url in reach]
    time.sleep(1.5)
    server.kill()
    server.start()
    left = [[float(line) for line in one.communicate(timeout=60)[0].split()] for one in crew]
    assert [one.returncode for one in crew] == [0, 0, 0]
    together = sorted(moment for one in left for moment in one)
    assert most_in_a_window(together) <= REQUESTS and all(left)


def _process(words: list[str], more: dict[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.contract.turnstile.turnstile_worker", *words],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)} | more,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_the_rhythm_of_these_tests_has_blocks() -> None:
    assert isinstance(RHYTHM, Rhythm) and RHYTHM.slack // RHYTHM.every + 1 == 8


@pytest.mark.both
def test_workers_whose_clocks_differ_keep_the_promise_on_a_server(settings: Settings) -> None:
    database = Database(settings)
    migrate.upgrade(database)
    ahead = timedelta(0) if database.is_sqlite else timedelta(minutes=5)  # a file's workers share its clock

    def taken(offset: timedelta) -> Booked:
        with database.begin() as books:
            booked = paces.book(books, PROVIDER, RHYTHM, now=now() + offset, longest=timedelta(minutes=1))
        assert booked is not None
        return booked

    found = [taken(offset) for offset in (ahead, timedelta(0), -ahead, ahead) * 4]
    places = [booked.due for booked in found]
    assert all(later - sooner >= RHYTHM.every for sooner, later in itertools.pairwise(places))
    assert places[-1] - places[0] < 17 * RHYTHM.every  # nobody waits for another's clock
    database.close()


@pytest.mark.both
def test_of_those_who_come_first_each_has_a_turn_of_its_own(settings: Settings) -> None:
    database = Database(settings)
    migrate.upgrade(database)

    def taken(_: int) -> Booked | None:
        with database.begin() as books:
            return paces.book(books, PROVIDER, RHYTHM, now=now(), longest=timedelta(minutes=1))

    with ThreadPoolExecutor(8) as pool:
        places = sorted(booked.due for booked in pool.map(taken, range(8)) if booked is not None)
    assert len(places) == 8
    assert all(later - sooner >= RHYTHM.every for sooner, later in itertools.pairwise(places))
    database.close()
