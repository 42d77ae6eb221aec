"""Who is alive, who is dead, and what happens to those who only look it."""

from __future__ import annotations

import os
import shutil
import signal
import time
from datetime import UTC, datetime
from pathlib import Path

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
from tests.integration.durability.durability_worker import begin_opener, begin_worker

from noktvrn.label.label import Label
from noktvrn.model.run import Run, RunState
from noktvrn.production import dropped
from noktvrn.production.leases import Leases, Lock
from noktvrn.production.reaper import Reaper
from noktvrn.settings import Settings
from noktvrn.storage import audit, tables

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
TAKE_OVER_S = 20.0


@pytest.fixture
def leases(label: Label) -> Leases:
    return Leases(label.office.studio.database, label.settings.home)


def lose(label: Label, executor_id: str) -> None:
    """Takes an executor's lock away from under it, as a restart or an eager clean-up would."""
    database = label.office.studio.database
    if database.is_sqlite:
        shutil.rmtree(Path(str(database.url.database)).parent / "locks")
        return
    with database.begin() as connection:
        connection.execute(
            sa.text(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
                " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            )
        )


def listed(label: Label) -> set[str]:
    with label.office.studio.database.read() as connection:
        return set(connection.execute(sa.select(tables.executors.c.executor_id)).scalars())


def others_see_dead(leases: Leases, executor_id: str) -> bool:
    lock: Lock | None = leases.try_lock(executor_id)
    if lock is not None:
        lock.release()
    return lock is not None


@both
def test_a_living_executor_keeps_its_lock_and_a_dead_one_loses_it(leases: Leases) -> None:
    lock = leases.enlist("exec-a", NOW)
    assert lock.holds()
    assert not others_see_dead(leases, "exec-a")
    lock.release()
    until(
        lambda: others_see_dead(leases, "exec-a"), "its death"
    )  # a server ends a session when it gets to it


@both
def test_a_lost_lock_is_noticed_and_taken_anew(label: Label, leases: Leases) -> None:
    lock = leases.enlist("exec-a", NOW)
    lose(label, "exec-a")
    assert not lock.holds()
    again = leases.renew("exec-a", lock, NOW)
    assert again.holds()
    assert not others_see_dead(leases, "exec-a")
    again.release()


@both
def test_an_executor_that_was_struck_off_while_it_lived_lists_itself_again(
    label: Label, leases: Leases
) -> None:
    lock = leases.enlist("exec-a", NOW)
    lose(label, "exec-a")
    assert leases.bury_dead("exec-b", (), lambda _dead: True) == 1
    assert listed(label) == set()
    again = leases.renew("exec-a", lock, NOW)
    assert listed(label) == {"exec-a"}
    again.release()


def test_who_has_work_and_is_not_listed_is_dead(label: Label, leases: Leases) -> None:
    taken: list[str] = []

    def take_over(dead: str) -> bool:
        taken.append(dead)
        return True

    assert leases.bury_dead("exec-b", ["exec-gone", "exec-b"], take_over) == 1
    assert taken == ["exec-gone"]


def test_work_that_cannot_be_taken_over_keeps_no_other_from_it(label: Label, leases: Leases) -> None:
    taken: list[str] = []

    def take_over(dead: str) -> bool:
        taken.append(dead)
        if dead == "exec-a":
            raise ValueError("a row nobody can read")
        return True

    with pytest.raises(ValueError, match="nobody can read"):
        leases.bury_dead("exec-me", ["exec-a", "exec-b"], take_over)
    assert taken == ["exec-a", "exec-b"]
    assert others_see_dead(leases, "exec-a")  # its lock was let go all the same


def test_homes_that_share_a_ledger_see_the_same_locks(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/shared/label.db"
    one, two = (Settings(home=tmp_path / name, database_url=url, _env_file=None) for name in ("a", "b"))
    with opened(one) as first, opened(two) as second:
        lock = Leases(first.office.studio.database, one.home).enlist("exec-a", NOW)
        assert not others_see_dead(Leases(second.office.studio.database, two.home), "exec-a")
        lock.release()


@both
def test_who_lost_its_own_lock_takes_nobody_for_dead_at_once(
    label: Label, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that restarts frees the locks of all the living: whoever is first must not bury the others."""
    monkeypatch.setattr(dropped, "under_way", frozenset)
    studio, ways = label.office.studio, label.office.dispatcher
    first, second = (Reaper(studio, name, ways) for name in ("exec-a", "exec-b"))
    lose(label, "every lock")
    second._look()
    assert listed(label) == {"exec-a", "exec-b"}
    first._look()
    assert not others_see_dead(Leases(studio.database, label.settings.home), "exec-a")
    first.release()
    monkeypatch.setattr(second, "_calm_until", 0.0)
    until(lambda: others_see_dead(Leases(studio.database, label.settings.home), "exec-a"), "its death")
    second._look()
    assert listed(label) == {"exec-b"}
    second.release()


@both
def test_many_processes_may_open_an_empty_home_at_once(settings: Settings) -> None:
    openers = [begin_opener(settings) for _ in range(4)]
    for opener in openers:
        opener.join(60)
    log = settings.home.parent / "workers.log"
    assert [opener.exitcode for opener in openers] == [0] * 4, log.read_text()[-2000:]


@both
def test_the_work_of_a_killed_process_is_taken_over_and_its_rubbish_removed(
    settings: Settings, label: Label
) -> None:
    run = label.runs.start(enter_artist(label).id, autopilot=False)
    worker = begin_worker(settings, 0.5)
    until(lambda: in_stage(settings, "track"), "the track stage", 60)
    assert worker.pid is not None
    os.kill(worker.pid, signal.SIGKILL)
    worker.join()
    began = time.monotonic()
    with working(label):
        # Its scratch folder is gone before anything else happens, and its run goes on by itself.
        until(lambda: traced(settings.home)[-1]["pid"] == os.getpid(), "the take-over")
        taken_s = time.monotonic() - began
        until_state(label, run, RunState.AWAITING_REVIEW)
        until(lambda: not label.office.dispatcher.last("produce", run.id)[1], "the workflow's end")
    assert list((settings.home / "scratch").iterdir()) == []
    assert taken_s < TAKE_OVER_S
    assert listed(label) == set()
    assert stages_done(label, run) == {"done": 10}


def in_stage(settings: Settings, stage: str) -> bool:
    lines = traced(settings.home)
    return bool(lines) and lines[-1]["stage"] == stage and lines[-1]["event"] == "begin"


def stages_done(label: Label, run: Run) -> dict[str, int]:
    found: dict[str, int] = {}
    for record in label.runs.look(run.id).stages:
        found[record.state] = found.get(record.state, 0) + 1
    return found


@both
def test_a_run_survives_the_loss_of_every_session_and_lock(label: Label) -> None:
    """A server that drops all sessions, or a deleted lock folder, in the middle of a run."""
    run = label.runs.start(enter_artist(label).id)
    with working(label):
        until(lambda: bool(traced(label.settings.home)), "the first stage")
        lose(label, "mine")
        if not label.office.studio.database.is_sqlite:
            drop_sessions(label)
        until_state(label, run, RunState.AWAITING_REVIEW)
    assert stages_done(label, run) == {"done": 10}
    with label.office.studio.database.read() as connection:
        assert audit.verify(connection).passed


def drop_sessions(label: Label) -> None:
    database = label.office.studio.database
    with database.begin() as connection:
        connection.execute(
            sa.text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
