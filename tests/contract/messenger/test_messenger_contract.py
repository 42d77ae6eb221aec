"""What every messenger keeps to, run against every provider that plays Messenger."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from noktvrn.kernel.clock import SystemClock
from noktvrn.providers._kit import Kit
from noktvrn.providers.registry import open_player
from noktvrn.roles.messenger import Messenger, Notice
from noktvrn.settings import Settings
from noktvrn.storage.database import Database
from noktvrn.storage.migrate import upgrade
from noktvrn.testing.fake_models import FakeModels
from noktvrn.testing.fakes import telegram

PROVIDERS = frozenset({"log_messenger", "telegram", "webhook"})
SECRET = "t0ken-of-the-hook"
NOTICE = Notice(
    key="review:run_1:abc",
    kind="review",
    title="Salz auf dünner Haut",
    text='Zwei Zeilen\nund "Worte" in 日本語',
    run_id="run_1",
    artist_id="art_1",
)
AGAIN = NOTICE.model_copy(update={"key": "review:run_1:def", "text": "again"})
CHAT = 42


@dataclass
class Post:
    """One messenger, and what has arrived where it brings things to: one entry for each different key."""

    messenger: Messenger
    arrived: Callable[[], list[dict[str, Any]]]


@pytest.fixture(params=sorted(PROVIDERS))
def post(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Post]:
    with FakeModels(lambda _: "ok") as server, telegram.Server() as chats:
        settings = Settings(
            home=tmp_path,
            webhook_url=f"{server.base_url}/hooks/{SECRET}",
            telegram_bot_token=telegram.TOKEN,
            telegram_chats=(CHAT,),
            telegram_base_url=chats.origin,
            _env_file=None,
        )
        database = Database(settings)
        upgrade(database)
        kit = Kit(clock=SystemClock(), scratch=tmp_path, database=database)
        messenger: Messenger = open_player("messenger", request.param, settings, kit)
        ways = {
            "log_messenger": lambda: _lines(tmp_path),
            "telegram": lambda: _written(chats),
            "webhook": lambda: _posted(server),
        }
        yield Post(messenger, ways[request.param])
        database.close()


def _lines(home: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (home / "notices.jsonl").read_text("utf-8").splitlines()]


def _posted(server: FakeModels) -> list[dict[str, Any]]:
    """Whoever listens drops what comes twice, by the key that goes along."""
    keys = [headers["idempotency-key"] for headers in server.headers]
    return list({key: asked["notice"] for key, asked in zip(keys, server.requests, strict=True)}.values())


def _written(chats: telegram.Server) -> list[dict[str, Any]]:
    """A chat shows title and words; which notice they are of is the ledger's to know."""
    told = [text.partition("\n\n") for text in chats.texts(CHAT)]
    keys = {NOTICE.text: NOTICE.key, "again": AGAIN.key}
    rest = NOTICE.as_data()
    return [{**rest, "key": keys[text], "title": title, "text": text} for title, _, text in told]


def test_a_notice_arrives_whole_and_has_a_receipt(post: Post) -> None:
    receipt = post.messenger.send(NOTICE)
    assert (receipt.messenger, receipt.key) == (post.messenger.name, NOTICE.key)
    (found,) = post.arrived()
    assert found.items() >= NOTICE.as_data().items()


def test_the_same_key_twice_is_one_notice_and_another_is_another(post: Post) -> None:
    receipts = [post.messenger.send(NOTICE) for _ in range(2)]
    assert receipts[0] == receipts[1]
    post.messenger.send(AGAIN)
    assert [found["key"] for found in post.arrived()] == ["review:run_1:abc", "review:run_1:def"]


def test_a_receipt_tells_no_secret(post: Post) -> None:
    told = post.messenger.send(NOTICE).model_dump_json()
    assert SECRET not in told
    assert telegram.TOKEN not in told
