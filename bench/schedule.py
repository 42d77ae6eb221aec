"""A scheduling cycle over 100, 1,000 and 10,000 artists, each with a calendar of 90 days and a history.

Run: `python -m bench.schedule [--artists 100 1000 10000]`. Each roster is a SQLite ledger of its own; the
cycles run in a child process, so that its peak memory is that of the cycle. CPU time, not wall time. Limits:
2 s and 300 MB at 10,000 artists, and a cost per artist that does not rise with their number.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from noktvrn.artist.builder import build
from noktvrn.kernel.clock import FixedClock
from noktvrn.kernel.ids import ArtistId, PlanId, derive
from noktvrn.label.label import Label, open_label
from noktvrn.model.artist import Artist, LifecycleState
from noktvrn.model.plan import ContentPlan
from noktvrn.model.run import Run, RunState
from noktvrn.planning.calendar import make_plan
from noktvrn.providers.procedural_writer.writer import ProceduralWriter
from noktvrn.reference import load
from noktvrn.settings import Settings
from noktvrn.storage import tables
from noktvrn.storage.database import Database

SIZES = (100, 1_000, 10_000)
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
CALENDAR_DAYS = 90
HISTORY = 6
CHUNK = 500
MOST_S, MOST_MB = 2.0, 300


def main() -> None:
    """Prints the figures, or measures one roster for the process that does."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--artists", type=int, nargs="+", default=SIZES)
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.measure:
        print(json.dumps(measured(asked.measure)))
        return
    before: tuple[int, float] | None = None
    for count in asked.artists:
        with tempfile.TemporaryDirectory() as folder:
            fill(Path(folder), count)
            told = _in_a_child(Path(folder))
        usual, first, peak = told["usual_s"], told["first_s"], told["peak_mb"]
        more = (
            f", {1e6 * (usual - before[1]) / (count - before[0]):.0f} us for each one more" if before else ""
        )
        print(
            f"{count:>7,} artists: a cycle {usual:.3f} s{more}; with everybody's lifecycle due {first:.3f} s;"
            f" peak {peak:.0f} MB, {told['idle_mb']:.0f} of them before it",
            flush=True,
        )
        before = count, usual
        if max(first, usual) > MOST_S or peak > MOST_MB:
            raise SystemExit(f"over the limit of {MOST_S} s and {MOST_MB} MB")


def measured(home: Path) -> dict[str, float]:
    """CPU seconds of a cycle in which every artist's lifecycle is due, the least of three cycles after it,
    and the peak memory in MB before and after."""
    clock = FixedClock(NOW)
    with open_label(Settings(home=home, batch_runs=2, _env_file=None), clock) as label:
        _ = label.office.dispatcher  # the engine is imported once a process, not once a cycle
        idle = _peak_mb()
        first = _cycle_s(label)
        usual = []
        for _ in range(3):
            clock.advance(timedelta(minutes=1))
            usual.append(_cycle_s(label))
    return {"first_s": first, "usual_s": min(usual), "idle_mb": idle, "peak_mb": _peak_mb()}


def _cycle_s(label: Label) -> float:
    began = time.process_time()
    cycle = label.batch.once()
    spent = time.process_time() - began
    if len(cycle.story.begun) != 2:
        raise SystemExit(f"the cycle started nothing: {cycle.line}")
    return spent


def fill(home: Path, count: int) -> None:
    """A ledger of so many artists at work, each with a calendar of 90 days and runs of the last month."""
    settings = Settings(home=home, _env_file=None)
    with open_label(settings, FixedClock(NOW)):
        pass  # makes the ledger
    artist, _ = build(
        ProceduralWriter(load(settings)),
        prompt="Quiet piano for snowy streets",
        seed=7,
        taken_names=[],
        now=NOW,
    )
    plan = make_plan(artist, starts_on=NOW.date(), days=CALENDAR_DAYS, seed=7, now=NOW)
    database = Database(settings)
    for first in range(0, count, CHUNK):
        rows = Rows()
        for number in range(first, min(first + CHUNK, count)):
            rows.add(artist, plan, number)
        with database.begin() as connection:
            for name, found in rows.by_table.items():
                connection.execute(tables.metadata.tables[name].insert(), found)
    database.close()


class Rows:
    """Rows by table, copied from one artist and one calendar: what counts is their number and their size."""

    def __init__(self) -> None:
        self.by_table: dict[str, list[dict[str, Any]]] = {
            name: [] for name in ("artists", "roster", "plans", "plan_items", "runs")
        }

    def add(self, artist: Artist, plan: ContentPlan, number: int) -> None:
        """One more artist with its calendar and its history."""
        key = ArtistId(derive("artist", "bench", number))
        joined = NOW - timedelta(days=200)
        data = artist.as_data() | {"id": key, "state": LifecycleState.ACTIVE.value}
        name = f"{artist.profile.stage_name} {number}"
        data["profile"] = data["profile"] | {"stage_name": name}
        state = {"artist_id": key, "state": LifecycleState.ACTIVE.value}
        times = {"created_at": joined, "updated_at": joined}
        self.by_table["artists"].append(state | times | {"version": 1, "stage_name": name, "data": data})
        last = NOW - timedelta(days=8 + number % 20)
        roster = {
            "state_since": joined,
            "joined_at": joined,
            "last_run_at": last,
            "reason": "",
            "rejections": 0,
        }
        self.by_table["roster"].append(state | roster)
        self._add_calendar(key, plan, number)
        self.by_table["runs"].extend(_history(key))

    def _add_calendar(self, key: ArtistId, plan: ContentPlan, number: int) -> None:
        plan_id, moved = PlanId(derive("plan", key, number)), timedelta(days=number % 14)
        data = plan.as_data() | {"id": plan_id, "artist_id": key}
        row = {"artist_id": key, "plan_id": plan_id}
        data["items"] = items = [_item(item, key, plan_id, place) for place, item in enumerate(data["items"])]
        self.by_table["plans"].append(row | {"data": data, "created_at": NOW})
        for place, item in enumerate(plan.items):
            told: dict[str, Any] = {
                "number": place + 1,
                "brief_id": items[place]["brief"]["id"],
                "state": "open",
            }
            days = {"on_day": item.on - moved, "produce_by": item.produce_by - moved}
            told["content_type"] = item.brief.content_type
            self.by_table["plan_items"].append(row | told | days)


def _item(item: dict[str, Any], key: ArtistId, plan_id: PlanId, place: int) -> dict[str, Any]:
    brief = item["brief"] | {"id": derive("brief", plan_id, place), "artist_id": key}
    return item | {"brief": brief}


def _history(key: ArtistId) -> Iterator[dict[str, Any]]:
    for number in range(HISTORY):
        at = NOW - timedelta(days=9 + 3 * number)
        state = RunState.REJECTED if number == 1 else RunState.COMPLETED
        brief, run = derive("brief", key, "past", number), derive("run", key, "past", number)
        told = {"artist_id": key, "brief_id": brief, "state": state}
        data = Run.model_validate({"id": run, "created_at": at, "updated_at": at, **told}).as_data()
        times = {"created_at": at, "updated_at": at}
        yield told | times | {"run_id": run, "state": state.value, "data": data}


def _in_a_child(home: Path) -> dict[str, float]:
    words = [sys.executable, "-m", "bench.schedule", "--measure", str(home)]
    told: dict[str, float] = json.loads(
        subprocess.run(words, check=True, capture_output=True, text=True).stdout
    )
    return told


def _peak_mb() -> float:
    """The peak of this process alone: `ru_maxrss` would begin with that of the process that started it."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


if __name__ == "__main__":
    main()
