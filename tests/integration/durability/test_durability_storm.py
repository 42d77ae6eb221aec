"""A long random storm of kill -9 over several workers: nothing lost, nothing doubled, soon taken over."""

from __future__ import annotations

import json
import random
import statistics
import time
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from multiprocessing.process import BaseProcess

import pytest
import sqlalchemy as sa
from tests.integration.durability.durability_samples import both, enter_artist, opened, traced
from tests.integration.durability.durability_worker import begin_worker

from noktvrn.model.run import Run, RunState, StageName
from noktvrn.settings import Settings
from noktvrn.storage import audit, tables
from noktvrn.storage.database import Database

WORKERS, RUNS, ARTISTS = 3, 14, 3
MEDIAN_S, WORST_S = 3.0, 20.0


@dataclass
class Storm:
    """The workers of one home, and when which of them was killed."""

    settings: Settings
    pause_s: float
    dice: random.Random
    workers: list[BaseProcess] = field(default_factory=list)
    kills: list[tuple[int, float]] = field(default_factory=list)

    def fill(self) -> None:
        """Brings the workers up to their number; one that found nothing left to do has gone in peace."""
        gone = [worker for worker in self.workers if worker.exitcode is not None]
        assert not any(worker.exitcode for worker in gone)
        self.workers = [worker for worker in self.workers if worker not in gone]
        while len(self.workers) < WORKERS:
            self.workers.append(begin_worker(self.settings, self.pause_s))

    def kill_one(self) -> None:
        victim = self._victim()
        self.workers.remove(victim)
        self.kills.append((victim.pid or 0, time.time()))
        victim.kill()
        victim.join()

    def _victim(self) -> BaseProcess:
        """Mostly somebody who is inside a stage, now and then anybody."""
        deadline = time.monotonic() + 20
        while self.dice.random() > 0.02 and time.monotonic() < deadline:
            inside = {line["pid"] for line in last_lines(self.settings) if line["event"] == "begin"}
            busy = [worker for worker in self.workers if worker.pid in inside]
            if busy:
                return self.dice.choice(busy)
            time.sleep(0.1)
        return self.dice.choice(self.workers)

    def calm(self, patience_s: float) -> None:
        for worker in self.workers:
            worker.join(patience_s)
            assert worker.exitcode == 0


def last_lines(settings: Settings) -> list[dict[str, object]]:
    """The last sign of every run."""
    return list({line["run"]: line for line in traced(settings.home)}.values())


def take_overs(settings: Settings, kills: list[tuple[int, float]]) -> list[float]:
    """Seconds from each kill to the next sign of each run that was inside a stage of the killed process."""
    seconds = []
    by_run: dict[object, list[dict[str, object]]] = {}
    for line in traced(settings.home):
        by_run.setdefault(line["run"], []).append(line)
    died = dict(kills)
    for lines in by_run.values():
        for line, following in pairwise(sorted(lines, key=lambda line: float(str(line["at"])))):
            at = died.get(int(str(line["pid"])))
            if line["event"] == "begin" and at is not None and following["pid"] != line["pid"]:
                seconds.append(float(str(following["at"])) - at)
    return seconds


def account(settings: Settings, begun: list[Run]) -> dict[str, object]:
    """Everything that must be there once for each run, and what is there more than once."""
    database = Database(settings)
    with database.read() as connection:
        counts = {
            table.name: connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
            for table in (tables.releases, tables.deliveries, tables.verdicts)
        }
        states = Counter(connection.execute(sa.select(tables.runs.c.state)).scalars())
        acts = Counter(
            (row.subject, row.act, json.dumps(row.detail.get("stage")))
            for row in connection.execute(sa.select(tables.audit)).all()
        )
        codes = connection.execute(sa.select(tables.identifiers.c.code)).scalars().all()
        intact = audit.verify(connection).passed
    database.close()
    notices = [json.loads(line)["key"] for line in (settings.home / "notices.jsonl").read_text().splitlines()]
    home = settings.home
    return {
        **counts,
        "states": dict(states),
        "doubled acts": [act for act, n in acts.items() if n > 1],
        "stages": sum(n for (_, act, _), n in acts.items() if act.startswith("stage.")),
        "codes": (len(codes), len(set(codes))),
        "notices": (len(set(notices)), len(notices) - len(set(notices))),
        "packages": len([path for path in (home / "packages").iterdir() if path.suffix != ".part"]),
        "delivered": len(list((home / "delivered").glob("rel_*"))),
        "incoming": len([path for path in (home / "delivered" / ".incoming").iterdir() if path.is_dir()]),
        "scratch": len(list((home / "scratch").iterdir())),
        "intact": intact,
        "runs": len(begun),
    }


def expected(runs: int, codes: int) -> dict[str, object]:
    return {
        "releases": runs,
        "deliveries": runs,
        "verdicts": runs,
        "states": {RunState.COMPLETED.value: runs},
        "doubled acts": [],
        "stages": runs * len(StageName),
        "codes": (codes, codes),
        "packages": runs,
        "delivered": runs,
        "incoming": 0,
        "intact": True,
        "runs": runs,
    }


def storm_over(settings: Settings, *, kills: int, runs: int, pause_s: float, seed: int) -> None:
    begun: list[Run] = []
    with opened(settings) as label:
        artists = [enter_artist(label, f"Artist {number}").id for number in range(ARTISTS)]
        storm = Storm(settings, pause_s, random.Random(seed))
        try:
            while len(storm.kills) < kills or len(begun) < runs:
                if len(begun) < max(runs, runs * (len(storm.kills) + 1) // kills):
                    begun.append(label.runs.start(artists[len(begun) % ARTISTS], autopilot=True))
                storm.fill()
                time.sleep(storm.dice.uniform(0.2, 2.0))
                if len(storm.kills) < kills:
                    storm.kill_one()
            storm.fill()
            storm.calm(300)
        finally:
            for worker in storm.workers:
                worker.kill()
                worker.join()
    told = account(settings, begun)
    notices, scratch = told.pop("notices"), told.pop("scratch")
    seconds = sorted(take_overs(settings, storm.kills))
    attempts = sum(line["event"] == "begin" for line in traced(settings.home))
    print(
        f"{len(storm.kills)} kills, {len(begun)} runs, {told['stages']} stages, {attempts} attempts, "
        f"{len(seconds)} take-overs: median {statistics.median(seconds):.2f} s, worst {seconds[-1]:.2f} s; "
        f"notices (runs told, told again): {notices}, scratch folders left: {scratch}"
    )
    assert told == expected(len(begun), len(begun) * 2)
    assert statistics.median(seconds) <= MEDIAN_S
    assert seconds[-1] <= WORST_S


@both
@pytest.mark.long
@pytest.mark.timeout(1800)
def test_a_storm_of_kills_loses_and_doubles_nothing(settings: Settings) -> None:
    storm_over(settings, kills=60, runs=RUNS, pause_s=0.6, seed=1)
