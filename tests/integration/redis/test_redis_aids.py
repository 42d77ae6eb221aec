"""Redis helps and is never needed: killed, hung, restarted, emptied, lied to by it."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.integration.events.events_samples import tell, until
from tests.integration.label.label_samples import enter_artist, label_at, settle, working
from tests.redis_server import Server, redis_server

from noktvrn.kernel.clock import SystemClock
from noktvrn.kernel.errors import Invalid
from noktvrn.label.label import Label
from noktvrn.llm.cache import Cache, Kept
from noktvrn.model.run import RunState, StageName
from noktvrn.outbound.scribe import Scribe
from noktvrn.settings import Settings
from noktvrn.storage import migrate
from noktvrn.storage.database import Database
from noktvrn.storage.redis import line as lines
from noktvrn.storage.redis.aids import join
from noktvrn.storage.redis.bell import RedisBell
from noktvrn.storage.redis.line import Line, open_line
from noktvrn.storage.redis.shelf import RedisShelf

KEPT = Kept('{"title": "Glass Hours ✓"}', "fake", "model")


@pytest.fixture
def server() -> Iterator[Server]:
    with redis_server() as server:
        yield server


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "FIRST_PAUSE_S", 0.05)
    monkeypatch.setattr(lines, "LONGEST_PAUSE_S", 0.2)


def settings(server: Server, home: Path) -> Settings:
    return Settings(home=home, redis_url=server.url, _env_file=None)


@contextmanager
def a_line(server: Server, home: Path) -> Iterator[Line]:
    line = open_line(settings(server, home), Database(settings(server, home)).url)
    assert line is not None
    yield line
    line.close()


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if "Redis" in record.getMessage()]


def test_the_line_falls_and_rises_and_tells_each_once(
    server: Server, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING), a_line(server, tmp_path) as line:
        shelf = RedisShelf(line)
        shelf.put("a", "text ✓", 60)
        assert shelf.get("a") == "text ✓" and told(caplog) == []
        server.kill()
        for _ in range(40):
            assert shelf.get("a") is None
            time.sleep(0.01)
        (fell,) = told(caplog)
        assert "the label goes on without it" in fell and "redis.sock" in fell
        server.start()

        def back() -> bool:
            shelf.put("b", "again", 60)
            return shelf.get("b") == "again"

        until(back, "Redis back")
        assert told(caplog)[1:] == [fell.split(" does not")[0] + " answers again."]


def test_a_redis_that_hangs_costs_a_fifth_of_a_second_and_then_nothing(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "FIRST_PAUSE_S", 30.0)
    monkeypatch.setattr(lines, "LONGEST_PAUSE_S", 30.0)
    with a_line(server, tmp_path) as line:
        shelf = RedisShelf(line)
        shelf.put("a", "text", 60)
        server.hang()
        started = time.monotonic()
        assert shelf.get("a") is None
        first = time.monotonic() - started
        started = time.monotonic()
        for _ in range(100):
            assert shelf.get("a") is None
        rest = time.monotonic() - started
        server.go_on()
    assert first < 0.4 and rest < 0.1, (first, rest)


def test_pauses_grow_and_have_an_end(server: Server, tmp_path: Path) -> None:
    with a_line(server, tmp_path) as line:
        pauses = []
        for _ in range(4):
            line.fell(OSError())
            pauses.append(line.rests_for_s)
            until(lambda: not line.rests, "the end of the pause")
        assert pauses == pytest.approx([0.05, 0.1, 0.2, 0.2], abs=0.02)


def test_a_bell_is_heard_in_another_process_and_after_a_restart(server: Server, tmp_path: Path) -> None:
    with a_line(server, tmp_path) as here, a_line(server, tmp_path) as there:
        ringer, hearer = RedisBell(here), RedisBell(there)
        hearer.wait(0, 0.0)

        def heard(patience_s: float) -> bool:
            mark = hearer.rung
            ringer.ring()
            return hearer.wait(mark, patience_s) != mark

        until(lambda: heard(0.5), "a ring from elsewhere")
        server.kill()
        until(lambda: not heard(0.2), "silence")
        mark = ringer.rung
        ringer.ring()
        assert ringer.wait(mark, 0.0) != mark  # in this house it rings as before
        server.start()
        until(lambda: heard(0.5), "a ring after the restart")
        for bell in (ringer, hearer):
            bell.close()
        assert not [thread for thread in threading.enumerate() if thread.name.startswith("redis: ")]


def test_labels_on_one_server_do_not_hear_each_other(server: Server, tmp_path: Path) -> None:
    with a_line(server, tmp_path / "one") as one, a_line(server, tmp_path / "two") as two:
        RedisShelf(one).put("key", "mine", 60)
        assert RedisShelf(two).get("key") is None
        assert RedisShelf(one).get("key") == "mine"


def test_watchers_hear_at_once_by_redis_and_soon_without(server: Server, tmp_path: Path) -> None:
    place = settings(server, tmp_path / "home")
    with label_at(place, SystemClock()) as label, label_at(place, SystemClock()) as other:
        start = label.events.last()
        heard: list[str] = []

        def follow() -> None:
            for event in label.events.follow(start, timeout_s=2.0):
                heard.append(event.subject)  # noqa: PERF401 - as they come

        thread = threading.Thread(target=follow)
        thread.start()
        for number in range(6):
            tell(other, str(number))
            if number == 2:
                server.kill()
            time.sleep(0.1)
        thread.join()
    assert heard == list("012345")


def test_answers_are_read_from_redis_and_from_the_books_without_it(server: Server, tmp_path: Path) -> None:
    place = settings(server, tmp_path / "home")
    database = Database(place)
    migrate.upgrade(database)
    aids = join(place, database)

    def fresh() -> Cache:
        return Cache(Scribe(database), SystemClock(), lasts_s=3600)

    def found(cache: Cache) -> Kept | None:
        return asyncio.run(cache.find("key"))

    asyncio.run(fresh().keep("key", KEPT))
    shelf = database.shelf
    assert shelf is not None and shelf.get("answer:key")
    assert found(fresh()) == KEPT
    for lie in ("no json", "[]", '{"text": 1}', '{"text": "a", "provider": "b", "model": 3}', "null"):
        shelf.put("answer:key", lie, 60)
        assert found(fresh()) == KEPT  # the books know better
    server.kill()
    assert found(fresh()) == KEPT
    aids.close()
    database.close()


def test_a_run_goes_on_through_the_death_of_redis(
    server: Server, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def die(_scene: object) -> None:
        server.kill()

    with (
        caplog.at_level(logging.WARNING),
        label_at(settings(server, tmp_path / "home"), SystemClock()) as label,
    ):
        run = _started(label)
        with working(label, [], {StageName.LYRICS: die}):
            assert settle(label, run).state is RunState.AWAITING_REVIEW
        assert label.faults.every(all_of_them=True) == ()
    assert len(told(caplog)) <= 1


def _started(label: Label) -> str:
    return label.runs.start(enter_artist(label).id, with_video=False).id


def test_the_originals_names_reach_the_same_server(tmp_path: Path) -> None:
    pytest.importorskip("redis")
    ledger = Database(Settings(home=tmp_path, _env_file=None)).url
    where: dict[str, Any] = {
        "redis_host": "cache.example",
        "redis_port": 6380,
        "redis_db": 2,
        "redis_password": "p/w",
    }
    named = Settings(home=tmp_path, _env_file=None, **where)
    line = open_line(named, ledger)
    assert line is not None
    reached = line.client.connection_pool.connection_kwargs
    assert [reached[name] for name in ("host", "port", "db", "password")] == ["cache.example", 6380, 2, "p/w"]
    assert open_line(Settings(home=tmp_path, _env_file=None), ledger) is None
    with pytest.raises(Invalid, match="REDIS_URL cannot be read"):
        open_line(Settings(home=tmp_path, redis_url="http://x", _env_file=None), ledger)
