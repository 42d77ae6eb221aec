"""A process full of threads that all order songs at once.

Its arguments are a home, a fake's address, the first attempt, how many, and the cap in millionths of USD. It
prints how each order ended.
"""

from __future__ import annotations

import dataclasses
import json
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from tests.integration.outside.outside_cases import CASES, order_of

from noktvrn.film.ffmpeg import find_ffmpeg
from noktvrn.kernel.clock import SystemClock
from noktvrn.kernel.errors import LabelError
from noktvrn.outbound.door import Door
from noktvrn.outbound.jobs.desk import JobDesk
from noktvrn.settings import Settings
from noktvrn.storage.database import Database
from noktvrn.storage.vault import Vault


def main(home: Path, origin: str, first: int, many: int, cap_micros: int) -> None:
    """Orders them all."""
    case = next(one for one in CASES if one.provider == "elevenlabs_music")
    settings = Settings(home=home, budget=cap_micros, _env_file=None, **case.settings(origin))
    database = Database(settings)
    door = Door(partial(find_ffmpeg, None))
    desk = JobDesk(database, SystemClock(), Vault(home / "vault"), home / "spool", door, settings)

    def ended(attempt: int) -> str:
        order, service = order_of(case, settings, attempt, home)
        service.caps = dataclasses.replace(service.caps, at_once=None)  # all of them at the same moment
        try:
            desk.done(order, service)
        except LabelError as error:
            return error.code
        return "stored"

    with ThreadPoolExecutor(many) as pool:
        print(json.dumps(list(pool.map(ended, range(first, first + many)))))
    desk.close()
    database.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], *map(int, sys.argv[3:6]))
