"""A server goes away while the engine waits for its answer: nothing is left behind, nobody waits for ever."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from dbos._sys_db import SystemDatabase
from dbos._utils import retriable_postgres_exception
from tests.integration.durability.durability_samples import (
    enter_artist,
    light_stages,
    opened,
    until_state,
    working,
)

from noktvrn.kernel.errors import Unavailable
from noktvrn.model.run import RunState
from noktvrn.production import dropped
from noktvrn.production.connections import engine_for, let_go
from noktvrn.production.dispatcher import Dispatcher
from noktvrn.settings import Settings
from noktvrn.storage.database import Database

LOST = sa.exc.OperationalError("COMMIT", {}, psycopg.OperationalError("server closed the connection"))


@contextmanager
def server_that_is_gone(home: Path) -> Iterator[Database]:
    """A ledger on a server whose socket is gone, as while it restarts."""
    url = f"postgresql://postgres@/postgres?host={home / 'nowhere'}"
    database = Database(Settings(home=home, database_url=url, _env_file=None))
    yield database
    database.close()


def test_a_claim_whose_answer_was_lost_is_put_back(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim = SystemDatabase.start_queued_workflows
    lost: list[str] = []

    def claim_unheard(*arguments: Any, **more: Any) -> Any:
        claimed = claim(*arguments, **more)
        if claimed[0] and not lost:
            lost.extend(claimed[0])
            raise LOST
        return claimed

    monkeypatch.setattr(SystemDatabase, "start_queued_workflows", claim_unheard)
    monkeypatch.setattr(dropped, "DROPPED_AFTER_S", 0.5)
    with opened(settings) as label:
        run = label.runs.start(enter_artist(label).id)
        with working(label, light_stages()):
            until_state(label, run, RunState.AWAITING_REVIEW)
    assert lost == [f"{run.id}:produce:1"]


def test_a_server_whose_socket_is_gone_is_one_the_engine_waits_for(tmp_path: Path) -> None:
    with server_that_is_gone(tmp_path) as database:
        engine = engine_for(database, "normal")
        with pytest.raises(sa.exc.OperationalError) as caught:
            engine.connect()
        assert retriable_postgres_exception(caught.value)
        let_go(engine)
        with pytest.raises(Unavailable) as ended:
            engine.connect()
    assert not retriable_postgres_exception(ended.value)


def test_who_asks_an_engine_whose_server_is_gone_hears_it_at_once(tmp_path: Path) -> None:
    with server_that_is_gone(tmp_path) as database:
        dispatcher = Dispatcher(database, "normal")
        asks = [
            lambda: dispatcher.last("produce", "run_1"),
            lambda: dispatcher.cancel("produce", "run_1", 1),
            dispatcher.claimed,
        ]
        for ask in asks:
            with pytest.raises(Unavailable) as caught:
                ask()
            assert caught.value.code == "database.unavailable"
        dispatcher.close()


def test_a_ledger_that_was_closed_is_not_waited_for(tmp_path: Path) -> None:
    with server_that_is_gone(tmp_path) as database:
        database.close()
        with pytest.raises(Unavailable) as caught, database.begin():
            pass
    assert caught.value.code == "database.closed"


@pytest.mark.both
@pytest.mark.parametrize("settings", ["postgres"], indirect=True)
def test_who_slept_in_a_transaction_and_was_thrown_out_tries_again(settings: Settings) -> None:
    """The server's own word for it is an error of another kind than those of a server that is gone."""
    database = Database(settings)

    def sleep() -> None:
        with database.begin() as connection:
            connection.execute(sa.text("SET idle_in_transaction_session_timeout = '50ms'"))
            time.sleep(1.0)
            connection.execute(sa.text("SELECT 1"))

    with pytest.raises(Unavailable) as caught:
        sleep()
    assert caught.value.code == "database.unavailable"
    with database.begin() as connection:
        assert connection.execute(sa.text("SELECT 1")).scalar() == 1
    database.close()
