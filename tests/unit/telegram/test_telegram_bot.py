"""The bot: what it sends, what Telegram's answers mean, and what it does not take to heart."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from noktvrn.kernel.errors import Conflict, LabelError, NotAllowed, NotFound, Refused, Unavailable
from noktvrn.label.phone.incoming import number_of, read
from noktvrn.label.phone.pace import GROUP_S, PRIVATE_S, Pace
from noktvrn.outbound.failures import outcome_unknown
from noktvrn.providers.telegram.bot import ANSWER, TEXT, Bot, Enclosure
from noktvrn.providers.telegram.replies import FloodedError
from noktvrn.testing.fakes import telegram
from noktvrn.testing.fakes.script import Script

CHAT = 42


@pytest.fixture
def server() -> Iterator[telegram.Server]:
    with telegram.Server() as server:
        yield server


@pytest.fixture
def bot(server: telegram.Server) -> Bot:
    return Bot(SecretStr(telegram.TOKEN), server.origin)


def told(server: telegram.Server, **fault: object) -> None:
    server.script = Script([{"on": "POST /bot", "nth": 1, **fault}])


def test_texts_are_cut_to_what_telegram_counts(server: telegram.Server, bot: Bot) -> None:
    bot.send_text(CHAT, "\U0001f3b5" * TEXT)
    (sent,) = server.texts(CHAT)
    assert len(sent.encode("utf-16-le")) // 2 <= TEXT
    assert sent.endswith("…")
    bot.answer("q", "x" * 500)
    assert len(server.answers[0]["text"]) == ANSWER


def test_a_flood_says_how_long_to_wait(server: telegram.Server, bot: Bot) -> None:
    told(server, fault="flood", retry_after=17)
    with pytest.raises(FloodedError) as flooded:
        bot.send_text(CHAT, "hello")
    assert flooded.value.wait_s == 17
    assert not outcome_unknown(flooded.value)


@pytest.mark.parametrize(
    ("fault", "error", "unknown"),
    [
        ({"fault": "bad_gateway"}, Unavailable, True),
        ({"fault": "reset_after"}, Unavailable, True),
        ({"fault": "conflict"}, Conflict, False),
        ({"fault": "body", "text": "[]"}, Refused, False),
        ({"fault": "redirect", "to": "https://elsewhere.example"}, LabelError, False),
    ],
)
def test_an_answer_that_is_no_success_tells_whether_it_may_have_been_sent(
    server: telegram.Server, bot: Bot, fault: dict[str, object], error: type[LabelError], unknown: bool
) -> None:
    told(server, **fault)
    with pytest.raises(error) as failed:
        bot.send_text(CHAT, "hello")
    assert outcome_unknown(failed.value) is unknown


def test_what_is_so_already_and_what_comes_too_late_is_no_trouble(server: telegram.Server, bot: Bot) -> None:
    number = bot.send_text(CHAT, "one")
    bot.edit_text(CHAT, number, "two")
    bot.edit_text(CHAT, number, "two")
    told(server, fault="old_query")
    bot.answer("q1", "late")
    with pytest.raises(NotFound):
        bot.edit_text(CHAT, 999, "gone")


def test_a_wrong_token_and_an_open_line_are_refused(server: telegram.Server) -> None:
    with pytest.raises(Refused):
        Bot(SecretStr("1:no"), server.origin).me()
    with pytest.raises(NotAllowed) as open_line:
        Bot(SecretStr(telegram.TOKEN), "http://api.example").me()
    assert telegram.TOKEN not in repr(open_line.value)


def test_files_go_alone_or_as_an_album_with_their_words(
    server: telegram.Server, bot: Bot, tmp_path: Path
) -> None:
    file = tmp_path / "a.bin"
    file.write_bytes(b"\r\n--" * 50)
    cover = Enclosure("photo", file, "image/jpeg", 'co"ver\r\n.jpg', caption="Ünïcode\n日本語")
    teaser = Enclosure("video", file, "video/mp4", "teaser.mp4")
    assert len(bot.send_album(CHAT, [cover, teaser])) == 2
    sound = Enclosure("audio", file, "audio/mpeg", "s.mp3", title="T", performer="P", duration_s=61.4)
    bot.send_file(CHAT, sound, reply_to=1)
    shown = [one for _, one in sorted(server.messages.items())]
    assert [one["size"] for one in shown] == [200, 200, 200]
    assert shown[0]["caption"] == "Ünïcode\n日本語"
    assert (shown[2]["title"], shown[2]["duration"], shown[2]["reply_to"]) == ("T", "61", 1)


def test_too_large_a_file_is_refused_by_its_size(server: telegram.Server, bot: Bot, tmp_path: Path) -> None:
    told(server, fault="status", status=413, body={"ok": False, "description": "Request Entity Too Large"})
    file = tmp_path / "a.mp4"
    file.write_bytes(b"x")
    with pytest.raises(Refused) as refused:
        bot.send_file(CHAT, Enclosure("video", file, "video/mp4", "a.mp4"))
    assert refused.value.code == "telegram.too_large"


def test_updates_are_kept_until_the_next_offset(server: telegram.Server, bot: Bot) -> None:
    numbers = [server.says(1, CHAT, text) for text in "abc"]
    assert [one["update_id"] for one in bot.updates(0, timeout_s=0)] == numbers
    assert [one["update_id"] for one in bot.updates(0, timeout_s=0)] == numbers
    assert [one["update_id"] for one in bot.updates(numbers[1], timeout_s=0)] == numbers[1:]
    assert bot.updates(numbers[2] + 1, timeout_s=0) == []


def test_the_pace_keeps_each_chat_apart() -> None:
    now = [100.0]
    pace = Pace(lambda: now[0])
    pace.sent(CHAT)
    assert pace.wait_s(CHAT) == pytest.approx(PRIVATE_S)
    assert pace.wait_s(-5) < 0.1
    pace.sent(-5, messages=2)
    assert pace.wait_s(-5) == pytest.approx(2 * GROUP_S)
    pace.pause(CHAT, 60)
    now[0] += 30
    assert pace.wait_s(CHAT) == pytest.approx(30)
    assert pace.wait_s(-5) == 0


SAID = {"from": {"id": 1}, "chat": {"id": 1}, "message_id": 1, "date": 1, "text": "/stop"}


@pytest.mark.parametrize(
    "update",
    [
        {},
        {"update_id": "x"},
        {"update_id": 1, "message": None},
        {"update_id": 1, "message": {"from": {"id": 1}, "chat": {"id": 1}, "message_id": 1}},
        {"update_id": 1, "callback_query": {"id": "q", "from": {"id": 1}, "data": "d"}},
        {"update_id": 1, "edited_message": {"text": "x"}},
        {"update_id": 1, "message": "text"},
        {"update_id": 1, "message": {**SAID, "forward_origin": {"type": "user"}}},
        {"update_id": 1, "message": {**SAID, "via_bot": {"id": 5}}},
        {"update_id": 1, "message": {**SAID, "date": float("inf")}},
    ],
)
def test_what_is_not_of_the_shape_is_nothing(update: dict[str, object]) -> None:
    assert read(update) is None


def test_what_a_ledger_can_not_keep_is_left_out_of_what_was_said() -> None:
    got = read({"update_id": 1, "message": {**SAID, "text": "/stop \ud800 too\x00 loud"}})
    assert got is not None
    assert got.text == "/stop ? too loud"
    assert [number_of({"update_id": n}) for n in (7, 2**63, -1, True, "7")] == [7, None, None, None, None]


def test_a_name_can_not_pass_for_another_persons() -> None:
    person = {"id": 66, "first_name": "Ada (telegram:42)\n\u202e", "last_name": None}
    said = {"from": person, "chat": {"id": 1}, "message_id": 1, "date": 1, "text": "hi"}
    got = read({"update_id": 1, "message": said})
    assert got is not None
    assert got.person.actor == "person:Ada telegram 42 (telegram:66)"
