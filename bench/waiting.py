"""What it costs to wait: many runs on the desk, a worker beside them, verdicts by the thousand.

`python -m bench.waiting [--runs 10000] [--only sqlite|postgres]`: a worker with so many open reviews against
one with none (resident memory, CPU of a core), an approval right after a restart, and two verdicts at once on
each of 1,000 runs.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa
from tests.integration.label.label_samples import draft, enter_artist, item_of, put_draft
from tests.postgres import cluster

from noktvrn.kernel.errors import Conflict, NotReady
from noktvrn.kernel.ids import RunId, derive
from noktvrn.label.briefs import make_brief
from noktvrn.label.label import Label, open_label
from noktvrn.model.artist import Artist
from noktvrn.model.run import Run, RunState
from noktvrn.settings import Settings
from noktvrn.storage import tables
from noktvrn.storage.ledger import reviews, runs

MOST_MB, MOST_CPU, SOON_S = 20.0, 0.01, 2.0
SETTLE_S, WATCH_S = 20.0, 30.0
ARTISTS, AT_ONCE, DOUBLE = 100, 16, 1_000
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Cost:
    """What a worker that waits takes: resident memory in MB, CPU as a share of one core."""

    megabytes: float
    cpu: float


def lay_out(label: Label, number: int) -> list[Run]:
    """So many runs that were produced and wait, over a hundred artists."""
    artists = [enter_artist(label, f"Artist {place}") for place in range(min(ARTISTS, number))]
    laid: list[Run] = []
    for start in range(0, number, 250):
        with label.office.studio.database.begin() as books:
            places = range(start, min(start + 250, number))
            laid += [_waiting(books, label, artists[place % len(artists)], place) for place in places]
    return laid


def _waiting(books: sa.Connection, label: Label, artist: Artist, number: int) -> Run:
    at = label.office.studio.clock.now()
    brief = make_brief(artist, f"sample {number}")
    run = Run(
        id=RunId(derive("run", artist.id, number)),
        artist_id=artist.id,
        brief_id=brief.id,
        state=RunState.AWAITING_REVIEW,
        created_at=at,
        updated_at=at + timedelta(microseconds=number),
    )
    work = draft(artist, run.id)
    runs.add_brief(books, brief, at)
    runs.add(books, run)
    put_draft(books, run, work)
    reviews.open_(books, item_of(work, at))
    return run


@contextlib.contextmanager
def worker(settings: Settings) -> Iterator[int]:
    """`noktvrn worker` on this home, once it takes work; yields its process id."""
    told = settings.database_url.get_secret_value() if settings.database_url is not None else ""
    variables = {
        **os.environ,
        "NOKTVRN_HOME": str(settings.home),
        "DATABASE_URL": told,
        "NOKTVRN_LLM": "none",
    }
    if not told:
        del variables["DATABASE_URL"]
    said = settings.home.parent / "worker.log"
    with said.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "noktvrn", "worker"], env=variables, stdout=log, stderr=log
        )
    try:
        while "Working on" not in said.read_text("utf-8"):
            if process.poll() is not None:
                raise RuntimeError(f"the worker ended: {said.read_text('utf-8')}")
            time.sleep(0.05)
        yield process.pid
    finally:
        process.kill()
        process.wait()


def costs(*pids: int) -> list[Cost]:
    """What processes take, watched over the same while once they have settled: whatever else the machine
    does meets all of them."""
    time.sleep(SETTLE_S)
    begun, before = time.monotonic(), [_cpu_s(pid) for pid in pids]
    time.sleep(WATCH_S)
    seconds = time.monotonic() - begun
    shares = [(_cpu_s(pid) - earlier) / seconds for pid, earlier in zip(pids, before, strict=True)]
    return [Cost(_megabytes(pid), share) for pid, share in zip(pids, shares, strict=True)]


def _megabytes(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    kilobytes = next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))
    return int(kilobytes) / 1024


def _cpu_s(pid: int) -> float:
    """Seconds of CPU a process has had. `proc(5)`: utime and stime are the fields 14 and 15."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def continued_s(label: Label, run_id: str, patience_s: float = 30.0) -> float:
    """Seconds from an approval until a worker goes on with the run."""
    begun = time.monotonic()
    label.desk.approve(run_id, by="person:ana", door="cli")
    while label.runs.get(run_id).state is RunState.APPROVED:
        if time.monotonic() > begun + patience_s:
            break
        time.sleep(0.02)
    return time.monotonic() - begun


def outcomes(label: Label, laid: Sequence[Run], seed: int = 1) -> dict[str, int]:
    """Two verdicts on each run, at once and in any order: how many were taken and refused, and how many
    verdicts and begun releases the ledger holds."""
    calls = [(run.id, approve) for run in laid for approve in (True, False)]
    random.Random(seed).shuffle(calls)

    def decide(run_id: str, approve: bool) -> str:
        try:
            if approve:
                label.desk.approve(run_id, by="person:ana", door="cli")
            else:
                label.desk.reject(run_id, by="person:ben", door="api", reason="Not this one.")
        except (Conflict, NotReady):
            return "refused"
        return "taken"

    with ThreadPoolExecutor(AT_ONCE) as pool:
        said = Counter(pool.map(lambda call: decide(*call), calls))
    ids = [run.id for run in laid]
    with label.office.studio.database.read() as books:
        rows = books.execute(sa.select(tables.verdicts.c.decision).where(tables.verdicts.c.run_id.in_(ids)))
        decisions = Counter(rows.scalars())
        states = Counter(runs.get(books, run_id).state.value for run_id in ids)
    releases = sum(label.office.dispatcher.last("release", run_id)[0] for run_id in ids)
    return {
        **said,
        "verdicts": decisions.total(),
        "approved": decisions["approved"],
        "releases": releases,
        "standing elsewhere": len(ids) - states["approved"] - states["rejected"],
    }


def single(told: dict[str, int], number: int) -> bool:
    """Whether every run has exactly one outcome."""
    whole = told["taken"] == told["refused"] == told["verdicts"] == number
    return whole and told["releases"] == told["approved"] and not told["standing elsewhere"]


def measure(settings: Settings, empty: Settings, number: int) -> bool:
    """All figures of one database, printed; whether they hold."""
    with open_label(empty):
        pass
    with open_label(settings) as label:
        begun = time.process_time()
        laid = lay_out(label, number)
        print(f"  {number} runs laid on the desk in {time.process_time() - begun:.1f} CPU s")
        with worker(empty) as alone, worker(settings) as beside:
            idle, full = costs(alone, beside)
        more = Cost(full.megabytes - idle.megabytes, full.cpu - idle.cpu)
        print(f"  nothing waits: {idle.megabytes:.0f} MB, {idle.cpu:.2%} of a core")
        print(f"  {number} wait: {full.megabytes:.0f} MB, {full.cpu:.2%} of a core")
        print(f"  that is {more.megabytes:+.1f} MB and {more.cpu:+.2%}")
        with worker(settings):
            after = continued_s(label, laid[0].id)
        print(f"  an approval after a restart: the run goes on in {after:.2f} s")
        told = outcomes(label, laid[1 : DOUBLE + 1])
        print(f"  {DOUBLE} double verdicts: {told}")
    held = more.megabytes <= MOST_MB and more.cpu <= MOST_CPU and after <= SOON_S
    return held and single(told, min(DOUBLE, number - 1))


def main() -> int:
    """Measures each database in a fresh home."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--only", choices=("sqlite", "postgres"))
    wanted = parser.parse_args()
    good = True
    for name in (wanted.only,) if wanted.only else ("sqlite", "postgres"):
        with contextlib.ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="waiting-")))
            urls: tuple[str | None, str | None] = (None, None)
            if name == "postgres":
                urls = (stack.enter_context(cluster()), stack.enter_context(cluster()))
            full, empty = (
                Settings(home=folder / place / "home", database_url=url, _env_file=None)
                for place, url in zip(("full", "empty"), urls, strict=True)
            )
            full.home.parent.mkdir()
            empty.home.parent.mkdir()
            print(name, flush=True)
            good &= measure(full, empty, wanted.runs)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
