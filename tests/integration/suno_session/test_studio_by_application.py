"""The BAS driver: text over the wire once, files from one folder, and rights only by a person's word."""

from __future__ import annotations

import logging
import os
import time
from pathlib import Path
from typing import Any

import pytest
from tests.integration.suno_session.studio_scene import (
    HASTY,
    STEADY,
    Scene,
    needs_websockets,
    scene_of,
    song_request,
)

from noktvrn.kernel.errors import LabelError, NotReady, Refused, Unavailable
from noktvrn.model.studio import StudioSession, StudioStep
from noktvrn.testing.fakes.script import Script

pytestmark = needs_websockets

PASSWORD = "pl4nted-s3cret"


def server_of(*rules: dict[str, Any]) -> Any:
    from noktvrn.testing.fakes.bas import Server

    return Server(Script(list(rules)), login="jo", password=PASSWORD)


def at(server: Any, tmp_path: Path, **more: Any) -> tuple[Scene, StudioSession]:
    told = {"studio": "bas", "bas_port": server.port, "bas_login": "jo", "bas_password": PASSWORD}
    scene = scene_of(tmp_path, **{**told, **more})
    scene.acknowledge()
    scene.acknowledge(kind="bas", plan=None)
    return scene, scene.ordered(song_request(tmp_path / "work"), "bas")


def test_without_a_word_of_its_own_nothing_is_handed_over(tmp_path: Path) -> None:
    scene = scene_of(tmp_path, studio="bas")
    scene.acknowledge()
    with pytest.raises(NotReady) as refused:
        scene.ordered(song_request(tmp_path / "work"), "bas")
    assert "noktvrn studio acknowledge bas" in refused.value.hint


@pytest.mark.parametrize("frames", ["", "split", "joined"])
def test_text_goes_out_and_a_song_comes_home(frames: str, tmp_path: Path) -> None:
    rules = [{"on": "TASK /suno_song", "fault": frames}] if frames else []
    with server_of(*rules) as server:
        scene, session = at(server, tmp_path)
        done = scene.sit(session)
    assert done.step is StudioStep.CLOSED
    assert len(done.files) == 1
    (job,) = server.submissions
    assert job["function"] == "suno_song"
    assert job["lyrics"] == session.pack.lyrics
    assert "press" not in job
    assert server.said == [
        "remote_control_data",
        "accept_resources",
        "start_thread",
        "run_task",
        "stop_thread",
    ]
    made = scene.composer.compose(song_request(tmp_path / "work")).provenance
    assert (made.rights.dsp_release, made.provider) == ("unknown", session.id)


@pytest.mark.parametrize("fault", ["failed", "no_files", "outside", "garbage", "reset"])
def test_what_an_application_could_not_do_is_a_persons_to_see_to(fault: str, tmp_path: Path) -> None:
    with server_of({"on": "TASK /suno_song", "fault": fault}) as server:
        scene, session = at(server, tmp_path)
        with pytest.raises(NotReady) as stopped:
            scene.sit(session, STEADY)
        assert stopped.value.code == "studio.needs_human"
        assert "The application could not do it" in stopped.value.message
        with pytest.raises(NotReady):
            scene.sit(session, HASTY)
        assert len(server.submissions) == 1
    assert scene.books.held(session.id).files == ()


def test_a_file_that_is_no_song_is_told(tmp_path: Path) -> None:
    with server_of({"on": "TASK /suno_song", "fault": "not_a_song"}) as server:
        scene, session = at(server, tmp_path)
        scene.sit_until(session, scene.troubles)
    assert any("no song that plays" in text for text in scene.troubles())


def test_after_a_crash_it_is_waited_for_and_not_handed_over_again(tmp_path: Path) -> None:
    from noktvrn.testing.fakes import media

    with server_of({"on": "TASK /suno_song", "fault": "silent"}) as server:
        scene, session = at(server, tmp_path)
        scene.sit_until(session, lambda: server.submissions)
    assert scene.settings.studio_inbox is not None
    late = scene.settings.studio_inbox / "Night Bus.mp3"
    late.write_bytes(media.song(32.0))
    came = time.time() - 5
    os.utime(late, (came, came))
    done = scene.sit(session)
    assert len(done.files) == 1
    assert len(server.submissions) == 1


@pytest.mark.parametrize(
    ("fault", "kind", "code"),
    [("refused", Refused, "outside.key_refused"), ("reset", Unavailable, "studio.bas_gone")],
)
def test_a_door_that_stays_shut_is_told_without_the_password(
    fault: str, kind: type[LabelError], code: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with server_of({"on": "OPEN /", "fault": fault}) as server:
        scene, session = at(server, tmp_path)
        with pytest.raises(kind) as shut:
            scene.sit(session, HASTY)
    assert shut.value.code == code
    assert scene.books.held(session.id).step is None
    papers = scene.books.folder(session.id)
    written = "".join(path.read_text("utf-8") for path in papers.rglob("*") if path.is_file())
    assert PASSWORD not in caplog.text + written + repr(shut.value) + str(shut.value.as_problem())


def test_an_application_that_is_not_there_is_told(tmp_path: Path) -> None:
    with server_of() as server:
        scene, session = at(server, tmp_path)
    with pytest.raises(Unavailable, match="No BAS application") as absent:
        scene.sit(session, HASTY)
    assert "Start it yourself" in absent.value.hint
    unset = scene_of(tmp_path, studio="bas")
    with pytest.raises(NotReady, match="port"):
        unset.sit(session, HASTY)


def test_one_driver_cannot_be_swapped_for_another_to_change_whose_song_it_is(tmp_path: Path) -> None:
    with server_of({"on": "TASK /suno_song", "fault": "silent"}) as server:
        scene, session = at(server, tmp_path)
        scene.sit_until(session, lambda: server.submissions)
    assert scene.ordered(song_request(tmp_path / "work"), "manual").driver == "bas"
