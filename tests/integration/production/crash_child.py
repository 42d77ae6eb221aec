"""A label's process that kills itself with SIGKILL at one point of one stage, without any farewell.

Usage: crash_child.py HOME PROMPT STAGE POINT, where POINT is `before` (the stage has begun), `after` (its
work is done, nothing is committed) or `never`. The database comes from the environment, as for everybody.
"""

from __future__ import annotations

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


def main() -> None:
    """Works through a debut until death or the end."""
    home, prompt, victim, point = sys.argv[1:]
    stages = dict(STAGES)
    if point != "never":
        stages[StageName(victim)] = armed(stages[StageName(victim)], point)

    @contextmanager
    def working(self: office.Office, serves: Sequence[Queue] = EVERY) -> Iterator[engine.Executor]:
        with engine.running(self.studio, stages, serves) as executor:
            yield executor

    office.Office.working = working  # type: ignore[method-assign]
    with open_label(Settings(home=Path(home), _env_file=None)) as label:
        result = debut(
            label,
            prompt,
            seed=7,
            duration_s=DURATION_S,
            with_video="--video" in os.environ.get("CRASH_CHILD", ""),
            takes=2 if "--takes" in os.environ.get("CRASH_CHILD", "") else 1,
            autopilot=True,
            watcher=lambda _sight: None,
            judge=None,
            actor="test",
        )
        print(result.run.state.value, result.run.error)


if __name__ == "__main__":
    main()
