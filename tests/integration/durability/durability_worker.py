"""A label's process. `work`: takes work until every run has ended. `hold`: opens the label and says so.

Usage: durability_worker.py MODE HOME PAUSE_S. The database comes from DATABASE_URL, as for everybody.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from tests.integration.durability.durability_samples import light_stages, working

from noktvrn.kernel.errors import LabelError
from noktvrn.label.label import Label, open_label
from noktvrn.label.work import is_busy, keep_desk
from noktvrn.model.run import RunState
from noktvrn.settings import Settings

MODE, HOME, PAUSE_S = sys.argv[1], Path(sys.argv[2]), float(sys.argv[3])


def is_over(label: Label) -> bool:
    waiting = any(run.state is RunState.AWAITING_REVIEW and run.autopilot for run in label.runs.every())
    return not waiting and not is_busy(label)


def work(label: Label) -> None:
    with working(label, light_stages(PAUSE_S)):
        print("working", flush=True)
        while True:
            try:
                keep_desk(label)
                if is_over(label):
                    return
            except LabelError as error:
                print(error.code, error.message, file=sys.stderr, flush=True)
            time.sleep(0.1)


def main() -> None:
    settings = Settings(
        home=HOME, autopilot_artist_daily=10_000, autopilot_label_daily=10_000, _env_file=None
    )
    with open_label(settings) as label:
        if MODE == "work":
            work(label)
        print("opened", flush=True)


if __name__ == "__main__":
    main()
