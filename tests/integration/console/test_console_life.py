"""How the console lives and ends: read-only, faults, a ledger that is away, threads, terminals."""

from __future__ import annotations

import os
import pty
import select
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.integration.console.console_samples import Hands, at_console, enter_run, label_in
from tests.integration.events.events_samples import tell
from tests.integration.label.label_samples import enter_artist, lay_on_desk
from tests.integration.label.shell import noktvrn

from noktvrn.console.watcher import Watcher
from noktvrn.kernel.errors import Unavailable
from noktvrn.model.run import RunState
from noktvrn.storage.database import Database


def test_who_only_looks_changes_nothing(tmp_path: Path) -> None:
    with label_in(tmp_path) as label:
        run = lay_on_desk(label, enter_artist(label))

        async def play(hands: Hands) -> None:
            await hands.sees("only looking", "● works")
            await hands.press("s", "a", "2")
            await hands.sees(run.id)
            for key in "trcm":
                await hands.press(key)
            await hands.is_told("Open it without --read-only")
            assert len(hands.app.screen_stack) == 1
            hands.app.place().ask(lambda: label.runs.cancel(run.id), lambda _: None)  # type: ignore[union-attr]
            await hands.pilot.pause(0.1)

        at_console(label, play, read_only=True)
        assert label.runs.get(run.id).state is RunState.AWAITING_REVIEW
        assert label.switch.state() is None
        assert label.desk.may_autopilot()


def test_what_nobody_foresaw_is_told_in_a_line_and_noted(tmp_path: Path) -> None:
    with label_in(tmp_path) as label:

        def broken() -> None:
            raise ZeroDivisionError("the [b]books[/] do not balance")

        async def play(hands: Hands) -> None:
            await hands.sees("no artists yet")
            place = hands.app.place()
            assert place is not None
            place.ask(broken, lambda _: None)
            await hands.is_told("Our fault: ZeroDivisionError: the [b]books[/] do not balance")
            place.ask(lambda: None, lambda _: broken())
            await hands.until(lambda: len(label.faults.every()) == 2, "both faults")
            await hands.sees("✗ 2 open")

        at_console(label, play)
        assert {fault.kind for fault in label.faults.every()} == {"ZeroDivisionError"}


def test_a_ledger_that_is_away_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read, away = Database.read, threading.Event()

    @contextmanager
    def reading(database: Database) -> Iterator[object]:
        if away.is_set():
            raise Unavailable("The database does not answer.")
        with read(database) as connection:
            yield connection

    monkeypatch.setattr(Database, "read", reading)
    monkeypatch.setattr("noktvrn.console.watcher.AGAIN_AFTER_S", 0.1)
    monkeypatch.setattr("noktvrn.console.loading.AGAIN_AFTER_S", 0.1)
    with label_in(tmp_path) as label:
        enter_artist(label)

        async def play(hands: Hands) -> None:
            await hands.sees("● working")
            away.set()
            await hands.sees("! the ledger does not answer; waiting")
            await hands.press("2", "1")
            away.clear()
            tell(label, "run_fresh")
            await hands.sees("● working", "run_fresh")

        at_console(label, play)


def test_no_thread_outlives_the_console(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    with label_in(tmp_path) as label:
        enter_run(label, enter_artist(label), 1, RunState.PRODUCING, done=1, then="started")

        async def play(hands: Hands) -> None:
            await hands.sees("● works")
            assert any("watcher" in thread.name for thread in threading.enumerate())
            await hands.press("2", "q")

        at_console(label, play)
        assert set(threading.enumerate()) == before


def test_a_watcher_ends_at_once_however_long_it_would_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("noktvrn.console.watcher.LOOK_EVERY_S", 600.0)
    monkeypatch.setattr("noktvrn.console.watcher.STOP_WITHIN_S", 300.0)
    with label_in(tmp_path) as label:
        told: list[object] = []
        watcher = Watcher(label, told.append)
        watcher.start()
        while not told:
            time.sleep(0.01)
        begun = time.perf_counter()
        watcher.stop()
        assert time.perf_counter() - begun < 60
        assert not any("watcher" in thread.name for thread in threading.enumerate())


def test_every_place_tells_its_keys(tmp_path: Path) -> None:
    with label_in(tmp_path) as label:
        enter_artist(label)

        async def play(hands: Hands) -> None:
            await hands.press("question_mark")
            await hands.sees("Keys of Label", "Stop the whole label", "Leave the console")
            await hands.press("escape", "2", "question_mark")
            await hands.sees("Keys of Runs", "Make a part of it anew")

        at_console(label, play)


def test_states_are_told_by_signs_where_there_are_no_colours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    with label_in(tmp_path) as label:
        enter_run(label, enter_artist(label), 1, RunState.FAILED, done=2, then="failed")

        async def play(hands: Hands) -> None:
            assert hands.app.no_color
            assert hands.app.animation_level == "none"
            await hands.press("2")
            await hands.sees("▸ ✗ failed", "✗ lyrics", "[2 Runs]")

        at_console(label, play)


def test_in_a_pipe_the_bare_command_is_the_help(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["noktvrn"])
    said = noktvrn()
    assert (said.code, "Usage: noktvrn" in said.out + said.err) == (0, True)
    said = noktvrn("console")
    assert (said.code, "needs a terminal" in said.err) == (4, True)


def test_at_a_terminal_it_opens_and_q_leaves(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with label_in(home):
        pass  # the child finds a ledger that is made
    environment = {**os.environ, "NOKTVRN_HOME": str(home), "TERM": "xterm-256color"}
    child, terminal = pty.fork()
    if child == 0:
        os.execvpe(sys.executable, [sys.executable, "-m", "noktvrn"], environment)  # noqa: S606
    seen, left, deadline = b"", False, time.monotonic() + 60
    while time.monotonic() < deadline:
        if select.select([terminal], [], [], 0.2)[0]:
            try:
                seen += os.read(terminal, 65_536)
            except OSError:
                break
        if not left and b"no artists yet" in seen:
            os.write(terminal, b"q")
            left = True
    os.close(terminal)
    _, status = os.waitpid(child, 0)
    assert left, seen[-2000:]
    assert os.waitstatus_to_exitcode(status) == 0
