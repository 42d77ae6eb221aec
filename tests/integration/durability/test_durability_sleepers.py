"""Workers that are only slow: stopped in the middle of everything and woken later, with or without the lock
that showed they were alive. A machine that was put to sleep is such a one."""

from __future__ import annotations

import os
import signal
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.process import BaseProcess

import pytest
import sqlalchemy as sa
from tests.integration.durability.durability_samples import (
    both,
    enter_artist,
    opened,
    traced,
    until,
    until_state,
    working,
)
from tests.integration.durability.durability_worker import ASLEEP, begin_sleeper
from tests.integration.durability.test_durability_leases import lose

from noktvrn.label.label import Label
from noktvrn.model.run import PRODUCE_STAGES, Run, RunState
from noktvrn.settings import Settings
from noktvrn.storage import audit, tables

pytestmark = [pytest.mark.long]
SLEEP_S = float(os.environ.get("SLEEP_S", "4"))


@contextmanager
def asleep(settings: Settings, where: str) -> Iterator[BaseProcess]:
    """A worker that was put to sleep there, and none of its other threads in the middle of a transaction."""
    sleeper = begin_sleeper(settings, where)
    try:
        until((settings.home / ASLEEP).exists, "a worker that waits", 60)
        signalled(sleeper, signal.SIGSTOP)
        while where != "commit" and not is_free(settings):
            signalled(sleeper, signal.SIGCONT)
            time.sleep(0.1)
            signalled(sleeper, signal.SIGSTOP)
        yield sleeper
    finally:
        sleeper.kill()
        sleeper.join()


def is_free(settings: Settings) -> bool:
    """Whether anybody may write to a ledger in a file."""
    if settings.database_url is not None:
        return True
    books = sqlite3.connect(settings.home / "label.db", timeout=0.5, isolation_level=None)
    try:
        books.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError:
        return False
    finally:
        books.close()
    return True


def signalled(sleeper: BaseProcess, number: signal.Signals) -> None:
    assert sleeper.pid is not None
    os.kill(sleeper.pid, number)


def wake(settings: Settings, sleeper: BaseProcess) -> None:
    (settings.home / ASLEEP).unlink()
    signalled(sleeper, signal.SIGCONT)


def release(label: Label, run: Run) -> None:
    """Approves the run as soon as it lies on the desk, and waits for its end."""
    until(lambda: label.runs.get(run.id).state is RunState.AWAITING_REVIEW, "the desk", SLEEP_S + 60)
    label.desk.approve(run.id, by="person:test", door="cli")
    until_state(label, run, RunState.COMPLETED)


def done_once(label: Label, run: Run) -> None:
    """The run was released, and nothing of it was entered or carried out twice."""
    assert label.runs.get(run.id).state is RunState.COMPLETED
    assert len(label.releases.every()) == 1
    with label.office.studio.database.read() as connection:
        rows = connection.execute(sa.select(tables.audit.c.act, tables.audit.c.detail)).all()
        assert audit.verify(connection).passed
    acts = Counter((row.act, row.detail.get("stage", ""), row.detail.get("courier", "")) for row in rows)
    twice = {act for act, count in acts.items() if count > 1}
    assert twice <= {("run.producing", "", "")}  # entered by whoever took over from the sleeper


@both
@pytest.mark.parametrize("where", ["claim", "stage", "commit"])
def test_a_worker_that_sleeps_with_its_lock_is_waited_for(settings: Settings, where: str) -> None:
    with opened(settings) as label:
        run = label.runs.start(enter_artist(label).id)
        with asleep(settings, where) as sleeper:
            threading.Timer(SLEEP_S, wake, [settings, sleeper]).start()
            with working(label):
                release(label, run)
                sleeper.join(30)
        done_once(label, run)
    by = {(line["stage"], line["pid"]) for line in traced(settings.home) if line["stage"] in PRODUCE_STAGES}
    assert len(by) == len(PRODUCE_STAGES)  # nobody took over


@both
@pytest.mark.parametrize("where", ["claim", "stage"])
def test_a_worker_that_wakes_when_all_is_over_changes_nothing(settings: Settings, where: str) -> None:
    with opened(settings) as label:
        run = label.runs.start(enter_artist(label).id)
        with asleep(settings, where) as sleeper, working(label):
            lose(label, "its lock")
            release(label, run)
            wake(settings, sleeper)
            sleeper.join(30)
            assert sleeper.exitcode == 0
        done_once(label, run)


@both
@pytest.mark.parametrize("where", ["claim", "stage"])
def test_a_worker_that_wakes_in_the_middle_disturbs_nobody(settings: Settings, where: str) -> None:
    with opened(settings) as label:
        run = label.runs.start(enter_artist(label).id)
        with asleep(settings, where) as sleeper, working(label):
            lose(label, "its lock")
            until_state(label, run, RunState.AWAITING_REVIEW)
            label.desk.reject(run.id, by="person:test", door="cli", reason="thin")
            wake(settings, sleeper)
            sleeper.join(30)
        assert label.runs.get(run.id).state is RunState.REJECTED
        assert not label.runs.is_stranded(run.id)


@pytest.mark.both
@pytest.mark.parametrize("settings", ["postgres"], indirect=True)
def test_a_worker_that_sleeps_in_a_transaction_keeps_its_rows_for_a_while_only(settings: Settings) -> None:
    """A server does not notice: the machine still answers for the process, and the session stays open."""
    with opened(settings) as label:
        run = label.runs.start(enter_artist(label).id)
        with asleep(settings, "commit") as sleeper, working(label):
            lose(label, "its lock")
            release(label, run)
            wake(settings, sleeper)
            sleeper.join(30)
        done_once(label, run)
