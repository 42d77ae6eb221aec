"""What a service said to an order, kept beside its files before the ledger hears of it.

A process that dies between the answer and its row leaves this behind, so that a job that was taken, or files
that were paid for, are found again instead of ordered twice.
"""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path

from pydantic import ValidationError

from noktvrn.outbound.jobs.nouns import Submitted
from noktvrn.outbound.spool import spooled, sync

NAME = "submitted.json"
PART = ".part"
DONE = ".done"
LARGEST = 4_000_000


def write(folder: Path, said: Submitted) -> None:
    """Keeps it; it is on the disk before this returns."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = folder / f".{NAME}{PART}"
    part.write_text(said.model_dump_json(), "utf-8")
    sync(part)
    part.replace(folder / NAME)
    sync(folder)


def read(folder: Path) -> Submitted | None:
    """What was kept, with files that are there; None: nothing was, or it is damaged."""
    with contextlib.suppress(OSError, ValidationError):
        place = folder / NAME
        if place.stat().st_size <= LARGEST:
            said = Submitted.model_validate_json(place.read_bytes())
            if all(file.path.is_file() for file in said.files):
                return said
    return None


def whole_files(folder: Path) -> list[Path]:
    """Files a service sent with its answer that came to their end, by name."""
    if not folder.is_dir():
        return []
    names = {note.name.removesuffix(PART).removesuffix(DONE) for note in folder.glob(f"*{DONE}*")}
    return [folder / name for name in sorted(names) if spooled(folder / name) is not None]


def clear(folder: Path) -> None:
    """Takes the folder of a job away."""
    shutil.rmtree(folder, ignore_errors=True)
