"""The phone's commands, and the desk's new ones, at the shell."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.integration.label.label_samples import enter_artist, label_at, lay_on_desk
from tests.integration.label.shell import noktvrn

from noktvrn.kernel.clock import SystemClock
from noktvrn.settings import Settings
from noktvrn.testing.fakes import telegram


@pytest.fixture
def chats(monkeypatch: pytest.MonkeyPatch) -> Iterator[telegram.Server]:
    with telegram.Server() as server:
        monkeypatch.setenv("TELEGRAM_BOT_TOKEN", telegram.TOKEN)
        monkeypatch.setenv("TELEGRAM_CHAT_ID", "42,-1001234567890")
        monkeypatch.setenv("TELEGRAM_BASE_URL", server.origin)
        yield server


def test_the_bot_tells_how_it_stands_and_where_updates_go(
    chats: telegram.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = noktvrn("telegram", "status", "--json").data
    assert told["bot"] == "@noktvrn_fake_bot"
    assert (told["chats"], told["people"]) == ([42, -1001234567890], [42])
    assert noktvrn("telegram", "webhook", "set").code == 4
    monkeypatch.setenv("PUBLIC_BASE_URL", "https://label.example/")
    monkeypatch.setenv("TELEGRAM_WEBHOOK_SECRET", "s3cret")
    set_ = noktvrn("telegram", "webhook", "set", "--json")
    assert set_.data == {"webhook": "https://label.example/hooks/telegram"}
    assert chats.webhook["secret_token"] == "s3cret"
    assert noktvrn("telegram", "webhook", "delete").code == 0
    assert chats.webhook["url"] == ""


def test_without_a_bot_the_way_to_one_is_told() -> None:
    said = noktvrn("telegram", "status")
    assert (said.code, "TELEGRAM_BOT_TOKEN" in said.err) == (4, True)


def test_a_verdict_is_taken_back_and_autopilot_switched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOKTVRN_UNDO_S", "600")
    with label_at(Settings(_env_file=None), SystemClock()) as label:
        run = lay_on_desk(label, enter_artist(label))
    assert noktvrn("review", "reject", run.id, "--reason", "thin").code == 1
    assert noktvrn("review", "undo", run.id, "--json").data["state"] == "awaiting_review"
    assert noktvrn("review", "undo", run.id).code == 4
    assert noktvrn("review", "autopilot", "off", "--json").data["on"] is False
    assert noktvrn("review", "autopilot", "--json").data["on"] is False
    assert [row["run_id"] for row in noktvrn("review", "queue", "--limit", "5", "--json").data] == [run.id]
