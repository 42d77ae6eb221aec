"""kill -9 between any two writes: no paid result is lost, and nothing is ordered twice."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.integration.outbound.jobs.jobs_samples import House, balances

PROGRAM = Path(__file__).with_name("jobs_killed.py")
ROOT = Path(__file__).parents[4]
KILLED = -9


def lives(house: House, shape: str, stride: int) -> list[dict[str, Any]]:
    """What became of an order for every so many-th moment of death."""
    house.database.close()
    url = house.settings.database_url.get_secret_value() if house.settings.database_url else ""
    words = [sys.executable, str(PROGRAM), str(house.settings.home), url, shape, str(stride)]
    done = subprocess.run(
        words,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


def holds_up(house: House, shape: str, stride: int) -> list[dict[str, Any]]:
    """The same, checked for what must hold wherever the process died."""
    found = lives(house, shape, stride)
    assert len(found) > 20 // stride
    assert found[-1]["ends"] == [0]
    for life in found[:-1]:
        assert life["ends"][0] == KILLED, life
        assert life["ends"][1] in (0, 3), life
        assert life["taken"] <= 1, life
        assert life["state"] == ("stored" if life["ends"][1] == 0 else "unknown"), life
    stored = sum(life["state"] == "stored" for life in found)
    unknown = sum(life["state"] == "unknown" for life in found)
    with house.database.read() as books:
        assert balances(books, "USD")["label"] == (60_000 * stored, 60_000 * unknown)
        assert balances(books, "suno credits")["label"] == (12 * stored, 12 * unknown)
    return found


@pytest.mark.parametrize("shape", ["find", "inline"])
def test_what_was_taken_is_found_again(house: House, shape: str) -> None:
    found = holds_up(house, shape, 2)
    unknown = [life for life in found if life["state"] == "unknown"]
    # Only before it was taken, or before the whole answer was on the disk, nobody can tell.
    assert all(life["taken"] == 0 or shape == "inline" for life in unknown)
    assert len(unknown) <= 5


@pytest.mark.both
def test_where_nobody_can_tell_it_is_never_sent_again(either_house: House) -> None:
    found = holds_up(either_house, "poll", 3)
    assert sum(life["state"] == "unknown" for life in found) <= 2
