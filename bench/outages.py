"""Outages in the long form: what work stands on goes away for as long as it does in life.

Light productions go on meanwhile. Each line says how long it took, and what people were told; a run that is
lost, stuck or doubled ends the harness with an error.
"""

from __future__ import annotations

import os
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from tests import s3
from tests.integration.durability import outage_samples
from tests.integration.durability.outage_samples import JumpingClock, disk_full, postgres_away, produced
from tests.postgres import cluster
from tests.redis_server import redis_server

from noktvrn.settings import Settings
from noktvrn.storage.redis.line import LONGEST_PAUSE_S

RUNS = 6
POSTGRES_S = 20.0
REDIS_S = 20.0
BUCKET_S = 60.0


def shown(name: str, told: list[str], began: float) -> None:
    """One outage."""
    took = time.monotonic() - began
    print(f"{name:<34} {RUNS} runs on the desk after {took:5.1f} s, told in {len(told)} lines", flush=True)
    for line in told:
        print(f"    {line}")


def postgres(home: Path) -> None:
    """The server is away."""
    with cluster() as url:
        settings = Settings(home=home, database_url=url, _env_file=None)
        began = time.monotonic()
        told = produced(settings, RUNS, lambda: postgres_away(url, POSTGRES_S))
        shown(f"PostgreSQL away for {POSTGRES_S:.0f} s", told, began)


def redis(home: Path) -> None:
    """Redis is killed and started again."""
    with redis_server() as server:

        def outage() -> None:
            server.kill()
            time.sleep(REDIS_S)
            server.start()
            time.sleep(LONGEST_PAUSE_S + 1)

        began = time.monotonic()
        told = produced(Settings(home=home, redis_url=server.url, _env_file=None), RUNS, outage)
        shown(f"Redis killed for {REDIS_S:.0f} s", told, began)


def bucket(home: Path) -> None:
    """The S3 server answers 503."""
    with s3.server() as port:
        name, door = f"vault-{os.urandom(6).hex()}", s3.FaultyDoor(port)
        s3.make_bucket(port, name)
        settings = Settings(
            home=home,
            s3_bucket=name,
            s3_endpoint=f"http://127.0.0.1:{door.port}",
            aws_access_key_id=s3.KEY,
            aws_secret_access_key=s3.SECRET,
            _env_file=None,
        )

        def outage() -> None:
            door.shut = True
            threading.Timer(BUCKET_S, lambda: setattr(door, "shut", False)).start()

        began = time.monotonic()
        shown(f"S3 answering 503 for {BUCKET_S:.0f} s", produced(settings, RUNS, outage), began)
        door.close()


def clock(home: Path) -> None:
    """The clock jumps an hour forward, and two back."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(outage_samples, "PAUSE_S", 0.2)
        jumping = JumpingClock(patch)

        def outage() -> None:
            for hours in (1, -1):
                jumping.off = timedelta(hours=hours)
                time.sleep(3.0)

        began = time.monotonic()
        shown(
            "clock +1 h, then -2 h",
            produced(Settings(home=home, _env_file=None), RUNS, outage, jumping),
            began,
        )


def disk(_home: Path) -> None:
    """The disk of home and ledger is full."""
    said = disk_full().splitlines()
    print(
        "disk full for 2 s, one run" if said else "disk full: nobody may mount a small disk here; not shown"
    )
    for line in said:
        print(f"    {line}")


def main() -> None:
    """Every outage in turn."""
    outages: list[Callable[[Path], None]] = [postgres, redis, bucket, disk, clock]
    for outage in outages:
        with tempfile.TemporaryDirectory() as folder:
            outage(Path(folder) / "home")


if __name__ == "__main__":
    main()
