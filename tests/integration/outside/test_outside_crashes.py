"""Workers that order outside are killed between any two writes, while the service fails as well.

Counted at the service: no order is taken twice. Nothing that was paid for is lost: it is kept, or its ticket
says that nobody knows, and holds the money.
"""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.integration.outside.outside_cases import CASES, Case

from noktvrn.outbound.failures import OUTCOME_UNKNOWN
from noktvrn.settings import Settings
from noktvrn.storage import migrate
from noktvrn.storage.database import Database
from noktvrn.storage.ledger import budgets, tickets
from noktvrn.storage.ledger.tickets import TicketState
from noktvrn.testing.fakes.__main__ import fake_of
from noktvrn.testing.fakes.fake import Fake
from noktvrn.testing.fakes.script import Script

ROOT = Path(__file__).parents[3]
MOST_WRITES = 90
"""A whole life makes about as many."""
SUBMIT_FAULTS: list[dict[str, Any]] = [
    {"fault": "reset"},
    {"fault": "reset_after"},
    {"fault": "status", "status": 500},
    {"fault": "status_after", "status": 502},
    {"fault": "status", "status": 503, "retry_after": 1},
    {"fault": "status", "status": 429},
    {"fault": "truncated", "kept": 0.5},
    {"fault": "truncated", "kept": 0.0},
    {"fault": "slow", "s": 0.05},
    {"fault": "body", "text": "{", "kind": "application/json"},
    {"fault": "html"},
]
LATER_FAULTS: list[dict[str, Any]] = [
    {"fault": "reset"},
    {"fault": "status", "status": 500},
    {"fault": "status", "status": 502},
    {"fault": "html"},
    {"fault": "truncated", "kept": 0.7},
    {"fault": "slow", "s": 0.05},
]


class Workers:
    """The process that forks them."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.integration.outside.outside_worker"]
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def life(self, **told: object) -> dict[str, Any]:
        """What became of one."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps(told) + "\n")
        self._process.stdin.flush()
        said: dict[str, Any] = json.loads(self._process.stdout.readline())
        return said

    def close(self) -> None:
        """Ends it."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(20)
        self._process.stdout.close()


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    found = Workers()
    yield found
    found.close()


@pytest.fixture(scope="module")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("blank")
    database = Database(Settings(home=home, _env_file=None))
    migrate.upgrade(database)
    database.close()
    return home


def script_of(case: Case, dice: random.Random) -> tuple[Script, str]:
    """The faults of a trial, and the one its order meets."""
    rules: list[dict[str, Any]] = []
    met = ""
    if dice.random() < 0.5:
        fault = dice.choice(SUBMIT_FAULTS)
        met = str(fault["fault"])
        rules.append({"on": case.submit, "nth": 1, **fault})
    rules += [
        {"on": route, "first": dice.randint(1, 2), **dice.choice(LATER_FAULTS)}
        for route in filter(None, (case.look, case.files))
        if dice.random() < 0.4
    ]
    return Script(rules), met


def trial(case: Case, seed: int, workers: Workers, blank: Path, fake: Fake, home: Path) -> dict[str, Any]:
    """One order, killed up to three times, then seen through. Returns what is known in the end."""
    dice = random.Random(f"{case.provider}/{seed}")
    shutil.copytree(blank, home, dirs_exist_ok=True)
    fake.script, met = script_of(case, dice)
    before, billed = len(fake.submissions), fake.bill.copy()
    told = {"home": str(home), "provider": case.provider, "origin": fake.origin, "attempt": seed + 1}
    deaths = 0
    for life in range(dice.randint(1, 3)):
        said = workers.life(**told, die_at=dice.randint(1, MOST_WRITES), late_min=life * 3)
        deaths += said["code"] == "killed"
    said = workers.life(**told, die_at=0, late_min=15)
    settings = Settings(home=home, _env_file=None)
    database = Database(settings)
    with database.read() as books:
        (ticket,) = tickets.every(books)
        label = [one for one in budgets.every(books) if one.scope == "label"]
    database.close()
    return {
        "taken": len(fake.submissions) - before,
        "billed": dict(fake.bill - billed),
        "said": said,
        "deaths": deaths,
        "met": met,
        "ticket": ticket,
        "books": label,
    }


def judge(found: dict[str, Any]) -> None:
    """What may never be."""
    ticket, said, taken = found["ticket"], found["said"], found["taken"]
    free = said["free"]
    assert taken <= 1 or free, found
    if said["code"] == "":
        assert ticket.state is TicketState.STORED and said["whole"] and taken >= 1, found
    elif taken:
        # It was taken, and there is no file of it: then nobody may think that it cost nothing. A free one
        # whose answer was lost may stand as refused: it is asked for once more and costs nothing again.
        assert ticket.state is not TicketState.REFUSED or free, found
        assert said["hint"], found
    if ticket.state is TicketState.UNKNOWN and not free:
        assert said["code"] == OUTCOME_UNKNOWN and not ticket.cost_known, found
    if not free and taken:
        assert all(one.spent + one.held > 0 for one in found["books"]), found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.provider)
def test_no_order_is_taken_twice_whoever_dies(
    case: Case, workers: Workers, blank: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    trials = 1000 // len(CASES) + 1 if request.config.getoption("--long") else 2
    deaths = 0
    with fake_of(case.fake)() as fake:
        for seed in range(trials):
            home = tmp_path / str(seed)
            found = trial(case, seed, workers, blank, fake, home)
            judge(found)
            deaths += found["deaths"]
            shutil.rmtree(home)
    assert deaths >= trials // 2
