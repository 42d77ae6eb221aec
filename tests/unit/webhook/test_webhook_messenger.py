"""The webhook messenger: what it posts, and that its address stays a secret."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from pydantic import SecretStr

from noktvrn.kernel.clock import SystemClock
from noktvrn.kernel.errors import LabelError, NotReady
from noktvrn.providers._kit import Kit
from noktvrn.providers.registry import open_player
from noktvrn.providers.webhook.messenger import WebhookMessenger
from noktvrn.roles.messenger import Notice
from noktvrn.settings import Settings
from noktvrn.testing.fake_models import FakeModels

SECRET = "t0ken-of-the-hook"
NOTICE = Notice(key="review:run_1:abc", kind="review", title="Something waits", text="noktvrn review approve")


def hook(server: FakeModels) -> SecretStr:
    return SecretStr(f"{server.base_url}/hooks/{SECRET}?key={SECRET}")


def test_a_notice_is_posted_with_its_key(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with FakeModels(lambda _: "ok") as server:
        settings = Settings(home=tmp_path, webhook_url=hook(server), _env_file=None)
        kit = Kit(clock=SystemClock(), scratch=tmp_path)
        messenger = open_player("messenger", "webhook", settings, kit)
        receipt = messenger.send(NOTICE)
        assert server.requests == [{"notice": NOTICE.as_data()}]
        assert server.headers[0]["idempotency-key"] == NOTICE.key
        assert server.paths == [f"/v1/hooks/{SECRET}?key={SECRET}"]
    assert receipt.messenger == "webhook"
    assert receipt.key == NOTICE.key
    assert SECRET not in caplog.text + repr(receipt) + repr(messenger) + repr(vars(messenger))


@pytest.mark.parametrize("fault", ["server_error", "hang", "redirect", "gone", "reset"])
def test_a_failure_is_a_kernel_error_without_the_address(
    fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with FakeModels(lambda _: "ok", fault) as server:
        messenger = WebhookMessenger(hook(server), deadline_s=0.4)
        with pytest.raises(LabelError) as caught:
            messenger.send(NOTICE)
        assert len(server.requests) == 1
    told = caplog.text + repr(caught.value) + str(caught.value.as_problem())
    assert SECRET not in told
    assert str(server.base_url) not in told


def test_an_address_that_is_not_encrypted_is_refused_and_not_quoted() -> None:
    messenger = WebhookMessenger(SecretStr(f"http://hooks.example/{SECRET}"))
    with pytest.raises(LabelError) as caught:
        messenger.send(NOTICE)
    assert SECRET not in str(caught.value.as_problem())


def test_without_an_address_it_does_not_open(tmp_path: Path) -> None:
    kit = Kit(clock=SystemClock(), scratch=tmp_path)
    with pytest.raises(NotReady):
        open_player("messenger", "webhook", Settings(home=tmp_path, _env_file=None), kit)
