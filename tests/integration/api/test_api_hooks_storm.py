"""Callbacks as services really send them: twice, out of order, too early, forged, over the wire."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.integration.api.test_api_hooks import KEY, Waiting

from noktvrn.api.app import create_app
from noktvrn.providers.suno_gateway.callbacks import SIGNATURE, STAMP, signature
from noktvrn.settings import Settings
from noktvrn.testing.fakes.script import Script
from noktvrn.testing.fakes.suno import Server
from noktvrn.testing.loopback import Exchange, Loopback

GENERATE = "POST /api/v1/generate"


CALL = {"data": {"task_id": "t"}}


def signed_now() -> dict[str, str]:
    """The headers of a callback of theirs."""
    stamp = str(int(time.time()))
    return {STAMP: stamp, SIGNATURE: signature(KEY, "t", stamp)}


class Street:
    """The way from outside to the API: a server on loopback that hands requests on."""

    def __init__(self) -> None:
        self.client: TestClient | None = None
        self._server = Loopback(self._hand_on)
        self.origin = f"http://127.0.0.1:{self._server.port}"

    def __enter__(self) -> Street:
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.close()

    def _hand_on(self, exchange: Exchange) -> Coroutine[Any, Any, None]:
        async def handed() -> None:
            assert self.client is not None
            headers = {name: text for name, text in exchange.headers.items() if name.startswith("x-webhook")}
            answer = await asyncio.to_thread(
                self.client.post, exchange.path, content=exchange.body, headers=headers
            )
            exchange.send(answer.status_code, answer.content)

        return handed()


@pytest.fixture
def fake() -> Iterator[Server]:
    with Server() as server:
        server.seconds = 8.0
        server.making_s = 1.0
        yield server


def waited(tmp_path: Path, fake: Server, seconds: float, **more: Any) -> tuple[Waiting, int]:
    """Orders a song behind the street and waits so long for it, and until all callbacks were answered; how
    often was looked by then. A song that did not come by them is called for by a callback in order."""
    with Street() as street:
        settings = Settings(
            home=tmp_path / "home",
            suno_api_key="k",
            suno_base_url=fake.origin,
            public_base_url=street.origin,
            _env_file=None,
            **more,
        )
        app = create_app(settings, work=False)
        with TestClient(app, base_url="https://label.example") as street.client:
            waiting = Waiting(street.client)
            waiting.start()
            waiting.join(seconds)
            fake.answered(10.0)
            looks = len([one for one in fake.asked if "record-info" in one])
            path = str(fake.submissions[0]["callBackUrl"]).removeprefix(street.origin)
            for _ in range(20):
                if waiting.is_alive():
                    assert street.client.post(path, json=CALL, headers=signed_now()).status_code == 200
                    waiting.join(0.5)
    return waiting, looks


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"types": ["complete", "first", "text", "complete", "complete"]},
        {"types": ["complete", "complete"], "early": True},
        {"types": ["error", "text", "complete"]},
    ],
)
def test_whatever_comes_the_song_is_ordered_once_and_looked_up(
    tmp_path: Path, fake: Server, told: dict[str, Any]
) -> None:
    fake.script = Script([{"on": GENERATE, "fault": "callbacks", **told}])
    early = bool(told.get("early"))
    waiting, looks = waited(tmp_path, fake, 1.0 if early else 15.0)
    assert fake.told and set(fake.told) == {200}
    assert len(fake.submissions) == 1
    assert looks <= len(fake.told) + 1 and (early or looks)
    assert waiting.delivery is not None and len(waiting.delivery.files) == 2


@pytest.mark.parametrize("told", [{"forged": True}, {"skew_s": -900}, {"skew_s": 900}])
def test_callbacks_that_are_not_theirs_move_nothing(
    tmp_path: Path, fake: Server, told: dict[str, Any]
) -> None:
    fake.hmac_key = KEY
    fake.making_s = 0.2
    fake.script = Script([{"on": GENERATE, "fault": "callbacks", **told}])
    waiting, looks = waited(tmp_path, fake, 1.0, suno_dialect="kie", suno_webhook_hmac_key=KEY)
    assert set(fake.told) == {403} and looks == 0
    assert waiting.delivery is not None and len(fake.submissions) == 1


def test_signed_callbacks_of_theirs_are_heard(tmp_path: Path, fake: Server) -> None:
    fake.hmac_key = KEY
    waiting, looks = waited(tmp_path, fake, 15.0, suno_dialect="kie", suno_webhook_hmac_key=KEY)
    assert set(fake.told) == {200} and looks and waiting.delivery is not None
