"""What a whole ledger costs to back up, restore and tidy: CPU seconds and memory, by rows.

    python -m bench.books [--runs 2000] [--postgres URL]

A run is twelve stage records of about 2 KB, as many audit rows and a brief; the vault is left empty.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from noktvrn.kernel.clock import FixedClock
from noktvrn.label.label import open_label
from noktvrn.label.restoring import restore
from noktvrn.label.retention import plan
from noktvrn.model.run import StageName
from noktvrn.settings import Settings
from noktvrn.storage import audit
from noktvrn.storage.tables import briefs, run_stages, runs

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
STAGES = tuple(StageName)


@contextmanager
def measured(what: str, rows: int) -> Iterator[None]:
    """Prints CPU seconds, rows a CPU second and the process's largest memory so far."""
    cpu = time.process_time()
    yield
    spent = time.process_time() - cpu
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{what:<22} {spent:7.2f} CPU s  {rows / spent:9.0f} rows/s  {most:6.0f} MB at most")


def fill(connection: sa.Connection, number: int) -> int:
    """Enters ended runs of a hundred artists; returns how many rows."""
    note = {"words": "quiet piano for snowy streets, " * 60}
    for count in range(number):
        run_id, artist_id = f"run_{count:013d}", f"art_{count % 100:013d}"
        data = {
            "id": run_id, "artist_id": artist_id, "brief_id": f"brf_{count:013d}", "state": "rejected",
            "created_at": NOW.isoformat(), "updated_at": NOW.isoformat(),
        }  # fmt: skip
        brief = {"id": data["brief_id"], "artist_id": artist_id, "artist_version": 1, "seed": count}
        connection.execute(
            briefs.insert().values(artist_id=artist_id, brief_id=data["brief_id"], data=brief, created_at=NOW)
        )
        moments = {"created_at": NOW, "updated_at": NOW}
        connection.execute(
            runs.insert().values(
                artist_id=artist_id,
                run_id=run_id,
                brief_id=data["brief_id"],
                state="rejected",
                data=data,
                **moments,
            )
        )
        connection.execute(
            run_stages.insert(),
            [
                {
                    "artist_id": artist_id, "run_id": run_id, "stage": stage.value, "attempt": 1,
                    "state": "done", "progress": 1.0, "started_at": NOW, "ended_at": NOW,
                    "data": {"result": {"sha256": f"{count * 12 + place:064x}", **note}},
                }
                for place, stage in enumerate(STAGES)
            ],
        )  # fmt: skip
        for stage in STAGES:
            audit.record(
                connection, "stage.done", artist_id=artist_id, subject=run_id, actor="bench", at=NOW,
                detail={"stage": stage.value},
            )  # fmt: skip
    return number * (2 + 2 * len(STAGES))


def main() -> None:
    """Fills a label, then measures a backup, a restore and a look at what may go."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--runs", type=int, default=2000)
    asked.add_argument("--postgres", help="an empty database")
    told = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        here = Settings(home=Path(folder) / "home", database_url=told.postgres, _env_file=None)
        clock = FixedClock(NOW + timedelta(days=100))
        with open_label(here, clock) as label:
            studio = label.office.studio
            with studio.database.begin() as connection:
                rows = fill(connection, told.runs)
            print(f"{rows} rows in {studio.database.url.get_backend_name()}")
            with measured("backup", rows):
                label.books.backup(Path(folder) / "backups")
            with measured("what may go", rows):
                plan(studio, clock.now())
        there = Settings(home=Path(folder) / "restored", _env_file=None)
        with measured("restore into SQLite", rows):
            restore(there, Path(folder) / "backups", clock, by="bench")


if __name__ == "__main__":
    main()
