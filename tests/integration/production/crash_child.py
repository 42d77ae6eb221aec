"""A label's process that kills itself with SIGKILL at one point of one stage, without any farewell.

POINT is `before` (the stage has begun), `after` (its work is done, nothing is committed) or `never`. It is
forked from a server that has imported all, so that it starts at once.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from noktvrn.label import office
from noktvrn.label.debut import debut
from noktvrn.label.label import open_label
from noktvrn.model.run import StageName
from noktvrn.production import engine
from noktvrn.production.queues import EVERY, Queue
from noktvrn.production.scene import Outcome, Scene, Stage
from noktvrn.production.stages import STAGES
from noktvrn.settings import Settings
from noktvrn.storage.ledger.runs import PER_TAKE

PROMPT = "Warm lo-fi beats for late trains"
DURATION_S = 30


def armed(stage: Stage, point: str) -> Stage:
    """The stage, deadly at `point`; of a stage with several attempts the last one is."""

    def deadly(scene: Scene) -> Outcome:
        if scene.stage in PER_TAKE and scene.attempt < scene.brief.takes:
            return stage(scene)
        if point == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        outcome = stage(scene)
        os.kill(os.getpid(), signal.SIGKILL)
        return outcome

    return deadly


def exit_code(settings: Settings, victim: str, point: str, *, video: bool, takes: int) -> int | None:
    """Of a process that works through a debut until death or the end; what it said lies in `child.log`."""
    # The server of CPython 3.11 imports what it preloads without the path it is handed (gh-117378).
    os.environ["PYTHONPATH"] = str(Path(__file__).parents[3])
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    url = settings.database_url.get_secret_value() if settings.database_url is not None else None
    process = context.Process(target=main, args=(str(settings.home), url, victim, point, video, takes))
    process.start()
    process.join(600)
    return process.exitcode


def main(home: str, url: str | None, victim: str, point: str, video: bool, takes: int) -> None:
    """Works through a debut until death or the end."""
    log = os.open(Path(home).parent / "child.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, sys.stdout.fileno())
    os.dup2(log, sys.stderr.fileno())
    stages = dict(STAGES)
    if point != "never":
        stages[StageName(victim)] = armed(stages[StageName(victim)], point)

    @contextmanager
    def working(self: office.Office, serves: Sequence[Queue] = EVERY) -> Iterator[engine.Executor]:
        with engine.running(self.studio, stages, serves) as executor:
            yield executor

    office.Office.working = working  # type: ignore[method-assign]
    with open_label(Settings(home=Path(home), database_url=url, _env_file=None)) as label:
        result = debut(
            label,
            PROMPT,
            seed=7,
            duration_s=DURATION_S,
            with_video=video,
            takes=takes,
            autopilot=True,
            watcher=lambda _sight: None,
            judge=None,
            actor="test",
        )
        print(result.run.state.value, result.run.error)
