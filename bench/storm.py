"""A storm of kill -9 over several workers while runs are produced, judged, remade, sealed and delivered.

`python -m bench.storm [--kills 200] [--seed 1] [--only sqlite|postgres]`: kills at random moments on each
database, three workers on PostgreSQL, two on SQLite. Nothing may be lost, missing or doubled, counted in the
ledger's audit trail, the vault, the packages, the delivered folder, and at the fake that paints some covers;
what a killed worker had begun is taken over in 3 seconds (median).
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from tests.integration.durability.durability_samples import enter_artist, traced
from tests.postgres import cluster

from bench import storm_worker
from bench.storm_books import Counts, counted, take_overs
from noktvrn.kernel.errors import Conflict, NotReady
from noktvrn.label.label import Label, open_label
from noktvrn.model.run import Run, RunState
from noktvrn.settings import Settings
from noktvrn.testing.fakes import openai_images
from noktvrn.testing.fakes.script import Script

MEDIAN_S = 3.0
ARTISTS = 12
"""Each has one production at a time: enough that no worker is idle."""
REMAKES: tuple[dict[str, Any], ...] = (
    {"only": "cover", "buy": True},
    {"only": "take"},
    {"only": "teaser"},
    {"only": "lyrics"},
    {"stage": "video"},
)
CALM_S = 300.0
SLOW = {"on": "POST *", "fault": "slow", "s": 0.5}
"""The service has the order, and bills it, so long before it answers: some workers die in between."""


@dataclass(frozen=True, slots=True)
class Weather:
    """How hard it blows: workers, kills, runs at least, runs under way at a time, how long a stage takes."""

    workers: int
    kills: int
    runs: int = 10
    at_once: int = 8
    pause_s: float = 0.2
    seed: int = 1


@dataclass
class People:
    """Those at the desk: they reject, want parts made anew, and approve, two at the same moment."""

    label: Label
    dice: random.Random
    verbs: Counter[str] = field(default_factory=Counter)
    wishes: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    refused: int = 0

    def look(self) -> None:
        """One look at the desk: everything on it is answered."""
        for item in self.label.desk.queue():
            left = self.wishes.setdefault(
                item.run_id, self.dice.sample(REMAKES, self.dice.choice((0, 1, 1, 2)))
            )
            if left:
                self._remake(item.run_id, left.pop())
            else:
                self._approve(item.run_id)

    def _remake(self, run_id: str, wish: dict[str, Any]) -> None:
        if self.dice.random() < 0.5:
            self.label.desk.reject(run_id, by="person:ana", door="cli", reason="Not yet.")
            self.verbs["reject"] += 1
        self.label.remakes.remake(run_id, by="person:ana", reason="Another one.", **wish)
        self.verbs["remake"] += 1

    def _approve(self, run_id: str) -> None:
        together = threading.Barrier(2)

        def approve(name: str) -> bool:
            together.wait()
            try:
                self.label.desk.approve(run_id, by=f"person:{name}", door="cli")
            except (Conflict, NotReady):
                return False
            return True

        with ThreadPoolExecutor(2) as pool:
            said = list(pool.map(approve, ("ana", "ben")))
        self.verbs["approve"] += sum(said)
        self.refused += said.count(False)


@dataclass
class Storm:
    """The workers of one home, the runs that were begun, and when which worker was killed."""

    settings: Settings
    weather: Weather
    variables: dict[str, str]
    label: Label
    people: People
    dice: random.Random
    workers: list[BaseProcess] = field(default_factory=list)
    kills: list[tuple[int, float]] = field(default_factory=list)
    begun: list[Run] = field(default_factory=list)
    open: set[str] = field(default_factory=set)

    def blow(self) -> None:
        """Until every kill has fallen and every run has ended."""
        artists = [enter_artist(self.label, f"Artist {number}").id for number in range(ARTISTS)]
        deadline = 0.0
        while self._goes_on() or self.open:
            self._begin_runs(artists)
            self._fill()
            self._wait(self.dice.uniform(0.3, 3.0))
            if len(self.kills) < self.weather.kills:
                self._kill_one()
                deadline = time.monotonic() + CALM_S
            elif time.monotonic() > deadline:
                break  # what has not ended by now is lost

    def _goes_on(self) -> bool:
        return len(self.kills) < self.weather.kills or len(self.begun) < self.weather.runs

    def _begin_runs(self, artists: Sequence[str]) -> None:
        while self._goes_on() and len(self.open) < self.weather.at_once:
            run = self.label.runs.start(artists[len(self.begun) % ARTISTS])
            self.begun.append(run)
            self.open.add(run.id)

    def _wait(self, seconds: float) -> None:
        """People work at the desk meanwhile."""
        until = time.monotonic() + seconds
        while True:
            self.people.look()
            ended = {run.id for run in self.label.runs.every() if run.state is RunState.COMPLETED}
            self.open -= ended
            if time.monotonic() >= until:
                return
            time.sleep(0.1)

    def _fill(self) -> None:
        """Brings the workers up to their number. None of them ends by itself."""
        if any(worker.exitcode is not None for worker in self.workers):
            said = (self.settings.home.parent / "workers.log").read_text("utf-8")
            raise RuntimeError(f"a worker ended by itself: {said[-2000:]}")
        url = self.settings.database_url
        while len(self.workers) < self.weather.workers:
            told = url.get_secret_value() if url is not None else None
            home, pause_s = self.settings.home, self.weather.pause_s
            self.workers.append(storm_worker.begin(home, told, pause_s, self.variables))

    def _kill_one(self) -> None:
        victim = self._victim()
        self.workers.remove(victim)
        self.kills.append((victim.pid or 0, time.time()))
        victim.kill()
        victim.join()

    def _victim(self) -> BaseProcess:
        """Mostly somebody who is at work, now and then anybody."""
        deadline = time.monotonic() + 10
        while self.dice.random() > 0.05 and time.monotonic() < deadline:
            last = {line["run"]: line for line in traced(self.settings.home)}.values()
            inside = {line["pid"] for line in last if line["event"] == "begin"}
            busy = [worker for worker in self.workers if worker.pid in inside]
            if busy:
                return self.dice.choice(busy)
            self._wait(0.1)
        return self.dice.choice(self.workers)

    def end(self) -> None:
        """Sends the workers home."""
        (self.settings.home / storm_worker.OVER).touch()
        for worker in self.workers:
            worker.join(20)
            worker.kill()
            worker.join()


def storm(settings: Settings, weather: Weather) -> tuple[Counts, list[float]]:
    """What was counted afterwards, and the seconds of every take-over, sorted."""
    dice = random.Random(weather.seed)
    with openai_images.Server(Script([dict(SLOW)])) as fake, _set(_variables(fake)) as variables:
        told = Settings(home=settings.home, database_url=settings.database_url, _env_file=None)
        with open_label(told) as label:
            people = People(label, random.Random(weather.seed + 1))
            blowing = Storm(told, weather, variables, label, people, dice)
            try:
                blowing.blow()
            finally:
                blowing.end()
        painted = [str(job["prompt"]) for job in fake.submissions]
    runs = [run.id for run in blowing.begun]
    told_of = {"kills": len(blowing.kills), "late approvals refused": people.refused}
    return told_of | counted(told, runs, people.verbs, painted), take_overs(told.home, blowing.kills)


def _variables(fake: openai_images.Server) -> dict[str, str]:
    return {
        "NOKTVRN_LLM": "none",
        "NOKTVRN_ILLUSTRATOR": "openai_images",
        "OPENAI_API_KEY": openai_images.KEY,
        "OPENAI_BASE_URL": f"{fake.origin}/v1",
    }


@contextlib.contextmanager
def _set(variables: dict[str, str]) -> Iterator[dict[str, str]]:
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield variables
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


def told(counts: Counts, seconds: Sequence[float]) -> str:
    """The figures in lines."""
    lines = [f"  {name}: {value}" for name, value in counts.items()]
    if seconds:
        median = statistics.median(seconds)
        lines.append(f"  {len(seconds)} take-overs: median {median:.2f} s, worst {seconds[-1]:.2f} s")
    return "\n".join(lines)


def whole(counts: Counts) -> bool:
    """Whether nothing was lost, missing or doubled."""
    return not (counts["lost"] or counts["missing"] or counts["doubled"]) and bool(counts["intact"])


def soon(seconds: Sequence[float]) -> bool:
    """Whether what was begun was soon taken over."""
    return not seconds or statistics.median(seconds) <= MEDIAN_S


def main() -> int:
    """Storms over each database in a fresh home."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=("sqlite", "postgres"))
    wanted = parser.parse_args()
    good = True
    for name in (wanted.only,) if wanted.only else ("sqlite", "postgres"):
        with contextlib.ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="storm-")))
            url = stack.enter_context(cluster()) if name == "postgres" else None
            settings = Settings(home=folder / "home", database_url=url, _env_file=None)
            weather = Weather(3 if url else 2, wanted.kills, seed=wanted.seed)
            counts, seconds = storm(settings, weather)
        print(f"{name}, {weather.workers} workers\n{told(counts, seconds)}", flush=True)
        good &= whole(counts) and soon(seconds)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
