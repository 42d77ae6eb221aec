"""Productions whose files lie in a bucket: a server that is away for a while, and a second machine."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests import s3
from tests.integration.durability.durability_samples import (
    _seal,
    enter_artist,
    light_stages,
    opened,
    until_state,
    working,
)

from noktvrn.kernel.errors import Unavailable
from noktvrn.model.release import Release
from noktvrn.model.run import RunState, StageName
from noktvrn.production.scene import Outcome, Scene
from noktvrn.production.shelf import keep_package
from noktvrn.settings import Settings


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with s3.server() as port:
        yield port


def settings_of(home: Path, port: int, bucket: str, **more: Any) -> Settings:
    return Settings(
        home=home,
        s3_bucket=bucket,
        s3_endpoint=f"http://127.0.0.1:{port}",
        aws_access_key_id=s3.KEY,
        aws_secret_access_key=s3.SECRET,
        _env_file=None,
        **more,
    )


def bucket_at(port: int) -> str:
    name = f"vault-{os.urandom(6).hex()}"
    s3.make_bucket(port, name)
    return name


def sealed_and_kept(scene: Scene) -> Outcome:
    outcome = _seal(scene)
    assert isinstance(outcome.result, Release)
    keep_package(scene.studio.vault, outcome.result, scene.studio.packages / outcome.result.draft.id)
    return outcome


def test_a_server_that_is_away_for_a_while_delays_a_run_and_loses_nothing(
    tmp_path: Path, port: int, caplog: pytest.LogCaptureFixture
) -> None:
    door = s3.FaultyDoor(port)
    light = light_stages()
    kept: list[str] = []

    def cover(scene: Scene) -> Outcome:
        path = scene.folder / "cover"
        path.write_bytes(b"a cover")
        door.shut = True
        threading.Timer(1.0, lambda: setattr(door, "shut", False)).start()
        kept.append(scene.keep(path, "image/jpeg", "cover").sha256)
        return light[StageName.COVER](scene)

    settings = settings_of(tmp_path / "home", door.port, bucket_at(port))
    with opened(settings) as label, caplog.at_level(logging.WARNING, "noktvrn.vault"):
        artist = enter_artist(label)
        run = label.runs.start(artist.id, name="song")
        with working(label, light_stages(cover=cover, seal=sealed_and_kept)):
            until_state(label, run, RunState.AWAITING_REVIEW)
            label.desk.approve(run.id, by="person:test", door="cli")
            until_state(label, run, RunState.COMPLETED)
        assert len(kept) == 1 and door.turned_away > 1
        assert label.office.studio.vault.find(artist.id, kept[0]) is not None
    told = [record.message for record in caplog.records if record.name == "noktvrn.vault"]
    assert len(told) == 2 and "503 Service Unavailable" in told[0] and told[1].endswith("answers again.")
    door.close()


def test_a_second_machine_delivers_what_the_first_one_sealed(
    tmp_path: Path, port: int, postgres_url: str
) -> None:
    bucket = bucket_at(port)
    shared = {"database_url": postgres_url, "delivery_dir": tmp_path / "store"}
    first = settings_of(tmp_path / "first", port, bucket, **shared)
    second = settings_of(tmp_path / "second", port, bucket, **shared)

    def nobody_there(scene: Scene) -> Outcome:
        raise Unavailable(f"The store does not take {scene.run.id}.", code="store.away", hint="Later.")

    with opened(first) as label:
        run = label.runs.start(enter_artist(label).id, name="song")
        with working(label, light_stages(seal=sealed_and_kept, deliver=nobody_there)):
            until_state(label, run, RunState.AWAITING_REVIEW)
            label.desk.approve(run.id, by="person:test", door="cli")
            until_state(label, run, RunState.FAILED)
        sealed = list((first.home / "packages").rglob("codes.json"))
        assert len(sealed) == 1
    with opened(second) as label:
        label.runs.resume(run.id)
        with working(label, light_stages()):
            until_state(label, run, RunState.COMPLETED)
    (delivered,) = (tmp_path / "store").glob("rel_*/codes.json")
    assert delivered.read_bytes() == sealed[0].read_bytes()
