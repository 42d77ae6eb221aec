"""What work stands on goes away: work pauses, resumes, loses nothing, and each is told in one line."""

from __future__ import annotations

import os
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from tests import s3
from tests.integration.durability import outage_samples
from tests.integration.durability.outage_samples import JumpingClock, disk_full, postgres_away, produced
from tests.postgres import cluster
from tests.redis_server import redis_server

from noktvrn.settings import Settings


@pytest.mark.long
def test_postgres_is_restarted(tmp_path: Path) -> None:
    with cluster() as url:
        settings = Settings(home=tmp_path / "home", database_url=url, _env_file=None)
        told = produced(settings, 2, lambda: postgres_away(url, 1.5))
    assert len(told) == 2, told
    assert told[0].startswith("The database postgresql") and told[0].endswith("What needs it waits.")
    assert told[1] == "The ledger answers again."


@pytest.mark.long
def test_redis_is_killed_and_comes_back(tmp_path: Path) -> None:
    with redis_server() as server:

        def outage() -> None:
            server.kill()
            time.sleep(1.0)
            server.start()
            time.sleep(5.0)

        told = produced(Settings(home=tmp_path / "home", redis_url=server.url, _env_file=None), 2, outage)
    assert len(told) == 2, told
    assert told[0].endswith("the label goes on without it.") and told[1].endswith("answers again.")


@pytest.mark.long
def test_the_bucket_answers_503(tmp_path: Path) -> None:
    with s3.server() as port:
        bucket, door = f"vault-{os.urandom(6).hex()}", s3.FaultyDoor(port)
        s3.make_bucket(port, bucket)
        settings = Settings(
            home=tmp_path / "home",
            s3_bucket=bucket,
            s3_endpoint=f"http://127.0.0.1:{door.port}",
            aws_access_key_id=s3.KEY,
            aws_secret_access_key=s3.SECRET,
            _env_file=None,
        )

        def outage() -> None:
            door.shut = True
            threading.Timer(1.5, lambda: setattr(door, "shut", False)).start()

        told = produced(settings, 2, outage)
        door.close()
    assert door.turned_away
    assert len(told) == 2 and "503" in told[0] and told[1].endswith("answers again."), told


def test_the_disk_of_the_ledger_is_full() -> None:
    said = disk_full().splitlines()
    if not said:
        pytest.skip("this machine lets nobody mount a small disk of his own")
    assert said == [
        "state awaiting_review",
        "The disk of the ledger is full. What needs it waits.",
        "The ledger answers again.",
    ]


def test_the_clock_jumps_an_hour_and_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = JumpingClock(monkeypatch)
    monkeypatch.setattr(outage_samples, "PAUSE_S", 0.2)

    def outage() -> None:
        clock.off = timedelta(hours=1)
        time.sleep(1.3)
        clock.off = timedelta(hours=-1)
        time.sleep(1.3)

    told = produced(Settings(home=tmp_path / "home", poll_interval_s=0.2, _env_file=None), 1, outage, clock)
    assert [line.partition(" minutes")[0] for line in told] == [
        "The clock jumped by +60",
        "The clock jumped by -120",
    ], told
