"""The PostgreSQL server restarts in the middle of runs."""

from __future__ import annotations

import os
import pwd
import random
import threading
import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.integration.durability.durability_samples import (
    enter_artist,
    light_stages,
    opened,
    until,
    until_state,
    working,
)
from tests.integration.durability.durability_worker import begin_worker
from tests.integration.durability.outage_samples import at_desk, listening, postgres_away
from tests.postgres import _call, _programs, cluster

from noktvrn.model.run import RunState, StageName
from noktvrn.production.scene import Outcome, Scene
from noktvrn.settings import Settings
from noktvrn.storage import audit


def restart(url: str) -> None:
    """Ends every session at once and starts the server again, as an impatient administrator would."""

    folder = Path(parse_qs(urlsplit(url).query)["host"][0])
    owner = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
    words: list[str | Path] = [
        _programs() / "pg_ctl",
        "-D",
        folder / "data",
        "-w",
        "-m",
        "immediate",
        "-l",
        folder / "log",
    ]
    _call([*words, "restart"], owner)


def test_a_run_outlives_a_restart_of_the_server(tmp_path: Path) -> None:
    entered, go = threading.Event(), threading.Event()

    def waiting(scene: Scene) -> Outcome:
        entered.set()
        assert go.wait(60)
        return light_stages()[StageName.COVER](scene)

    with cluster() as url:
        settings = Settings(home=tmp_path / "home", database_url=url, _env_file=None)
        with listening() as told, opened(settings) as label:
            run = label.runs.start(enter_artist(label).id)
            with working(label, light_stages(track=waiting)):
                assert entered.wait(60)
                restart(url)
                go.set()
                until_state(label, run, RunState.AWAITING_REVIEW)
                until(lambda: not label.office.dispatcher.last("produce", run.id)[1], "the workflow's end")
            states = [record.state for record in label.runs.look(run.id).stages]
            assert states == ["done"] * 10
            with label.office.studio.database.read() as connection:
                assert audit.verify(connection).passed
    assert told.lines[1:] in ([], ["The ledger answers again."])
    assert all(line.endswith("What needs it waits.") for line in told.lines[:1])


@pytest.mark.long
@pytest.mark.timeout(900)
def test_two_workers_outlive_restart_after_restart(tmp_path: Path) -> None:
    dice = random.Random(11)
    with cluster() as url:
        settings = Settings(home=tmp_path / "home", database_url=url, _env_file=None)
        with opened(settings) as label:
            begun = [label.runs.start(enter_artist(label, f"Artist {n}").id) for n in range(20)]
            workers = [begin_worker(settings, 0.2) for _ in range(2)]
            try:
                for away_s in (0.0, 0.5, 2.0, 0.0, 5.0, 1.0, 0.0, 3.0):
                    time.sleep(dice.uniform(0.3, 3.0))
                    postgres_away(url, away_s)
                at_desk(label, begun)
                for worker in workers:
                    worker.join(60)
                assert [worker.exitcode for worker in workers] == [0, 0]
            finally:
                for worker in workers:
                    worker.kill()
