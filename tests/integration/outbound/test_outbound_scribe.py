"""Group commit: one thread, many works, and nobody's failure is another's."""

from __future__ import annotations

import asyncio
import gc
import threading
import weakref
from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa

from noktvrn.kernel.errors import Unavailable
from noktvrn.outbound.loop import run
from noktvrn.outbound.scribe import Scribe
from noktvrn.settings import Settings
from noktvrn.storage import migrate
from noktvrn.storage.database import Database

Work = Callable[[sa.Connection], str]


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    opened = Database(settings)
    migrate.upgrade(opened)
    yield opened
    opened.close()


def entry(name: str) -> Work:
    """Writes a row and returns its name; a second row of the same name fails."""

    def work(connection: sa.Connection) -> str:
        row = {"e": name, "h": "", "t": "2026-11-21 12:00:00"}
        connection.execute(
            sa.text("INSERT INTO executors (executor_id, home, started_at) VALUES (:e, :h, :t)"), row
        )
        return name

    return work


def written(database: Database) -> list[str]:
    with database.read() as connection:
        return list(connection.execute(sa.text("SELECT executor_id FROM executors ORDER BY 1")).scalars())


def commits(database: Database) -> list[int]:
    counted = [0]

    @sa.event.listens_for(database.engine, "commit")
    def count(_connection: sa.Connection) -> None:
        counted[0] += 1

    return counted


@pytest.mark.both
def test_works_that_wait_together_are_committed_together(database: Database) -> None:
    scribe = Scribe(database)
    counted = commits(database)
    names = [f"e{number:03}" for number in range(100)]

    async def all_of_them() -> list[str]:
        return await asyncio.gather(*(scribe.write(entry(name)) for name in names))

    assert run(all_of_them()) == names
    assert written(database) == names
    assert counted[0] < 20


def test_a_work_that_fails_spoils_only_itself(database: Database) -> None:
    scribe = Scribe(database)

    def broken(_connection: sa.Connection) -> str:
        raise ZeroDivisionError

    async def all_of_them() -> list[str | BaseException]:
        works = [entry("a"), broken, entry("b"), entry("a"), entry("c")]
        return await asyncio.gather(*(scribe.write(work) for work in works), return_exceptions=True)

    first, failed, second, doubled, last = run(all_of_them())
    assert (first, second, last) == ("a", "b", "c")
    assert isinstance(failed, ZeroDivisionError)
    assert isinstance(doubled, sa.exc.IntegrityError)
    assert written(database) == ["a", "b", "c"]


def test_plain_code_waits_for_its_result(database: Database) -> None:
    scribe = Scribe(database)
    assert scribe.write_now(entry("a")) == "a"
    with pytest.raises(sa.exc.IntegrityError):
        scribe.write_now(entry("a"))
    assert written(database) == ["a"]


def test_a_caller_who_leaves_does_not_take_the_work_back(database: Database) -> None:
    scribe = Scribe(database)
    begun, go_on = threading.Event(), threading.Event()

    def slow(connection: sa.Connection) -> str:
        begun.set()
        go_on.wait()
        return entry("a")(connection)

    async def leave() -> None:
        task = asyncio.ensure_future(scribe.write(slow))
        await asyncio.to_thread(begun.wait)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        go_on.set()
        await scribe.write(entry("b"))

    run(leave())
    assert written(database) == ["a", "b"]


def test_works_are_done_in_the_order_they_came(database: Database) -> None:
    scribe = Scribe(database)
    done: list[int] = []

    async def all_of_them() -> None:
        works = [lambda _, number=number: done.append(number) for number in range(300)]
        await asyncio.gather(*(scribe.write(work) for work in works))

    run(all_of_them())
    assert done == list(range(300))


def test_the_thread_ends_with_the_ledger_and_comes_back(database: Database) -> None:
    scribe = Scribe(database)
    scribe.write_now(entry("a"))
    database.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "scribe"]
    scribe.write_now(entry("b"))
    assert written(database) == ["a", "b"]


@pytest.mark.both
def test_nothing_of_a_work_is_kept(database: Database) -> None:
    class Big:
        pass

    scribe = Scribe(database)
    big = Big()
    gone = weakref.ref(big)
    assert scribe.write_now(lambda _, big=big: big) is big  # type: ignore[misc]
    del big
    scribe.write_now(lambda _: None)
    gc.collect()
    assert gone() is None


@pytest.mark.parametrize("settings", ["postgres"], indirect=True)
def test_a_server_that_came_back_is_come_back_to(database: Database) -> None:
    scribe = Scribe(database)
    scribe.write_now(entry("a"))
    with database.begin() as connection:
        connection.execute(
            sa.text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE pid <> pg_backend_pid() AND datname = current_database()"
            )
        )
    assert scribe.write_now(entry("b")) == "b"
    assert written(database) == ["a", "b"]


@pytest.mark.parametrize("settings", ["postgres"], indirect=True)
def test_a_server_that_goes_away_in_the_middle_is_told(database: Database) -> None:
    def fall(connection: sa.Connection) -> str:
        entry("a")(connection)
        connection.execute(sa.text("SELECT pg_terminate_backend(pg_backend_pid())"))
        return "never"

    scribe = Scribe(database)
    with pytest.raises(Unavailable):
        scribe.write_now(fall)
    assert scribe.write_now(entry("b")) == "b"
    assert written(database) == ["b"]


def where(seen: list[str], name: str) -> Work:
    """An entry that tells which thread wrote it."""

    def work(connection: sa.Connection) -> str:
        seen.append(threading.current_thread().name)
        return entry(name)(connection)

    return work


def test_who_is_alone_writes_in_their_own_thread(database: Database) -> None:
    scribe, seen = Scribe(database), list[str]()

    async def go() -> None:
        await scribe.handed(where(seen, "one"), alone=True)
        with pytest.raises(Unavailable):
            await scribe.handed(failing("two"), alone=True)
        await scribe.handed(where(seen, "three"), alone=True)
        await scribe.handed(where(seen, "four"))

    asyncio.run(go())
    assert written(database) == ["four", "one", "three"]
    own = threading.current_thread().name
    assert seen == ([own, own, "scribe"] if database.is_sqlite else ["scribe"] * 3)


def test_who_is_alone_does_not_overtake(database: Database) -> None:
    scribe, seen = Scribe(database), list[str]()

    async def go() -> None:
        first = scribe.handed(where(seen, "one"))
        await scribe.handed(where(seen, "two"), alone=True)
        assert first.done()

    asyncio.run(go())
    assert seen == ["scribe", "scribe"]


@pytest.mark.both
def test_no_loop_waits_for_another_writer(database: Database) -> None:
    scribe, seen, beats = Scribe(database), list[str](), list[float]()

    async def go() -> None:
        loop = asyncio.get_running_loop()
        with database.begin() as other:
            other.execute(sa.text("DELETE FROM executors"))
            waiting = scribe.handed(where(seen, "one"), alone=True)
            for _ in range(3):
                await asyncio.sleep(0.02)
                beats.append(loop.time())
            assert not waiting.done() or not database.is_sqlite
        assert await waiting == "one"

    asyncio.run(go())
    assert seen == ["scribe"] and len(beats) == 3


def failing(name: str) -> Work:
    """Writes a row, and then raises."""

    def work(connection: sa.Connection) -> str:
        entry(name)(connection)
        raise Unavailable("No.", code="test.no", hint="")

    return work
