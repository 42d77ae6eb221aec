"""What the workflow engine costs a stage, and what its default journal would cost instead.

Run: `python -m bench.engine [--steps 200] [--runs 8] [--rounds 3]`. Everything is empty, so whatever is
measured is overhead: a step of the engine alone, on its default SQLite journal and on the house's connections
(by turns, in one process), and a whole stage of a production with its records, events and audit rows.
CPU time is this process's. Journals differ in how long they wait for the disk, so they are compared by the
clock, round by round under the same load.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from statistics import median

from dbos import DBOS, DBOSConfig, SetWorkflowID

from noktvrn.label.label import Label, open_label
from noktvrn.model.run import StageName
from noktvrn.model.verdict import ReviewItem
from noktvrn.production import engine
from noktvrn.production.connections import engine_for
from noktvrn.production.scene import Outcome, Scene
from noktvrn.production.serializer import JsonSerializer
from noktvrn.settings import Settings
from noktvrn.storage.database import Database
from noktvrn.storage.ledger import reviews

MOST_MS = 7.0
"""Engine overhead of one stage (CPU)."""
LEAST_FASTER = 3.0
"""How many times as many steps as on the engine's default journal."""


@DBOS.step(name="bench empty step")
def empty_step(number: int) -> int:
    """Nothing."""
    return number


@DBOS.workflow(name="bench empty workflow")
def empty_workflow(steps: int) -> int:
    """Nothing, many times."""
    return sum(empty_step(number) for number in range(steps))


@contextmanager
def launched(folder: Path, *, house: bool) -> Iterator[None]:
    """The engine on a fresh SQLite file: on its own connections, or on the house's."""
    database = Database(Settings(home=folder, database_url=None, _env_file=None))
    connections = engine_for(database, "normal") if house else None
    config: DBOSConfig = {"name": "bench", "serializer": JsonSerializer(), "log_level": "CRITICAL"}
    if connections is not None:
        config["system_database_engine"] = connections
    else:
        config["system_database_url"] = f"sqlite:///{folder / 'label.db'}"
    folder.mkdir(parents=True, exist_ok=True)
    DBOS(config=config)
    DBOS.launch()
    try:
        yield
    finally:
        DBOS.destroy()
        if connections is not None:
            connections.dispose()
        database.close()


def measured(act: Callable[[], object], count: int) -> tuple[float, float]:
    """Milliseconds of the clock and of CPU that each of `count` pieces took."""
    clock, cpu = time.perf_counter(), time.process_time()
    act()
    return 1000 * (time.perf_counter() - clock) / count, 1000 * (time.process_time() - cpu) / count


def step_cost(folder: Path, steps: int, *, house: bool) -> tuple[float, float]:
    """Milliseconds (clock, CPU) of an empty step."""
    with launched(folder, house=house):
        empty_workflow(10)

        def run() -> None:
            with SetWorkflowID("measured"):
                empty_workflow(steps)

        return measured(run, steps)


_at: dict[str, list[tuple[float, float]]] = {}
"""When each stage of a run was entered: by the clock, and by the CPU time of the thread that does the run."""


def nothing(scene: Scene) -> Outcome:
    """A stage that comes to nothing."""
    _at.setdefault(scene.run.id, []).append((time.perf_counter(), time.thread_time()))
    return Outcome(None)


def laid_out(scene: Scene) -> Outcome:
    """The last stage: it only lays the run on the desk, so that the artist is free for the next one."""
    now = scene.studio.clock.now()
    item = ReviewItem(
        run_id=scene.run.id,
        artist_id=scene.artist.id,
        title="nothing",
        artist_name=scene.artist.profile.stage_name,
        approval_hash="0" * 64,
        opened_at=now,
        expires_at=now + timedelta(days=1),
    )
    return replace(nothing(scene), commits=[lambda connection: reviews.open_(connection, item)])


def stage_cost(folder: Path, count: int) -> tuple[float, float]:
    """Milliseconds (clock, CPU) from one empty stage of a production to the next."""
    stages = dict.fromkeys(StageName, nothing) | {StageName.PREVIEW: laid_out}
    with open_label(Settings(home=folder, database_url=None, _env_file=None)) as label:
        artist = label.artists.create("quiet piano", seed=1)
        with engine.running(label.office.studio, stages):
            _produced(label, artist.id, count)
    ways = [
        [median(1000 * (after[kind] - before[kind]) for before, after in pairwise(way)) for kind in (0, 1)]
        for way in _at.values()
    ]
    # Whoever shares the machine only ever adds: the production that was disturbed least is the measure.
    return median(clock for clock, _ in ways), min(cpu for _, cpu in ways)


def _produced(label: Label, artist_id: str, count: int) -> None:
    begun = [label.runs.start(artist_id, name=f"run {number}") for number in range(count)]
    for run in begun:
        for _ in label.runs.watch(run.id, timeout_s=120):
            pass


def main() -> int:
    """Prints the figures; 1 where a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--runs", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        home = Path(name)
        rounds = [
            (
                step_cost(home / f"default {number}", asked.steps, house=False),
                step_cost(home / f"house {number}", asked.steps, house=True),
            )
            for number in range(asked.rounds)
        ]
        stage_clock, stage_cpu = stage_cost(home / "label", asked.runs)
    default, house = (median(one[side][0] for one in rounds) for side in (0, 1))
    step_cpu = median(one[1][1] for one in rounds)
    faster = median(theirs[0] / ours[0] for theirs, ours in rounds)
    print(f"empty step, the engine's default journal  {default:7.2f} ms   {1000 / default:6.0f} steps/s")
    print(f"empty step, the house's connections       {house:7.2f} ms   {1000 / house:6.0f} steps/s")
    print(f"  of it CPU                               {step_cpu:7.2f} ms")
    print(f"  times as many steps                     {faster:7.1f}      target >= {LEAST_FASTER:g}")
    print(f"empty stage with its records              {stage_clock:7.2f} ms")
    print(f"  of it CPU                               {stage_cpu:7.2f} ms   target <= {MOST_MS:g}")
    return int(stage_cpu > MOST_MS or faster < LEAST_FASTER)


if __name__ == "__main__":
    raise SystemExit(main())
