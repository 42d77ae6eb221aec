"""A worker that is killed at a moment that was drawn: at the n-th write it is about to make, of any kind.

One process loads everything once and forks a child for each trial: lines of JSON come in, lines go out.
"""

from __future__ import annotations

import dataclasses
import importlib
import itertools
import json
import os
import signal
import sys
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine
from tests.integration.outside.outside_cases import CASES, Case, order_of

from noktvrn.film.ffmpeg import find_ffmpeg
from noktvrn.kernel.errors import LabelError
from noktvrn.outbound.door import Door
from noktvrn.outbound.jobs.desk import JobDesk
from noktvrn.outbound.jobs.nouns import JobOrder
from noktvrn.outbound.jobs.service import Service
from noktvrn.settings import Settings
from noktvrn.storage.database import Database
from noktvrn.storage.vault import Vault

WRITES = ("os.rename", "os.remove", "os.mkdir", "socket.connect")


class Hurried:
    """A clock that jumps on while somebody waits by it; `late` is where this process begins."""

    def __init__(self, late: timedelta) -> None:
        self._ahead = late

    def now(self) -> datetime:
        """Later than it is."""
        return datetime.now(UTC) + self._ahead

    def pause(self, seconds: float) -> None:
        """Waits, as far as the clock knows."""
        self._ahead += timedelta(seconds=seconds)
        time.sleep(min(seconds, 0.01))


class Mortal:
    """Kills this process when it is about to make its `last` write; 0: never. `count` is how many it made."""

    def __init__(self, last: int) -> None:
        self._last = last
        self._ticks = itertools.count(1)
        self.count = 0

    def begin(self) -> None:
        """From here on every write counts: files, statements, connections."""
        sys.addaudithook(self._heard)
        event.listen(Engine, "connect", self._met)

    def _met(self, driver: Any, _record: object) -> None:
        driver.set_trace_callback(lambda _statement: self._tick())

    def _heard(self, name: str, told: tuple[Any, ...]) -> None:
        if name in WRITES or (name == "open" and isinstance(told[1], str) and set(told[1]) & set("wa+x")):
            self._tick()

    def _tick(self) -> None:
        self.count = next(self._ticks)
        if self.count == self._last:
            os.kill(os.getpid(), signal.SIGKILL)


def work(told: dict[str, Any]) -> dict[str, Any]:
    """One worker's life: it sees the order through, or is killed."""
    home = Path(told["home"])
    case: Case = next(one for one in CASES if one.provider == told["provider"])
    settings = Settings(home=home, _env_file=None, **case.settings(told["origin"]))
    order, service = order_of(case, settings, told["attempt"], home)
    hasty = dataclasses.replace(service.caps, requests=None, deadline_s=7200.0)
    service.caps = hasty  # a rate would only make the trials wait
    mortal = Mortal(told["die_at"])
    clock = Hurried(timedelta(minutes=told["late_min"]))
    mortal.begin()
    database = Database(settings)
    desk = JobDesk(
        database,
        clock,
        Vault(home / "vault"),
        home / "spool",
        Door(partial(find_ffmpeg, None)),
        settings,
        pause=clock.pause,
    )
    said = _seen_through(desk, order, service)
    return {**said, "writes": mortal.count, "free": order.free}


def _seen_through(desk: JobDesk, order: JobOrder, service: Service) -> dict[str, Any]:
    try:
        delivery = desk.done(order, service)
    except LabelError as error:
        return {"code": error.code, "hint": error.hint, "message": error.message}
    whole = all(file.path.is_file() for file in delivery.files)
    return {"code": "", "files": len(delivery.files), "whole": whole}


def main() -> None:
    """Forks a worker for each line, and tells what became of it."""
    for case in CASES:
        importlib.import_module(f"noktvrn.providers.{case.provider}")
    for line in sys.stdin:
        told = json.loads(line)
        reader, writer = os.pipe()
        child = os.fork()
        if not child:
            os.write(writer, json.dumps(work(told)).encode())
            os._exit(0)
        os.close(writer)
        with os.fdopen(reader) as answer:
            said = answer.read()
        os.waitpid(child, 0)
        print(said or json.dumps({"code": "killed"}), flush=True)


if __name__ == "__main__":
    main()
