"""Callbacks of outside services: heard without a token of ours, believed in nothing, answered at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from noktvrn.api.app import create_app
from noktvrn.api.security import MAX_BODY
from noktvrn.kernel.errors import Unavailable
from noktvrn.label.label import Label
from noktvrn.outbound.jobs.nouns import Delivery, JobOrder
from noktvrn.providers.suno_gateway.callbacks import signature
from noktvrn.providers.suno_gateway.songs import SongService
from noktvrn.roles.errand import Errand
from noktvrn.settings import Settings
from noktvrn.testing.fakes.suno import Server

KEY = "hmac-planted-secret"
PUBLIC = "https://label.example"


@pytest.fixture
def fake() -> Iterator[Server]:
    with Server() as server:
        server.seconds = 8.0
        yield server


def settings(home: Path, fake: Server, **more: Any) -> Settings:
    told = {
        "home": home,
        "suno_api_key": "k",
        "suno_base_url": fake.origin,
        "public_base_url": PUBLIC,
        **more,
    }
    return Settings(_env_file=None, **told)


def opened(settings: Settings) -> TestClient:
    app = create_app(settings, work=False)
    return TestClient(app, base_url=PUBLIC, raise_server_exceptions=False)


def label_of(client: TestClient) -> Label:
    label: Label = client.app.state.label  # type: ignore[attr-defined]
    return label


def order() -> JobOrder:
    words = {
        "customMode": True,
        "instrumental": True,
        "model": "V5_5",
        "title": "Night Bus",
        "style": "synthwave, 104 bpm",
    }
    return JobOrder(
        provider="suno_gateway", purpose="compose", errand=Errand(run_id="r"), request=words, kind="audio"
    )


class Waiting(threading.Thread):
    """Somebody who has ordered a song and waits for it."""

    def __init__(self, client: TestClient) -> None:
        super().__init__(daemon=True)
        self.label = label_of(client)
        self.delivery: Delivery | None = None

    def run(self) -> None:
        service = SongService(self.label.settings)
        self.delivery = self.label.office.booking.desk.done(order(), service)


def told(fake: Server, path: str, waits_s: float = 10.0) -> str:
    """The path of the callback of the first order, once it was sent."""
    end = time.monotonic() + waits_s
    while not fake.submissions and time.monotonic() < end:
        time.sleep(0.02)
    return str(fake.submissions[0]["callBackUrl"]).removeprefix(path)


def test_a_callback_brings_the_next_look_forward(tmp_path: Path, fake: Server) -> None:
    with opened(settings(tmp_path, fake)) as client:
        waiting = Waiting(client)
        waiting.start()
        path = told(fake, PUBLIC)
        assert path.startswith("/hooks/suno_gateway/") and len(path.rsplit("/", 1)[1]) >= 20
        looked = len([one for one in fake.asked if "record-info" in one])
        forged = {"code": 200, "data": {"data": [{"audio_url": "https://evil.example/a.mp3"}]}}
        answers = [client.post(path, json=forged) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 200]
        waiting.join(12.0)  # the first look would be 20 s after the order
        assert waiting.delivery is not None and len(waiting.delivery.files) == 2
        assert len([one for one in fake.asked if "record-info" in one]) > looked == 0
        assert client.post(path, json={}).json() == {"heard": True}
        assert len(fake.submissions) == 1


@pytest.mark.parametrize("path", ["/hooks/suno_gateway/unknown", "/hooks/lyria/unknown"])
def test_an_unknown_job_gets_the_answer_of_a_known_one(tmp_path: Path, fake: Server, path: str) -> None:
    with opened(settings(tmp_path, fake, gemini_api_key="k")) as client:
        answer = client.post(path, content=b"{not json")
        assert (answer.status_code, answer.json()) == (200, {"heard": True})


@pytest.mark.parametrize(
    "path", ["/hooks/nobody/t", "/hooks/acestep/t", "/hooks/%2e%2e/t", f"/hooks/{'x' * 41}/t"]
)
def test_nobody_calls_back_for_who_is_not_there(tmp_path: Path, fake: Server, path: str) -> None:
    with opened(settings(tmp_path, fake)) as client:
        assert client.post(path, json={}).status_code in (401, 403, 404, 422)


def test_signed_callbacks_are_checked_before_anything_is_looked_up(tmp_path: Path, fake: Server) -> None:
    kie = settings(tmp_path, fake, suno_dialect="kie", suno_webhook_hmac_key=KEY)
    with opened(kie) as client:
        body, stamp = {"data": {"task_id": "t"}}, str(int(time.time()))
        headers = {"X-Webhook-Timestamp": stamp, "X-Webhook-Signature": signature(KEY, "t", stamp)}
        assert client.post("/hooks/suno_gateway/x", json=body, headers=headers).status_code == 200
        for forged in ({}, {**headers, "X-Webhook-Signature": signature("other", "t", stamp)}):
            answer = client.post("/hooks/suno_gateway/x", json=body, headers=forged)
            assert (answer.status_code, answer.json()["code"]) == (403, "hook.unsigned")
            assert KEY not in answer.text


def test_other_ways_in_stay_shut(tmp_path: Path, fake: Server) -> None:
    with opened(settings(tmp_path, fake)) as client:
        assert client.get("/hooks/suno_gateway/x").status_code in (401, 403)
        assert client.post("/api/artists", json={"prompt": "x"}).status_code == 403
        big = client.post("/hooks/suno_gateway/x", content=b"x" * (MAX_BODY + 1))
        assert big.status_code == 413


def test_the_answer_does_not_wait_for_a_slow_ledger(
    tmp_path: Path, fake: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(settings(tmp_path, fake)) as client:
        ended = threading.Event()

        def slow(*_: object) -> bool:
            ended.wait(30.0)
            raise Unavailable("too late")

        monkeypatch.setattr(label_of(client).hooks, "heard", slow)
        begun = time.monotonic()
        assert client.post("/hooks/suno_gateway/x", json={}).status_code == 200
        assert time.monotonic() - begun < 20.0  # a busy machine is slow; the ledger is slower
        ended.set()


def test_the_token_of_a_callback_is_in_no_log(
    tmp_path: Path, fake: Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> bool:
        raise ValueError("a fault of ours")

    with opened(settings(tmp_path, fake)) as client:
        monkeypatch.setattr(label_of(client).hooks, "heard", broken)
        assert client.post("/hooks/suno_gateway/planted-token", json={}).status_code == 500
    assert "fault while answering POST /hooks/{provider}/{token}" in caplog.text
    assert "planted-token" not in "".join(
        record.getMessage() for record in caplog.records if record.name.startswith("noktvrn")
    )
