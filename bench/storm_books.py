"""What a storm left behind, counted from outside: the ledger, the vault, the packages, the delivered folder
and the books of the fake."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from tests.integration.durability.durability_samples import traced

from bench.storm_worker import goes_outside
from noktvrn.model.run import RunState, StageName
from noktvrn.settings import Settings
from noktvrn.storage import audit, tables
from noktvrn.storage.database import Database
from noktvrn.storage.ledger import jobs
from noktvrn.storage.ledger.tickets import TicketState

VAULTED = frozenset(StageName) - {
    StageName.CRITIC,
    StageName.VALIDATE,
    StageName.PREVIEW,
    StageName.SEAL,
    StageName.DELIVER,
}
"""Light stages that put one file of their own into the vault for every attempt."""

Counts = dict[str, Any]


def counted(settings: Settings, runs: Sequence[str], verbs: Counter[str], painted: list[str]) -> Counts:
    """Runs lost, effects missing and doubled, and by what. `verbs` are what people were told was done,
    `painted` the prompts the fake took."""
    database = Database(settings)
    with database.read() as books:
        states: dict[str, str] = dict(
            tuple(row) for row in books.execute(sa.select(tables.runs.c.run_id, tables.runs.c.state))
        )
        attempts = books.execute(
            sa.select(
                tables.run_stages.c.run_id, tables.run_stages.c.stage, tables.run_stages.c.attempt
            ).where(tables.run_stages.c.state == "done")
        )
        done = {(str(run), str(stage), int(attempt)) for run, stage, attempt in attempts}
        acts = books.execute(
            sa.select(tables.audit.c.subject, tables.audit.c.act, tables.audit.c.detail)
        ).all()
        rows = {
            table.name: books.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
            for table in (tables.releases, tables.deliveries, tables.verdicts, tables.remakes)
        }
        codes = list(books.execute(sa.select(tables.identifiers.c.code)).scalars())
        orders = jobs.every(books)
        intact = audit.verify(books).passed
    database.close()
    missing, doubled = _Tally(), _Tally()
    wanted = {f"audit: {run} {stage} {attempt}" for run, stage, attempt in done}
    _once(Counter(_stage_act(row) for row in acts if row.act.startswith("stage.")), wanted, missing, doubled)
    happened = Counter(row.act for row in acts)
    for act, number in _expected(len(runs), verbs).items():
        _same(act, happened[act], number, missing, doubled)
    for name in ("releases", "deliveries", "verdicts"):
        _same(name, rows[name], len(runs), missing, doubled)
    _same("remakes", rows["remakes"], verbs["remake"], missing, doubled)
    _same("identifiers", len(codes), 2 * len(runs), missing, doubled)
    doubled.add("identifiers", len(codes) - len(set(codes)))
    _folders(settings.home, len(runs), missing, doubled)
    wanted = {f"{run} {stage} {attempt}" for run, stage, attempt in done if StageName(stage) in VAULTED}
    _once(Counter(_texts(settings.home / "vault")), wanted, missing, doubled)
    billed = Counter(painted)
    doubled.add("orders", sum(number - 1 for number in billed.values()))
    unknown = [job for job in orders if job.state is TicketState.UNKNOWN]
    served = [job for job in orders if job.state is TicketState.STORED]
    missing.add("orders", len({str(job.order["request"]["prompt"]) for job in served} - set(billed)))
    missing.add("wishes", sum(goes_outside(run) for run in runs) - len({_run(job) for job in orders}))
    return {
        "runs": len(runs),
        "lost": sum(states.get(run) != RunState.COMPLETED.value for run in runs),
        "effects": len(done) + 3 * len(runs) + sum(verbs.values()) + len(orders),
        "missing": dict(missing),
        "doubled": dict(doubled),
        "orders": {"served": len(served), "unknown": len(unknown), "billed": sum(billed.values())},
        "verbs": dict(verbs),
        "intact": intact,
    }


def take_overs(home: Path, kills: Sequence[tuple[int, float]]) -> list[float]:
    """Seconds, sorted, from each kill to the next sign of each run that was inside a stage of the killed
    process."""
    by_run: defaultdict[object, list[dict[str, Any]]] = defaultdict(list)
    for line in traced(home):
        by_run[line["run"]].append(line)
    died: dict[Any, float] = dict(kills)
    seconds = []
    for lines in by_run.values():
        for line, following in pairwise(sorted(lines, key=lambda line: line["at"])):
            at = died.get(line["pid"])
            if line["event"] == "begin" and at is not None and following["pid"] != line["pid"]:
                seconds.append(following["at"] - at)
    return sorted(seconds)


class _Tally(dict[str, int]):
    def add(self, name: str, number: int) -> None:
        if number:
            self[name] = self.get(name, 0) + number


def _same(name: str, there: int, wanted: int, missing: _Tally, doubled: _Tally) -> None:
    missing.add(name, max(0, wanted - there))
    doubled.add(name, max(0, there - wanted))


def _once(there: Counter[str], wanted: set[str], missing: _Tally, doubled: _Tally) -> None:
    """Everything that is wanted once and no oftener; the first word of a name is its kind."""
    for name in wanted - set(there):
        missing.add(name.split()[0], 1)
    for name, number in there.items():
        doubled.add(name.split()[0], number - (name in wanted))


def _stage_act(row: Any) -> str:
    return f"audit: {row.subject} {row.detail['stage']} {row.detail['attempt']}"


def _expected(runs: int, verbs: Counter[str]) -> dict[str, int]:
    """How often every act has to stand in the trail."""
    return {
        **dict.fromkeys(("run.queued", "verdict.approved", "run.completed", "release.delivered"), runs),
        "run.remade": verbs["remake"],
        "verdict.rejected": verbs["reject"],
        "verdict.fallen": verbs["reject"],
    }


def _folders(home: Path, runs: int, missing: _Tally, doubled: _Tally) -> None:
    packages = [path for path in (home / "packages").iterdir() if path.suffix != ".part"]
    _same("packages", len(packages), runs, missing, doubled)
    _same("delivered", len(list((home / "delivered").glob("rel_*"))), runs, missing, doubled)
    _same("incoming", len(list((home / "delivered" / ".incoming").glob("rel_*"))), 0, missing, doubled)


def _texts(vault: Path) -> list[str]:
    """What stands in the files the light stages keep, once for every file. A file that a killed worker had
    begun to write is none yet: its name begins with a dot, and it is swept away."""
    files = (path for path in vault.rglob("[!.]*") if path.is_file() and path.stat().st_size < 200)
    return [text for path in files if (text := _text(path)).startswith("run_")]


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        return ""


def _run(job: jobs.Job) -> str:
    return str(job.order["errand"]["run_id"])
