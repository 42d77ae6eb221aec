"""Everything that comes in at once: repeats, strangers, forged and stale buttons, floods. Only right verdicts
count, each once; and the bot's token is nowhere but in the requests."""

from __future__ import annotations

import logging
import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from tests.integration.label.label_samples import NOW, draft, enter_artist, item_of, lay_on_desk, put_draft
from tests.integration.label.phone_samples import (
    ADA,
    BOB,
    GROUP,
    MALLORY,
    Chats,
    chatting,
    lay_with_media,
)

from noktvrn.kernel.errors import Conflict, LabelError
from noktvrn.model.artist import Artist
from noktvrn.model.run import Run, RunState
from noktvrn.settings import Settings
from noktvrn.storage.ledger import reviews
from noktvrn.testing.fakes import telegram
from noktvrn.testing.fakes.script import Script

sqlite = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
FLOODS = [{"on": "POST /bot", "every": 7, "fault": "flood", "retry_after": 1}]


def buttons_of(chats: Chats, run: Run) -> dict[str, str]:
    """The data of a run's buttons, by their words."""
    (markup,) = [
        message["reply_markup"]["inline_keyboard"]
        for message in chats.telegram.messages.values()
        if run.id in message.get("text", "") and message["reply_markup"]
    ]
    return {one["text"]: one["callback_data"] for row in markup for one in row}


def press(number: int, data: str, *, by: int = ADA, chat: int = GROUP) -> dict[str, Any]:
    message = {"message_id": 1, "chat": {"id": chat}}
    query = {"id": f"q{number}", "from": {"id": by, "first_name": f"P{by}"}, "message": message, "data": data}
    return {"update_id": number, "callback_query": query}


def change(chats: Chats, artist: Artist, run: Run) -> None:
    changed = draft(artist, run.id, f"Other {run.id}")
    with chats.label.office.studio.database.begin() as connection:
        put_draft(connection, run, changed, attempt=2)
        reviews.open_(connection, item_of(changed, NOW))


def storm(chats: Chats, size: int) -> tuple[list[dict[str, Any]], dict[str, set[str]]]:
    """Updates in any order, and for every run the decisions that were rightly asked for."""
    dice = random.Random(7)
    artists = [enter_artist(chats.label, f"Act {number}") for number in range(4)]
    laid = [(one := dice.choice(artists), lay_on_desk(chats.label, one, n)) for n in range(size // 8)]
    chats.show(rounds=20 * len(laid))
    held = {run.id: buttons_of(chats, run) for _, run in laid}
    stale = {run.id for _, run in laid[::5]}
    for artist, run in laid[::5]:
        change(chats, artist, run)
    updates: list[dict[str, Any]] = []
    right: dict[str, set[str]] = {run.id: set() for _, run in laid}
    for number in range(1, size + 1):
        run, words = dice.choice(laid)[1], dice.choice(("Approve", "Reject"))
        data = held[run.id][words]
        kind = dice.choice(("right", "right", "stranger", "forged", "elsewhere", "again", "odd"))
        if kind == "again" and updates:
            updates.append(dice.choice(updates))
        elif kind == "stranger":
            updates.append(press(number, data, by=MALLORY))
        elif kind == "forged":
            updates.append(press(number, dice.choice((run.id, "approve", data[::-1], ""))))
        elif kind == "elsewhere":
            updates.append(press(number, data, chat=dice.choice((ADA, -5))))
        elif kind == "odd":
            updates.append({"update_id": number, "callback_query": {"data": data, "from": {"id": ADA}}})
        else:
            updates.append(press(number, data, by=dice.choice((ADA, BOB))))
            right[run.id] |= {words} if run.id not in stale else set()
    return updates, right


@pytest.mark.parametrize(
    ("settings", "size"),
    [
        pytest.param("sqlite", 96),
        pytest.param("sqlite", 1000, marks=pytest.mark.long),
        pytest.param("postgres", 1000, marks=pytest.mark.long),
    ],
    indirect=["settings"],
)
def test_of_all_that_comes_in_only_right_verdicts_count(settings: Settings, size: int) -> None:
    with chatting(settings, script=Script(FLOODS)) as chats:
        updates, right = storm(chats, size)
        with ThreadPoolExecutor(6) as pool:
            list(pool.map(chats.label.phone.hear, updates))
        for run_id, asked in right.items():
            verdict = chats.label.desk.show(run_id)[1]
            assert (verdict is None) == (not asked)
            if verdict is not None:
                assert verdict.door == "telegram"
                assert {"approved": "Approve", "rejected": "Reject"}[verdict.decision] in asked
                assert verdict.by in (f"person:P{ADA} (telegram:{ADA})", f"person:P{BOB} (telegram:{BOB})")
        states = {run.state for run in chats.label.runs.every()}
        assert states == {RunState.APPROVED, RunState.REJECTED, RunState.AWAITING_REVIEW}
        assert chats.label.house.verify_audit().passed


@sqlite
def test_the_token_is_in_no_log_no_error_no_row_and_no_file(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    secret = telegram.TOKEN.partition(":")[2]
    caplog.set_level(logging.DEBUG)
    odd = {"status": 400, "body": {"ok": False, "error_code": 400, "description": f"bot{telegram.TOKEN}"}}
    faults = ("reset", "reset_after", "truncated", "html", "bad_gateway", "conflict")
    rules = [{"on": "POST /bot", "nth": n, "fault": name} for n, name in enumerate(faults, start=1)]
    rules.append({"on": "POST /bot", "nth": 7, "fault": "status", **odd})
    said = []
    with chatting(settings, script=Script(rules)) as chats:
        bot = chats.label.phone._bot
        for _ in range(7):
            with pytest.raises(LabelError) as failed:
                bot.me()
            said += [repr(failed.value), str(failed.value.as_problem()), str(failed.getrepr(style="long"))]
        lay_with_media(chats.label, enter_artist(chats.label))
        chats.show()
        chats.press("Approve")
        said += [repr(bot), repr(bot._caller), repr(chats.label.settings), str(chats.label.phone.state())]
        home = chats.label.settings.home
    assert not [text for text in (*said, caplog.text) if secret in text]
    files = [path for path in Path(home).rglob("*") if path.is_file()]
    assert [path for path in files if secret.encode() in path.read_bytes()] == []


@sqlite
def test_one_process_listens_and_another_takes_over_when_it_ends(settings: Settings) -> None:
    with chatting(settings) as one, chatting(settings) as other:
        assert one.label.phone._is_mine("listen")
        assert not other.label.phone._is_mine("listen")
        one.label.phone.close()
        assert other.label.phone._is_mine("listen")


@sqlite
def test_a_listener_steps_back_where_telegram_knows_another(settings: Settings) -> None:
    with chatting(settings) as chats:
        chats.telegram.webhook = {"url": "https://label.example"}
        with pytest.raises(Conflict) as polled:
            chats.listen()
        assert polled.value.code == "telegram.polled"
        chats.telegram.webhook = {}
        chats.say("/help")
        assert chats.texts == []  # for half a minute it does not even ask
        assert chats.telegram.calls["getupdates"] == 1


@sqlite
def test_another_take_is_ordered_once_and_takes_the_run_off_the_desk(settings: Settings) -> None:
    with chatting(settings) as chats:
        run = lay_with_media(chats.label, enter_artist(chats.label))
        chats.show()
        data = buttons_of(chats, run)["Another take"]
        for number in (1, 1, 2):
            chats.label.phone.hear(press(number, data))
        assert chats.label.runs.get(run.id).state in (RunState.PRODUCING, RunState.QUEUED)
        assert len(chats.label.remakes.of(run.id)) == 1
        assert chats.answers == ["Another take is being made.", "This button does not count any more."]
        chats.show()
        assert chats.telegram.buttons(GROUP) == {}
