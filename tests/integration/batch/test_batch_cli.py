"""`noktvrn batch` as a person, or a cron, meets it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest
from tests.integration.batch.batch_samples import begun, crew
from tests.integration.label.shell import noktvrn

from noktvrn.label.label import open_label
from noktvrn.settings import Settings


@pytest.fixture
def names() -> list[str]:
    with open_label(Settings(_env_file=None)) as label:
        return [artist.profile.stage_name for artist in crew(label, 3)]


def test_once_starts_a_cycle_and_status_tells_of_it(names: list[str]) -> None:
    looked = noktvrn("batch", "once", "--dry-run", "--json")
    assert looked.code == 0, looked.err
    assert len(looked.data["chosen"]) == 2
    said = noktvrn("batch", "once", "--no-wait", "--json")
    assert said.code == 0, said.err
    assert [one["artist_id"] for one in said.data["begun"]] == [
        one["artist_id"] for one in looked.data["chosen"]
    ]
    assert all(one["name"] in names for one in said.data["begun"])
    status = noktvrn("batch", "status", "--json").data
    assert status["cycles"][0]["line"] == said.data["line"]
    assert status["outcomes"]["started"] == 2
    assert [one["name"] for one in status["variants"]] == ["", "shorter", "longer", "two_takes"]
    shown = noktvrn("batch", "status")
    assert said.data["line"] in shown.out
    assert "(usual)" in shown.out


def test_a_dry_run_tells_a_person_who_would_be_chosen(names: list[str]) -> None:
    shown = noktvrn("batch", "once", "--dry-run")
    assert "candidate" in shown.out
    assert "1 passed over: no place in this cycle" in shown.out
    with open_label(Settings(_env_file=None)) as label:
        assert begun(label) == []


def test_a_cycle_with_nobody_to_choose_is_no_failure() -> None:
    said = noktvrn("batch", "once")
    assert (said.code, said.out.endswith("UTC: 0 started\n")) == (0, True)


def test_a_loop_without_a_schedule_says_how_to_set_one() -> None:
    said = noktvrn("batch", "loop", "--no-wait")
    assert said.code == 4
    assert "NOKTVRN_BATCH_SCHEDULES" in said.err


def test_a_schedule_that_cannot_be_read_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOKTVRN_BATCH_SCHEDULES", "daily at nine")
    assert noktvrn("batch", "status").code == 2
    assert noktvrn("batch", "loop").code == 2


def test_a_loop_does_what_is_due_and_leaves_on_a_signal(names: list[str]) -> None:
    words = [sys.executable, "-m", "noktvrn", "batch", "loop", "--no-wait"]
    env = {**os.environ, "NOKTVRN_BATCH_SCHEDULES": "* * * * * UTC; hourly at :00 UTC"}
    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True, env=env) as loop:
        assert loop.stderr is not None
        line = next(line for line in loop.stderr if "started" in line)
        loop.send_signal(signal.SIGTERM)
        loop.stderr.read()
    assert loop.returncode == 0
    assert any(name in line for name in names)
