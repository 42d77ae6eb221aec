"""Watching from the shell: `noktvrn watch`, `noktvrn run watch`, and a ledger that goes away meanwhile."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from tests.integration.events.events_samples import tell
from tests.integration.label.label_samples import enter_artist, label_at, lay_on_desk

from noktvrn.cli.main import root
from noktvrn.kernel.clock import SystemClock
from noktvrn.kernel.errors import Unavailable
from noktvrn.label import events as following
from noktvrn.model.event import Event
from noktvrn.model.run import RunState
from noktvrn.settings import Settings
from noktvrn.storage.database import Database
from noktvrn.storage.ledger import runs

Here = Callable[[], AbstractContextManager[Any]]


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", _env_file=None)


def test_the_label_is_watched_line_by_line(home: Settings) -> None:
    with label_at(home, SystemClock()) as label:
        run = lay_on_desk(label, enter_artist(label))
    shown = CliRunner().invoke(root, ["watch", "--after", "0", "--timeout", "0", "--jsonl"])
    assert shown.exit_code == 0, shown.output
    told = [Event.model_validate_json(line) for line in shown.stdout.splitlines()]
    assert [event.kind for event in told][1:] == ["run.awaiting_review", "stage.done", "review.opened"]
    people = CliRunner().invoke(root, ["watch", "--after", str(told[1].number), "--timeout", "0"]).stdout
    assert [line.split()[2:] for line in people.splitlines()] == [
        ["stage.done", run.id, "stage=validate", "attempt=1"],
        ["review.opened", run.id],
    ]
    other = CliRunner().invoke(
        root, ["watch", "--after", "0", "--timeout", "0", "--artist", "art_0000000000000"]
    )
    assert "There is no artist" in str(other.exception)
    assert json.loads(shown.stdout.splitlines()[0])["artist_id"] == run.artist_id


def test_a_follower_hears_at_once_what_another_connection_commits(home: Settings) -> None:
    with label_at(home, SystemClock()) as label, label_at(home, SystemClock()) as other:
        heard: list[tuple[str, float]] = []
        start = label.events.last()

        def follow() -> None:
            for event in label.events.follow(start, timeout_s=1.5):
                heard.append((event.subject, time.monotonic()))  # noqa: PERF401 - as they come

        thread = threading.Thread(target=follow)
        thread.start()
        told = []
        for number, teller in enumerate([label, other, label, other]):
            time.sleep(0.15)
            told.append(time.monotonic())
            tell(teller, str(number))
        thread.join()
    assert [subject for subject, _ in heard] == ["0", "1", "2", "3"]
    late = sorted(at - begun for (_, at), begun in zip(heard, told, strict=True))
    assert late[2] < 0.5, late


def test_a_run_is_seen_to_end_as_soon_as_it_does(home: Settings) -> None:
    with label_at(home, SystemClock()) as label, label_at(home, SystemClock()) as other:
        run = lay_on_desk(label, enter_artist(label))
        studio = other.office.studio
        with studio.database.begin() as connection:
            runs.move(connection, run.id, RunState.PRODUCING, studio.clock.now())
        ended: list[float] = []

        def end() -> None:
            with studio.database.begin() as connection:
                runs.move(connection, run.id, RunState.FAILED, studio.clock.now(), error="it broke")
            ended.append(time.monotonic())

        timer = threading.Timer(0.4, end)
        timer.start()
        last = list(label.runs.watch(run.id, timeout_s=10))[-1]
        seen = time.monotonic()
        timer.join()
    assert last.run.state is RunState.FAILED
    assert seen - ended[0] < 0.5


def test_a_ledger_that_is_away_is_waited_for(home: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "AGAIN_AFTER_S", 0.01)
    read = Database.read
    away = [3]

    def failing(database: Database) -> Any:
        if away[0]:
            away[0] -= 1
            raise Unavailable("The database does not answer.")
        return read(database)

    with label_at(home, SystemClock()) as label:
        tell(label, "before")
        monkeypatch.setattr(Database, "read", failing)
        found = list(label.events.follow(0, timeout_s=0.3))
    assert [event.subject for event in found] == ["before"]
    assert away == [0]
