"""Runs one order per possible moment of death: a child of this process is killed there, others go on.

`python jobs_killed.py HOME URL SHAPE STRIDE` prints one JSON object per moment. The service outside is a
folder: what it took is written and synced there before it answers, so that it can be counted.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.integration.outbound.jobs.jobs_samples import SONG, SmallDoor, order

from noktvrn.kernel.clock import SystemClock
from noktvrn.kernel.errors import LabelError
from noktvrn.outbound.failures import OUTCOME_UNKNOWN
from noktvrn.outbound.jobs import sidecar
from noktvrn.outbound.jobs.desk import JobDesk
from noktvrn.outbound.jobs.nouns import Inline, JobOrder, Progress, Remote, Submitted
from noktvrn.outbound.jobs.room import Room
from noktvrn.outbound.jobs.service import Caps, Slip
from noktvrn.outbound.spool import Pouring, Spooled, finish
from noktvrn.settings import Settings
from noktvrn.storage.database import Database
from noktvrn.storage.ledger import jobs
from noktvrn.storage.vault import Vault

MOST = 200
DONE, UNKNOWN, FAILED = 0, 3, 9


class Death:
    """Counts moments, and kills this process at one of them."""

    def __init__(self, at: int) -> None:
        self._left = at

    def here(self) -> None:
        """One moment."""
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(self, work: Callable[..., Any]) -> Callable[..., Any]:
        """The same with a moment before and one after it."""

        def counted(*args: Any, **more: Any) -> Any:
            self.here()
            found = work(*args, **more)
            self.here()
            return found

        return counted


class Outside:
    """A service with a memory on the disk. `shape`: `poll`, `find` (it can tell), `inline` (files come)."""

    def __init__(self, folder: Path, shape: str, death: Death) -> None:
        self._folder = folder
        self._shape = shape
        self._death = death
        self.caps = Caps(finds=shape == "find", first_look_s=0.01, longest_look_s=0.01)

    def submit(self, order: JobOrder, slip: Slip) -> Submitted:
        """Takes it and bills it, and only then answers."""
        self._death.here()
        with (self._folder / "taken").open("a") as books:
            books.write(order.key + "\n")
        self._death.here()
        if self._shape != "inline":
            return Submitted(ref=f"ref-{order.key[:8]}")
        path = slip.spool / "song"
        with Pouring(path) as part:
            part.take(SONG)
        self._death.here()
        finish(Spooled(path, part.size, part.sha256))
        self._death.here()
        return Submitted(files=(Inline(clip="song", path=path, kind="audio"),))

    def look(self, ref: str) -> Progress:
        """It has finished."""
        self._death.here()
        song = self._folder / "song.mp3"
        song.write_bytes(SONG)
        files = tuple(Remote(clip=f"{ref}-{n}", url=f"file:{song}", kind="audio") for n in "ab")
        return Progress(state="ready", files=files)

    def find(self, order: JobOrder) -> str | None:
        """What it took."""
        taken = self._folder / "taken"
        known = taken.read_text().split() if taken.exists() else []
        return f"ref-{order.key[:8]}" if order.key in known else None

    def cancel(self, ref: str) -> bool:
        """Never."""
        return False


def played(settings: Settings, folder: Path, shape: str, mine: JobOrder, at: int) -> int:
    """One process's part: the exit code it ends with."""
    death = Death(at)
    Room.write = death.around(Room.write)  # type: ignore[method-assign]
    Vault.put = death.around(Vault.put)  # type: ignore[method-assign]
    sidecar.write = death.around(sidecar.write)
    database = Database(settings)
    desk = JobDesk(database, SystemClock(), Vault(folder / "vault"), folder / "spool", SmallDoor(), settings)
    try:
        desk.done(mine, Outside(folder, shape, death))
    except LabelError as error:
        return UNKNOWN if error.code == OUTCOME_UNKNOWN else FAILED
    except Exception:
        traceback.print_exc()
        return FAILED
    return DONE


def in_a_child(work: Callable[[], int]) -> int:
    """How a child of this process ended: its exit code, or minus the signal."""
    child = os.fork()
    if child == 0:
        try:
            code = work()
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main() -> None:
    """Every moment of death in turn, until an order is through before its moment comes."""
    home, url, shape, stride = Path(sys.argv[1]), sys.argv[2] or None, sys.argv[3], int(sys.argv[4])
    settings = Settings(home=home, database_url=url, _env_file=None)
    for moment in range(1, MOST, stride):
        life = lived(settings, home / f"{shape}-{moment}", shape, moment)
        sys.stdout.write(json.dumps(life) + "\n")
        if len(life["ends"]) == 1:
            return


def lived(settings: Settings, folder: Path, shape: str, moment: int) -> dict[str, Any]:
    """What becomes of one order whose first process dies at this moment."""
    folder.mkdir(parents=True)
    mine = order(folder.name)
    ends = [in_a_child(lambda: played(settings, folder, shape, mine, moment))]
    if ends == [-signal.SIGKILL]:
        ends.append(in_a_child(lambda: played(settings, folder, shape, mine, 0)))
    taken = folder / "taken"
    return {
        "moment": moment,
        "ends": ends,
        "taken": len(taken.read_text().split()) if taken.exists() else 0,
        "state": in_the_books(settings, mine),
    }


def in_the_books(settings: Settings, mine: JobOrder) -> str:
    """Where the order stands."""
    database = Database(settings)
    try:
        with database.read() as books:
            found = jobs.by_key(books, mine.key)
    finally:
        database.close()
    return found.state.value if found is not None else "none"


if __name__ == "__main__":
    main()
