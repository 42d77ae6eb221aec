"""The reseller's dialect, against its fake: what an order becomes, how jobs stand, what refusals mean."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from noktvrn.kernel.errors import LabelError
from noktvrn.outbound.jobs.nouns import JobOrder
from noktvrn.outbound.jobs.service import Service, Slip
from noktvrn.outbound.troubles import Trouble, trouble_of
from noktvrn.providers.suno_gateway import service as service_of
from noktvrn.providers.suno_gateway.gateway import health
from noktvrn.providers.suno_gateway.songs import MARKET, NOWHERE, SongService
from noktvrn.providers.suno_gateway.wav import WavService
from noktvrn.roles.errand import Errand
from noktvrn.settings import Settings
from noktvrn.testing.fakes.script import Script
from noktvrn.testing.fakes.suno import Server

SECRET = "sk-suno-planted-secret"
WORDS: dict[str, Any] = {
    "customMode": True,
    "instrumental": False,
    "model": "V5_5",
    "title": "Night Bus",
    "style": "synthwave, 104 bpm, A minor",
    "prompt": "[Verse]\nThe rain has a name",
    "negativeTags": "",
}
GENERATE = "POST /api/v1/generate"
RECORD = "GET /api/v1/generate/record-info"


@pytest.fixture
def fake() -> Iterator[Server]:
    with Server() as server:
        yield server


def scripted(fake: Server, *rules: dict[str, Any]) -> None:
    fake.script = Script(list(rules))


def settings(fake: Server, **more: Any) -> Settings:
    told = {"suno_api_key": SECRET, "suno_base_url": fake.origin, **more}
    return Settings(_env_file=None, **told)


def order(purpose: str = "compose", **words: Any) -> JobOrder:
    request = words if purpose == "compose.wav" else {**WORDS, **words}
    return JobOrder(provider="suno_gateway", purpose=purpose, errand=Errand(), request=request, kind="audio")


def slip(tmp_path: Path, callback: str = "") -> Slip:
    return Slip("tkt_1", tmp_path, callback)


def test_an_order_is_sent_once_with_a_callback_that_reaches_nobody(fake: Server, tmp_path: Path) -> None:
    sent = SongService(settings(fake)).submit(order(), slip(tmp_path))
    assert sent.ref and not sent.files
    assert len(fake.submissions) == 1
    assert fake.submissions[0]["callBackUrl"] == NOWHERE
    assert {name: fake.submissions[0][name] for name in WORDS} == WORDS
    assert fake.headers[0]["authorization"] == f"Bearer {SECRET}"


def test_a_callback_of_ours_is_handed_on(fake: Server, tmp_path: Path) -> None:
    SongService(settings(fake)).submit(order(), slip(tmp_path, "https://label.example/hooks/suno_gateway/t"))
    assert fake.submissions[0]["callBackUrl"] == "https://label.example/hooks/suno_gateway/t"


def test_a_job_goes_from_waiting_over_its_first_song_to_both(fake: Server, tmp_path: Path) -> None:
    service = SongService(settings(fake))
    ref = service.submit(order(), slip(tmp_path)).ref
    scripted(
        fake,
        {"on": RECORD, "nth": 1, "fault": "says", "status": "PENDING"},
        {"on": RECORD, "nth": 2, "fault": "says", "status": "TEXT_SUCCESS"},
        {"on": RECORD, "nth": 3, "fault": "says", "status": "SOMETHING_NEW"},
        {"on": RECORD, "nth": 4, "fault": "says", "status": "FIRST_SUCCESS"},
    )
    looks = [service.look(ref) for _ in range(5)]
    assert [look.state for look in looks] == ["queued", "running", "running", "partial", "ready"]
    assert [len(look.files) for look in looks] == [0, 0, 0, 1, 2]
    first, second = looks[-1].files
    assert first.clip != second.clip and first.url.endswith(".mp3") and first.title == "Night Bus"
    assert first.duration_s == 40.0


@pytest.mark.parametrize(
    ("fate", "state", "files"),
    [
        ({"fault": "fails"}, "failed", 0),
        ({"fault": "fails", "status": "CREATE_TASK_FAILED"}, "failed", 0),
        ({"fault": "first_then_fail"}, "ready", 1),
        ({"fault": "moderated"}, "rejected", 0),
        ({"fault": "callback_exception"}, "ready", 2),
        ({"fault": "one_song"}, "ready", 1),
        ({"fault": "stuck"}, "queued", 0),
    ],
)
def test_how_a_job_ends(fake: Server, tmp_path: Path, fate: dict[str, Any], state: str, files: int) -> None:
    scripted(fake, {"on": GENERATE, **fate})
    service = SongService(settings(fake))
    look = service.look(service.submit(order(), slip(tmp_path)).ref)
    assert (look.state, len(look.files)) == (state, files)
    assert bool(look.message) is (state in ("failed", "rejected"))


@pytest.mark.parametrize(
    ("code", "msg", "meant"),
    [
        (400, "params", Trouble.INVALID),
        (400, "Song Description contained artist name: X", Trouble.MODERATION),
        (401, "no access", Trouble.AUTH),
        (402, "credits", Trouble.CREDITS),
        (404, "path", Trouble.INVALID),
        (405, "call limit", Trouble.RATE),
        (413, "too long", Trouble.INVALID),
        (422, "validation", Trouble.INVALID),
        (422, "content policy", Trouble.MODERATION),
        (429, "insufficient credits", Trouble.CREDITS),
        (430, "too frequent", Trouble.RATE),
        (455, "maintenance", Trouble.MAINTENANCE),
        (500, "server error", Trouble.UNKNOWN),
        (501, "generation failed", Trouble.UNKNOWN),
        (408, "timeout", Trouble.UNKNOWN),
        (499, "new", Trouble.INVALID),
        (7, "odd", Trouble.UNKNOWN),
    ],
)
@pytest.mark.parametrize("http", [200, None])
def test_a_code_says_what_went_wrong_inside_any_status(
    fake: Server, tmp_path: Path, code: int, msg: str, meant: Trouble, http: int | None
) -> None:
    status = http or (code if 400 <= code < 600 else 500)
    scripted(fake, {"on": GENERATE, "fault": "code", "code": code, "msg": msg, "http": status})
    with pytest.raises(LabelError) as refused:
        SongService(settings(fake)).submit(order(), slip(tmp_path))
    assert trouble_of(refused.value) is meant
    assert refused.value.hint and "sunoapi.org" in refused.value.message
    assert SECRET not in repr(refused.value) + refused.value.message
    assert not fake.submissions


@pytest.mark.parametrize(
    ("fault", "meant", "billed"),
    [
        ({"fault": "reset"}, Trouble.UNKNOWN, 0),
        ({"fault": "reset_after"}, Trouble.UNKNOWN, 1),
        ({"fault": "status_after", "status": 502}, Trouble.UNKNOWN, 1),
        ({"fault": "status_after", "status": 504, "body": "<html>"}, Trouble.UNKNOWN, 1),
        ({"fault": "code_after", "code": 500}, Trouble.UNKNOWN, 1),
        ({"fault": "no_task_id"}, Trouble.UNKNOWN, 1),
        ({"fault": "html"}, Trouble.UNKNOWN, 0),
        ({"fault": "body", "text": "{"}, Trouble.UNKNOWN, 0),
        ({"fault": "body", "text": '{"code": "200"}', "kind": "text/plain"}, Trouble.UNKNOWN, 0),
        ({"fault": "truncated"}, Trouble.UNKNOWN, 1),
        ({"fault": "status", "status": 503, "retry_after": 3, "body": "x"}, Trouble.BUSY, 0),
        ({"fault": "status", "status": 429, "body": "x"}, Trouble.RATE, 0),
        ({"fault": "status", "status": 403, "body": "x"}, Trouble.AUTH, 0),
    ],
)
def test_an_order_whose_answer_is_no_answer_is_never_taken_for_refused(
    fake: Server, tmp_path: Path, fault: dict[str, Any], meant: Trouble, billed: int
) -> None:
    scripted(fake, {"on": GENERATE, **fault})
    with pytest.raises(LabelError) as refused:
        SongService(settings(fake)).submit(order(), slip(tmp_path))
    assert trouble_of(refused.value) is meant
    assert len(fake.submissions) == billed


@pytest.mark.parametrize(
    ("fault", "meant"),
    [
        ({"fault": "reset"}, Trouble.TRANSIENT),
        ({"fault": "status", "status": 502, "body": "x"}, Trouble.TRANSIENT),
        ({"fault": "code", "code": 500}, Trouble.TRANSIENT),
        ({"fault": "code", "code": 430}, Trouble.RATE),
        ({"fault": "code", "code": 401}, Trouble.AUTH),
        ({"fault": "html"}, Trouble.CONTRACT),
        ({"fault": "body", "text": '{"code":200,"data":7}'}, Trouble.CONTRACT),
        ({"fault": "body", "text": '{"code":200,"data":{"status":7}}'}, Trouble.CONTRACT),
        (
            {"fault": "body", "text": '{"code":200,"data":{"status":"SUCCESS","response":{"sunoData":[7]}}}'},
            Trouble.CONTRACT,
        ),
    ],
)
def test_a_look_that_tells_nothing_is_told_as_such(
    fake: Server, tmp_path: Path, fault: dict[str, Any], meant: Trouble
) -> None:
    service = SongService(settings(fake))
    ref = service.submit(order(), slip(tmp_path)).ref
    scripted(fake, {"on": RECORD, **fault})
    with pytest.raises(LabelError) as refused:
        service.look(ref)
    assert trouble_of(refused.value) is meant


@pytest.mark.parametrize(
    "text",
    [
        '{"code":200,"msg":"success","data":null}',
        '{"code":200,"data":{"status":"SUCCESS","response":null}}',
        '{"code":200,"data":{"status":"SUCCESS","response":{"sunoData":[{"id":"a","audioUrl":""}]}}}',
        '{"code":200,"data":{"status":"SUCCESS","response":{"sunoData":[{"id":"a","audioUrl":"javascript:1"}]}}}',
        '{"code":200,"data":{"status":"CALLBACK_EXCEPTION","response":{"sunoData":[]}}}',
        '{"code":200,"data":{"status":"TEXT_SUCCESS","response":"","errorMessage":0}}',
        '{"code":200,"data":{"state":"success","resultJson":"{not json"}}',
        '{"code":200,"data":{"state":"generating","resultJson":[]}}',
    ],
)
def test_a_success_without_a_song_is_still_waited_for(fake: Server, tmp_path: Path, text: str) -> None:
    service = SongService(settings(fake))
    ref = service.submit(order(), slip(tmp_path)).ref
    scripted(fake, {"on": RECORD, "fault": "body", "text": text})
    assert service.look(ref).state == "running"


def test_a_job_it_forgot_is_lost_only_when_it_says_so_three_times(fake: Server, tmp_path: Path) -> None:
    service = SongService(settings(fake))
    ref = service.submit(order(), slip(tmp_path)).ref
    scripted(fake, {"on": RECORD, "nth": 1, "fault": "forgets"})
    assert [service.look(ref).state for _ in range(3)] == ["running", "running", "lost"]


@pytest.mark.parametrize("fate", [{"fault": "none"}, {"fault": "as_urls"}])
def test_a_model_of_the_market_is_ordered_and_read_by_its_own_shape(
    fake: Server, tmp_path: Path, fate: dict[str, Any]
) -> None:
    scripted(fake, {"on": "POST /api/v1/jobs/createTask", **fate})
    service = SongService(settings(fake, suno_dialect="kie"))
    ref = service.submit(order(model="V6"), slip(tmp_path)).ref
    assert ref.startswith(MARKET)
    sent = fake.submissions[0]
    assert (sent["path"], sent["model"], sent["input"]["title"]) == ("/jobs/createTask", "V6", "Night Bus")
    look = service.look(ref)
    assert look.state == "ready" and len({file.clip for file in look.files}) == 2
    assert all(file.url.endswith(".mp3") for file in look.files)


@pytest.mark.parametrize(
    "data",
    [
        '{"state":"success","resultJson":"{\\"resultUrls\\":[\\"https://h/a.mp3\\",\\"https://h/a.png\\"]}"}',
        '{"state":"success","resultJson":{"data":[{"id":"a","audioUrl":"https://h/a.mp3"}]}}',
        '{"state":"success","resultJson":"{\\"sunoData\\":[{\\"id\\":\\"a\\",\\"audioUrl\\":\\"https://h/a.mp3\\"}]}"}',
        '{"state":"success","sunoData":[{"id":"a","audioUrl":"https://h/a.mp3"},{"id":"a","audioUrl":"x:y"}]}',
    ],
)
def test_every_shape_of_a_markets_songs_is_read(fake: Server, data: str) -> None:
    scripted(fake, {"on": "GET /api/v1/jobs", "fault": "body", "text": f'{{"code":200,"data":{data}}}'})
    look = SongService(settings(fake)).look(MARKET + "t")
    assert look.state == "ready" and [file.url for file in look.files] == ["https://h/a.mp3"]


@pytest.mark.parametrize(
    ("message", "state"), [("no, because", "failed"), ("It contained sensitive words", "rejected")]
)
def test_a_job_of_the_market_fails_in_its_own_words(
    fake: Server, tmp_path: Path, message: str, state: str
) -> None:
    scripted(fake, {"on": "*", "nth": 1, "fault": "fails", "message": message})
    service = SongService(settings(fake))
    look = service.look(service.submit(order(model="suno/v6"), slip(tmp_path)).ref)
    assert (look.state, look.message) == (state, message)


def test_the_lossless_file_is_an_order_of_its_own_and_repeats_nothing(fake: Server, tmp_path: Path) -> None:
    songs, wavs = SongService(settings(fake)), WavService(settings(fake))
    task = songs.submit(order(), slip(tmp_path)).ref
    clip = songs.look(task).files[0].clip
    wanted = order("compose.wav", taskId=task, audioId=clip)
    sent = wavs.submit(wanted, slip(tmp_path))
    again = wavs.submit(wanted, slip(tmp_path))
    assert again.ref == sent.ref and again.charged == ()
    assert fake.bill["credits"] == 13
    look = wavs.look(sent.ref)
    assert look.state == "ready" and look.files[0].url.endswith(".wav")


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ('{"code":200,"data":{"status":"SUCCESS","response":{"audio_wav_url":"https://h/a.wav"}}}', "ready"),
        ('{"code":200,"data":{"successFlag":"SUCCESS","response":{}}}', "running"),
        ('{"code":200,"data":{"successFlag":"PENDING"}}', "queued"),
        ('{"code":200,"data":{"successFlag":"GENERATE_WAV_FAILED","errorMessage":"no"}}', "failed"),
    ],
)
def test_how_a_lossless_file_stands(fake: Server, text: str, state: str) -> None:
    scripted(fake, {"on": "GET /api/v1/wav/record-info", "fault": "body", "text": text})
    assert WavService(settings(fake)).look("t").state == state


def test_health_tells_the_credits_that_are_left(fake: Server) -> None:
    scripted(fake, {"on": "*", "nth": 2, "fault": "credits", "left": 0})
    told = [health(settings(fake)) for _ in range(2)]
    assert [(one.well, one.left) for one in told] == [
        (True, (("suno credits", 1000),)),
        (False, (("suno credits", 0),)),
    ]
    scripted(fake, {"fault": "code", "code": 401, "msg": "no"})
    assert not health(settings(fake)).well


def test_spent_credits_are_told_before_anything_is_taken(fake: Server, tmp_path: Path) -> None:
    fake.credits = 5
    with pytest.raises(LabelError) as refused:
        SongService(settings(fake)).submit(order(), slip(tmp_path))
    assert trouble_of(refused.value) is Trouble.CREDITS and not fake.submissions


def test_the_provider_has_a_service_for_each_of_its_purposes(fake: Server) -> None:
    kit: Any = None
    found = {name: service_of(settings(fake), kit, name) for name in ("compose", "compose.wav", "paint")}
    assert isinstance(found["compose"], SongService) and isinstance(found["compose.wav"], WavService)
    assert found["paint"] is None
    services: list[Service] = [found["compose"], found["compose.wav"]]
    assert all(not one.caps.finds and not one.caps.cancels and one.find(order()) is None for one in services)
