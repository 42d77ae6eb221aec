"""The desk in a chat: previews with buttons, verdicts that count once, and what people can ask."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from tests.integration.label.label_samples import NOW, draft, enter_artist, item_of, put_draft
from tests.integration.label.phone_samples import (
    ADA,
    BOB,
    GROUP,
    MALLORY,
    chatting,
    lay_with_media,
)

from noktvrn.kernel.clock import FixedClock
from noktvrn.label.phone.pace import Pace
from noktvrn.label.phone.parcels import packed
from noktvrn.label.phone.previews import Previews
from noktvrn.model.run import RunState
from noktvrn.settings import Settings
from noktvrn.storage.ledger import phone, reviews
from noktvrn.testing.fakes.script import Script

sqlite = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)


@sqlite
def test_a_preview_is_cover_and_teaser_sound_and_a_keyboard_below(settings: Settings) -> None:
    with chatting(settings) as chats:
        run = lay_with_media(chats.label, enter_artist(chats.label))
        chats.show()
        chats.show()
        shown = [one for _, one in sorted(chats.telegram.messages.items())]
        assert [one.get("kind", "text") for one in shown] == ["photo", "video", "audio", "text"]
        assert shown[2]["performer"] == "Vesper Quill"
        assert shown[3]["reply_to"] == 3
        assert run.id in shown[3]["text"]
        assert list(chats.telegram.buttons(GROUP)) == [
            "Approve",
            "Reject",
            "Reject with reason",
            "Another take",
        ]


def test_an_approval_carries_the_persons_name_and_takes_the_keyboard_away(settings: Settings) -> None:
    with chatting(settings) as chats:
        run = lay_with_media(chats.label, enter_artist(chats.label))
        chats.show()
        chats.press("Approve", by=BOB)
        verdict = chats.label.desk.show(run.id)[1]
        assert verdict is not None
        assert (verdict.by, verdict.door) == ("person:P43 (telegram:43)", "telegram")
        assert chats.label.runs.get(run.id).state is RunState.APPROVED
        chats.show()
        assert chats.telegram.buttons(GROUP) == {}
        assert "Approved by P43 (telegram:43)" in chats.texts[-1]
        assert chats.answers == ["Approved."]


@sqlite
def test_a_verdict_at_another_door_is_told_in_the_chat(settings: Settings) -> None:
    with chatting(settings) as chats:
        run = lay_with_media(chats.label, enter_artist(chats.label))
        chats.show()
        chats.label.desk.reject(run.id, by="person:ada", door="cli", reason="too thin")
        chats.show()
        assert chats.telegram.buttons(GROUP) == {}
        assert chats.texts[-1].endswith("too thin")


def test_a_reason_is_the_next_thing_the_same_person_says(settings: Settings) -> None:
    with chatting(settings) as chats:
        run = lay_with_media(chats.label, enter_artist(chats.label))
        chats.show()
        chats.press("Reject with reason", by=ADA)
        chats.say("nice weather", by=BOB)
        assert chats.label.desk.show(run.id)[1] is None
        chats.say("the  voice\nis buried", by=ADA)
        verdict = chats.label.desk.show(run.id)[1]
        assert verdict is not None
        assert (verdict.decision, verdict.reason) == ("rejected", "the voice is buried")
        chats.say("and another thing", by=ADA)
        assert [one.reason for one in chats.label.desk.remarks(run.artist_id)] == ["the voice is buried"]


@sqlite
def test_a_verdict_is_taken_back_in_the_chat_and_the_buttons_return(settings: Settings) -> None:
    clock = FixedClock(NOW)
    with chatting(settings, clock, undo_s=60) as chats:
        run = lay_with_media(chats.label, enter_artist(chats.label))
        chats.show()
        chats.press("Reject")
        chats.show()
        assert list(chats.telegram.buttons(GROUP)) == ["Undo"]
        chats.press("Undo")
        chats.show()
        assert "Approve" in chats.telegram.buttons(GROUP)
        assert chats.label.runs.get(run.id).state is RunState.AWAITING_REVIEW
        chats.press("Approve")
        chats.show()
        clock.advance(timedelta(seconds=61))
        chats.show()
        assert chats.telegram.buttons(GROUP) == {}
        assert chats.telegram.calls["sendmediagroup"] == 1


def test_buttons_of_changed_content_decide_nothing_and_a_new_preview_comes(settings: Settings) -> None:
    with chatting(settings) as chats:
        artist = enter_artist(chats.label)
        run = lay_with_media(chats.label, artist)
        chats.show()
        number, data = chats.telegram.buttons(GROUP)["Approve"]
        changed = draft(artist, run.id, "Another Song")
        with chats.label.office.studio.database.begin() as connection:
            put_draft(connection, run, changed, attempt=2)
            reviews.open_(connection, item_of(changed, NOW + timedelta(seconds=1)))
        chats.press("Approve")
        assert chats.label.desk.show(run.id)[1] is None
        assert "changed" in chats.answers[-1]
        chats.show()
        chats.telegram.presses(ADA, GROUP, number, data)
        chats.listen()
        assert chats.answers[-1] == "This button does not count any more."
        assert chats.label.desk.show(run.id)[1] is None
        chats.press("Approve")
        verdict = chats.label.desk.show(run.id)[1]
        assert verdict is not None
        assert verdict.approval_hash == changed.approval_hash()


def test_strangers_and_foreign_chats_decide_nothing_and_hear_nothing(settings: Settings) -> None:
    with chatting(settings) as chats:
        run = lay_with_media(chats.label, enter_artist(chats.label))
        chats.show()
        before = len(chats.telegram.messages)
        chats.press("Approve", by=MALLORY)
        chats.say("/stop", by=MALLORY)
        number, data = chats.telegram.buttons(GROUP)["Approve"]
        chats.telegram.presses(ADA, ADA, number, data)
        chats.listen()
        assert chats.label.desk.show(run.id)[1] is None
        assert chats.label.switch.state() is None
        assert chats.telegram.answers == []
        assert len(chats.telegram.messages) == before
        assert chats.label.phone.state().heard == {"stranger": 3}


@pytest.mark.both
def test_an_update_that_comes_twice_counts_once(settings: Settings) -> None:
    with chatting(settings) as chats:
        run = lay_with_media(chats.label, enter_artist(chats.label))
        chats.show()
        number, data = chats.telegram.buttons(GROUP)["Reject"]
        chats.telegram.presses(ADA, GROUP, number, data)
        (update,) = chats.label.phone._bot.updates(0, timeout_s=0)
        assert [chats.label.phone.hear(update) for _ in range(3)] == [True, False, False]
        assert chats.label.artists.get(run.artist_id).consecutive_rejections == 1


@sqlite
def test_what_broke_off_in_the_middle_is_sent_again_with_a_note(settings: Settings) -> None:
    rules = [{"on": "POST /bot", "nth": 2, "fault": "reset_after"}]
    with chatting(settings, script=Script(rules)) as chats:
        lay_with_media(chats.label, enter_artist(chats.label))
        chats.show()
        kinds = [one.get("kind", "text") for _, one in sorted(chats.telegram.messages.items())]
        assert kinds == ["photo", "video", "audio", "audio", "text"]
        assert "nobody knows" in chats.texts[-1]


@sqlite
def test_a_worker_that_dies_in_the_middle_leaves_no_preview_unsent(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with chatting(settings) as chats:
        lay_with_media(chats.label, enter_artist(chats.label))
        written = phone.put
        times = iter(range(100))

        def dying(connection: sa.Connection, row: phone.Shown) -> None:
            if next(times) == 2:  # what was sent is not written down any more
                raise KeyboardInterrupt
            written(connection, row)

        monkeypatch.setattr(phone, "put", dying)
        with pytest.raises(KeyboardInterrupt):
            chats.show()
        monkeypatch.undo()
        successor = Previews(chats.label, chats.label.phone._bot, Pace(lambda: chats.now_s), chats.wait)
        chats.label.phone._previews = successor
        chats.show()
        kinds = [one.get("kind", "text") for _, one in sorted(chats.telegram.messages.items())]
        assert kinds == ["photo", "video", "photo", "video", "audio", "text"]
        assert chats.texts[-1].count("nobody knows") == 1


@sqlite
def test_what_is_too_large_is_told_with_its_place(settings: Settings) -> None:
    with chatting(settings, public_base_url="https://label.example") as chats:
        run = lay_with_media(chats.label, enter_artist(chats.label))
        with packed(chats.label.office.studio, run, most=950) as parcel:
            assert [one.kind for one in parcel.pictures] == ["photo"]
            assert parcel.sounds == []
        page = f"https://label.example/api/reviews/{run.id}/preview/index.html"
        assert [note.endswith(page) for note in parcel.notes] == [True, True]


@sqlite
def test_a_flood_holds_up_its_own_chat_only(settings: Settings) -> None:
    rules = [{"on": "POST /bot", "nth": 1, "fault": "flood", "retry_after": 500}]
    with chatting(settings, script=Script(rules), telegram_chats=(GROUP, ADA)) as chats:
        lay_with_media(chats.label, enter_artist(chats.label))
        chats.show(rounds=4)
        assert chats.telegram.texts(GROUP) == []
        assert len(chats.telegram.texts(ADA)) == 4
        chats.show(rounds=12)
        assert len(chats.telegram.texts(GROUP)) == 4


@sqlite
def test_what_telegram_refuses_is_left_out_and_told(settings: Settings) -> None:
    refused = {"status": 413, "body": {"ok": False, "error_code": 413, "description": "Too Large"}}
    rules = [{"on": "POST /bot", "nth": 1, "fault": "status", **refused}]
    with chatting(settings, script=Script(rules)) as chats:
        lay_with_media(chats.label, enter_artist(chats.label))
        chats.show()
        assert [one.get("kind") for _, one in sorted(chats.telegram.messages.items())] == ["audio", None]
        assert "pictures could not be sent" in chats.texts[-1]


@sqlite
def test_words_that_begin_with_a_slash_are_obeyed(settings: Settings) -> None:
    with chatting(settings) as chats:
        run = lay_with_media(chats.label, enter_artist(chats.label))
        for text, answer in (
            ("/status", "1 awaiting review"),
            ("/queue", "Glass Hours"),
            (f"/run {run.id}", "validate: done"),
            ("/run run_0000000000000", "run"),
            ("/budget", "Nothing was spent."),
            ("/autopilot off", "Autopilot is off."),
            ("/stop@noktvrn_fake_bot too loud", "Stopped by person:P42 (telegram:42)"),
            ("/status", "too loud"),
            ("/start", "The label goes on."),
            ("/dance", "There is no /dance."),
        ):
            chats.say(text)
            assert answer in chats.texts[-1]
        said = len(chats.telegram.messages)
        chats.say("/stop@another_bot")
        assert len(chats.telegram.messages) == said
        assert chats.label.switch.state() is None
        assert not chats.label.desk.may_autopilot()


@sqlite
def test_no_preview_leaves_a_stopped_label_and_all_come_afterwards(settings: Settings) -> None:
    with chatting(settings) as chats:
        chats.label.switch.stop(by="person:ada")
        lay_with_media(chats.label, enter_artist(chats.label))
        chats.show()
        assert chats.telegram.buttons(GROUP) == {}
        chats.label.switch.start(by="person:ada")
        chats.show()
        assert "Approve" in chats.telegram.buttons(GROUP)


@sqlite
def test_old_updates_and_buttons_are_forgotten(settings: Settings) -> None:
    clock = FixedClock(NOW)
    with chatting(settings, clock) as chats:
        lay_with_media(chats.label, enter_artist(chats.label))
        chats.show()
        chats.say("/help")
        data = chats.telegram.buttons(GROUP)["Approve"][1]
        clock.advance(timedelta(days=10))
        assert chats.label.phone.tidy() == 1
        with chats.label.office.studio.database.read() as connection:
            assert phone.button_of(connection, data, NOW) is None
