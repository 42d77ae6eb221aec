"""What work leaves behind in a home, beside the vault: spool folders, previews, scratch. All of it can be
made again, or is of no use any more."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from noktvrn.model.run import TRANSITIONS, RunState
from noktvrn.production import scratch
from noktvrn.production.studio import Studio
from noktvrn.storage.ledger.tickets import ENDED as ENDED_TICKETS
from noktvrn.storage.tables import runs, tickets

AT_REST = tuple(state.value for state in RunState if RunState.HELD not in TRANSITIONS[state])
"""States in which nobody works on a run; of those on the desk the preview stays."""
SCRATCH_S = 2 * 86_400.0


@dataclass(frozen=True, slots=True)
class Leftover:
    """A folder or file that may go: of which kind, and how many bytes."""

    kind: str
    path: Path
    bytes: int


def leftovers(studio: Studio, now: datetime) -> tuple[Leftover, ...]:
    """What may go now."""
    return (*_spool(studio, now), *_previews(studio, now), *_scratch(studio))


def remove(studio: Studio, found: tuple[Leftover, ...]) -> None:
    """Removes it; what is gone already, or in use, is left alone."""
    for one in found:
        if one.path.is_dir():
            shutil.rmtree(one.path, ignore_errors=True)
        else:
            one.path.unlink(missing_ok=True)
    scratch.sweep(studio.scratch)
    studio.vault.sweep()


def _spool(studio: Studio, now: datetime) -> Iterator[Leftover]:
    """Folders of outside jobs that have ended, and of tickets nobody knows, untouched for so many days."""
    folders = [path for path in _inside(studio.settings.home / "spool") if path.name.startswith("tkt_")]
    with studio.database.read() as connection:
        rows = connection.execute(
            sa.select(tickets.c.ticket_id, tickets.c.state).where(
                tickets.c.ticket_id.in_([path.name for path in folders])
            )
        )
        states = {row.ticket_id: row.state for row in rows}
    before = now - timedelta(days=studio.settings.keep_spool_days)
    ended = {state.value for state in ENDED_TICKETS}
    for folder in folders:
        if states.get(folder.name) in {None, *ended} and _touched(folder) < before.timestamp():
            yield _leftover("spool", folder)


def _previews(studio: Studio, now: datetime) -> Iterator[Leftover]:
    """Previews of runs that ended so many days ago."""
    before = now - timedelta(days=studio.settings.keep_previews_days)
    folders = {path: path.name.removesuffix("-takes") for path in _inside(studio.previews)}
    with studio.database.read() as connection:
        ended = set(
            connection.execute(
                sa.select(runs.c.run_id).where(
                    runs.c.run_id.in_(set(folders.values())),
                    runs.c.state.in_(AT_REST),
                    runs.c.state != RunState.AWAITING_REVIEW.value,
                    runs.c.updated_at < before,
                )
            ).scalars()
        )
    for path, run_id in folders.items():
        if run_id in ended:
            yield _leftover("previews", path)


def _scratch(studio: Studio) -> Iterator[Leftover]:
    """What no lock tells of: files of providers in the scratch folder, days old."""
    for path in _inside(studio.scratch):
        if not path.name.startswith(scratch.PREFIX) and _touched(path) < time.time() - SCRATCH_S:
            yield _leftover("scratch", path)


def _inside(folder: Path) -> tuple[Path, ...]:
    return tuple(sorted(folder.iterdir())) if folder.is_dir() else ()


def _leftover(kind: str, path: Path) -> Leftover:
    return Leftover(kind, path, sum(file.stat().st_size for file in _files(path)))


def _touched(path: Path) -> float:
    """When anything in it was last changed; now, where it is being taken away."""
    try:
        return max(one.stat().st_mtime for one in (path, *_files(path)))
    except FileNotFoundError:
        return time.time()


def _files(path: Path) -> list[Path]:
    return [path] if path.is_file() else [one for one in path.rglob("*") if one.is_file()]
