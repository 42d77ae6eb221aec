"""The server of ACE-Step, against its fake: what is released, how tasks stand, and what is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from noktvrn.kernel.errors import LabelError
from noktvrn.outbound.jobs.nouns import JobOrder
from noktvrn.outbound.jobs.service import Slip
from noktvrn.outbound.troubles import Trouble, trouble_of
from noktvrn.providers.acestep import service as service_of
from noktvrn.providers.acestep.server import MISSES, MISSES_UNSEEN, SongService, health
from noktvrn.roles.errand import Errand
from noktvrn.settings import Settings
from noktvrn.testing.fakes.acestep import Server
from noktvrn.testing.fakes.script import Script

SECRET = "ace-planted-secret"
SONG: dict[str, Any] = {
    "prompt": "pop rock",
    "lyrics": "[Verse]\nThe rain has a name",
    "audio_duration": 12.5,
    "bpm": 104,
    "key_scale": "A minor",
    "seed": 7,
}
RELEASE, QUERY = "POST /release_task", "POST /query_result"


@pytest.fixture
def fake() -> Iterator[Server]:
    with Server() as server:
        yield server


def scripted(fake: Server, *rules: dict[str, Any]) -> None:
    fake.script = Script(list(rules))


def settings(fake: Server, **more: Any) -> Settings:
    return Settings(_env_file=None, acestep_url=fake.origin, **more)


def order(*, free: bool = True, **more: Any) -> JobOrder:
    return JobOrder(
        provider="acestep",
        purpose="compose",
        errand=Errand(),
        request={**SONG, **more},
        kind="audio",
        free=free,
    )


def released(fake: Server, tmp_path: Path, **more: Any) -> tuple[SongService, str]:
    service = SongService(settings(fake, **more))
    return service, service.submit(order(), Slip("tkt_1", tmp_path)).ref


def test_a_task_is_released_and_its_song_lies_on_the_same_server(fake: Server, tmp_path: Path) -> None:
    service, ref = released(fake, tmp_path)
    look = service.look(ref)
    assert fake.submissions == [SONG]
    assert look.state == "ready" and len(look.files) == 1
    assert look.files[0].url.startswith(f"{fake.origin}/v1/audio?path=%2Fout%2F")
    assert look.files[0].duration_s == 12.5


def test_the_key_goes_to_the_server_and_into_no_error(fake: Server, tmp_path: Path) -> None:
    fake.key = SECRET
    service, ref = released(fake, tmp_path, acestep_api_key=SECRET)
    look = service.look(ref)
    assert look.state == "ready"
    badge = service.caps.badge
    assert badge is not None and badge.fits(look.files[0].url) and SECRET not in repr(service.caps)
    with pytest.raises(LabelError) as refused:
        SongService(settings(fake, acestep_api_key="wrong-planted")).look(ref)
    assert trouble_of(refused.value) is Trouble.AUTH
    assert "wrong-planted" not in refused.value.message + repr(refused.value)


@pytest.mark.parametrize(
    ("fault", "free", "meant", "made"),
    [
        ({"fault": "full"}, True, Trouble.BUSY, 0),
        ({"fault": "detail", "status": 400}, True, Trouble.INVALID, 0),
        ({"fault": "detail", "status": 415}, True, Trouble.INVALID, 0),
        ({"fault": "detail", "status": 403}, True, Trouble.AUTH, 0),
        ({"fault": "detail", "status": 500}, True, Trouble.TRANSIENT, 0),
        ({"fault": "detail", "status": 500}, False, Trouble.UNKNOWN, 0),
        ({"fault": "no_task_id"}, True, Trouble.CONTRACT, 1),
        ({"fault": "no_task_id"}, False, Trouble.UNKNOWN, 1),
        ({"fault": "html"}, True, Trouble.CONTRACT, 0),
        ({"fault": "html"}, False, Trouble.UNKNOWN, 0),
        ({"fault": "reset_after"}, True, Trouble.TRANSIENT, 1),
        ({"fault": "reset_after"}, False, Trouble.UNKNOWN, 1),
        ({"fault": "status_after", "status": 502, "body": "x"}, False, Trouble.UNKNOWN, 1),
        ({"fault": "body", "text": '{"data":null,"code":500,"error":"no"}'}, True, Trouble.TRANSIENT, 0),
        ({"fault": "body", "text": '{"data":null,"code":500,"error":"no"}'}, False, Trouble.UNKNOWN, 0),
        ({"fault": "body", "text": '{"data":null,"code":400,"error":"no"}'}, False, Trouble.INVALID, 0),
    ],
)
def test_what_an_order_that_is_not_taken_means(
    fake: Server, tmp_path: Path, fault: dict[str, Any], free: bool, meant: Trouble, made: int
) -> None:
    scripted(fake, {"on": RELEASE, **fault})
    with pytest.raises(LabelError) as refused:
        SongService(settings(fake)).submit(order(free=free), Slip("tkt_1", tmp_path))
    assert trouble_of(refused.value) is meant
    assert refused.value.hint
    assert len(fake.submissions) == made


@pytest.mark.parametrize("form", [{"bpm": 500}, {"audio_duration": 1}, {"src_audio_path": "/etc/passwd"}])
def test_the_fake_refuses_what_the_server_refuses(fake: Server, tmp_path: Path, form: dict[str, Any]) -> None:
    with pytest.raises(LabelError) as refused:
        SongService(settings(fake)).submit(order(**form), Slip("tkt_1", tmp_path))
    assert trouble_of(refused.value) is Trouble.INVALID


def test_a_task_that_runs_is_waited_for(fake: Server, tmp_path: Path) -> None:
    scripted(fake, {"on": RELEASE, "fault": "stuck"})
    service, ref = released(fake, tmp_path)
    assert {service.look(ref).state for _ in range(MISSES + 2)} == {"running"}


def test_a_task_that_fails_says_why(fake: Server, tmp_path: Path) -> None:
    scripted(fake, {"on": RELEASE, "fault": "fails", "message": "CUDA out of memory"})
    service, ref = released(fake, tmp_path)
    look = service.look(ref)
    assert (look.state, look.message) == ("failed", "CUDA out of memory")


def test_a_task_that_was_seen_and_is_forgotten_is_lost_after_three_looks(
    fake: Server, tmp_path: Path
) -> None:
    scripted(fake, {"on": RELEASE, "fault": "stuck"})
    service, ref = released(fake, tmp_path)
    assert service.look(ref).state == "running"
    scripted(fake, {"on": QUERY, "nth": 1, "fault": "forgets"})
    assert [service.look(ref).state for _ in range(3)] == ["running", "running", "lost"]


def test_a_task_nobody_saw_is_given_longer(fake: Server, tmp_path: Path) -> None:
    scripted(fake, {"on": QUERY, "nth": 1, "fault": "forgets"})
    service, ref = released(fake, tmp_path)
    looks = [service.look(ref).state for _ in range(MISSES_UNSEEN)]
    assert looks == ["running"] * (MISSES_UNSEEN - 1) + ["lost"]


@pytest.mark.parametrize(
    "file",
    [
        "https://evil.example/v1/audio?path=a",
        "//evil.example/v1/audio?path=a",
        "/v1/audiox?path=a",
        "/v1/../admin?path=a",
        "@evil.example/v1/audio?path=a",
        "\\\\evil.example\\v1",
        "/v1/audio?path=a#b",
        "/etc/passwd",
    ],
)
def test_a_song_lies_nowhere_else(fake: Server, tmp_path: Path, file: str) -> None:
    scripted(fake, {"on": RELEASE, "fault": "elsewhere", "file": file})
    service, ref = released(fake, tmp_path)
    with pytest.raises(LabelError) as refused:
        service.look(ref)
    assert trouble_of(refused.value) is Trouble.CONTRACT


def test_a_whole_address_of_the_same_server_is_taken(fake: Server, tmp_path: Path) -> None:
    scripted(
        fake, {"on": RELEASE, "fault": "elsewhere", "file": f"{fake.origin}/v1/audio?path=%2Fout%2Fa.flac"}
    )
    service, ref = released(fake, tmp_path)
    assert service.look(ref).files[0].url == f"{fake.origin}/v1/audio?path=%2Fout%2Fa.flac"


@pytest.mark.parametrize(
    ("fault", "meant"),
    [
        ({"on": RELEASE, "fault": "no_file"}, Trouble.CONTRACT),
        ({"on": RELEASE, "fault": "garbled"}, Trouble.CONTRACT),
        ({"on": QUERY, "fault": "no_rows"}, Trouble.CONTRACT),
        ({"on": QUERY, "fault": "html"}, Trouble.CONTRACT),
        ({"on": QUERY, "fault": "body", "text": '{"data":[7]}'}, Trouble.CONTRACT),
        (
            {"on": QUERY, "fault": "body", "text": '{"data":[{"task_id":"other","status":1}]}'},
            Trouble.CONTRACT,
        ),
        ({"on": QUERY, "fault": "reset"}, Trouble.TRANSIENT),
        ({"on": QUERY, "fault": "status", "status": 500}, Trouble.TRANSIENT),
        ({"on": QUERY, "fault": "code", "code": 500}, Trouble.TRANSIENT),
    ],
)
def test_a_look_that_tells_nothing_is_told_as_such(
    fake: Server, tmp_path: Path, fault: dict[str, Any], meant: Trouble
) -> None:
    scripted(fake, fault)
    service, ref = released(fake, tmp_path)
    with pytest.raises(LabelError) as refused:
        service.look(ref)
    assert trouble_of(refused.value) is meant


def test_health_tells_the_model(fake: Server) -> None:
    assert health(settings(fake)).well
    scripted(fake, {"fault": "body", "text": '{"data":{"models":[]},"code":200}'})
    assert not health(settings(fake)).well


def test_there_is_a_service_for_songs_alone(fake: Server) -> None:
    kit: Any = None
    found = service_of(settings(fake), kit, "compose")
    assert isinstance(found, SongService) and not found.caps.finds and not found.caps.cancels
    assert service_of(settings(fake), kit, "paint") is None
