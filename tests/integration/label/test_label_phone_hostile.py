"""The phone against what comes in late, twice, handed on or broken."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.integration.label.label_samples import NOW, enter_artist
from tests.integration.label.phone_samples import ADA, BOB, GROUP, chatting, lay_with_media

from noktvrn.kernel.clock import FixedClock
from noktvrn.label.phone import commands, previews
from noktvrn.label.phone.parcels import Parcel
from noktvrn.model.run import Run, RunState, StageName
from noktvrn.providers.telegram.bot import Enclosure
from noktvrn.settings import Settings
from noktvrn.storage.tables import run_stages
from noktvrn.testing.fakes import telegram
from noktvrn.testing.fakes.script import Script

pytestmark = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)


def test_words_that_break_the_house_do_not_keep_the_next_ones_waiting(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> str:
        raise ZeroDivisionError

    with chatting(settings) as chats:
        monkeypatch.setitem(commands.VERBS, "budget", broken)
        chats.say("/budget")
        assert chats.texts[-1] == "That broke, which is our fault; nothing was decided."
        chats.say("/status")
        assert "The label works." in chats.texts[-1]
        assert [fault.kind for fault in chats.label.faults.every()] == ["ZeroDivisionError"]


def test_a_preview_that_can_not_be_read_keeps_no_other_from_being_shown(settings: Settings) -> None:
    with chatting(settings) as chats:
        artist = enter_artist(chats.label)
        bad, good = (lay_with_media(chats.label, artist, number) for number in (1, 2))
        its_cover = run_stages.c.run_id == bad.id, run_stages.c.stage == StageName.COVER.value
        with chats.label.office.studio.database.begin() as connection:
            connection.execute(run_stages.update().where(*its_cover).values(data={"of": "another age"}))
        chats.show()
        assert good.id in chats.texts[-1]
        assert [fault.run_id for fault in chats.label.faults.every()] == [bad.id]


def test_of_a_long_record_no_album_is_sent_again_because_of_the_next(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    song = tmp_path / "song.mp3"
    song.write_bytes(b"sound")
    sounds = [Enclosure("audio", song, "audio/mpeg", f"{number}.mp3") for number in range(12)]

    @contextmanager
    def packed(*_: Any) -> Iterator[Parcel]:
        yield Parcel(sounds=list(sounds))

    monkeypatch.setattr(previews, "packed", packed)
    albums = f"POST /bot{telegram.TOKEN}/sendMediaGroup"
    floods = Script([{"on": albums, "nth": 2, "fault": "flood", "retry_after": 30}])
    with chatting(settings, script=floods) as chats:
        run = lay_with_media(chats.label, enter_artist(chats.label))
        chats.show()
        assert [one.get("kind", "text") for _, one in sorted(chats.telegram.messages.items())] == [
            *["audio"] * 12,
            "text",
        ]
        assert run.id in chats.texts[-1] and "nobody knows" not in chats.texts[-1]
        assert max(chats.telegram.messages.items())[1]["reply_to"] == 12


def test_what_somebody_handed_on_is_neither_a_command_nor_a_reason(settings: Settings) -> None:
    with chatting(settings) as chats:
        run = lay_with_media(chats.label, enter_artist(chats.label))
        chats.show()
        chats.press("Reject with reason")
        for text in ("/stop", "what a stranger thinks"):
            chats.telegram.says(ADA, GROUP, text, forward_origin={"type": "hidden_user"})
            chats.listen()
        assert chats.label.switch.state() is None
        assert chats.label.desk.show(run.id)[1] is None
        chats.say("what I think")
        assert chats.label.desk.remarks(run.artist_id)[0].reason == "what I think"


def test_another_take_never_undoes_what_somebody_decides_at_the_same_moment(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with chatting(settings, undo_s=600) as chats:
        run = lay_with_media(chats.label, enter_artist(chats.label))
        chats.show()
        remake = chats.label.remakes.remake

        def slower(*what: Any, **how: Any) -> Run:
            chats.label.desk.approve(run.id, by="person:bob", door="cli")
            return remake(*what, **how)

        monkeypatch.setattr(chats.label.remakes, "remake", slower)
        chats.press("Another take")
        assert chats.label.runs.get(run.id).state is RunState.APPROVED
        assert chats.answers == [f"Run {run.id} was approved by person:bob."]


def test_a_question_does_not_outlive_the_undo_of_somebody_elses_verdict(settings: Settings) -> None:
    with chatting(settings, undo_s=600) as chats:
        run = lay_with_media(chats.label, enter_artist(chats.label))
        chats.show()
        chats.press("Reject with reason", by=ADA)
        chats.press("Approve", by=BOB)
        chats.show()
        chats.press("Undo", by=BOB)
        chats.say("good morning", by=ADA)
        assert chats.label.desk.show(run.id)[1] is None


def test_an_old_word_stops_the_label_and_starts_nothing(settings: Settings) -> None:
    clock = FixedClock(NOW)
    with chatting(settings, clock) as chats:
        chats.label.switch.stop(by="person:bob")
        chats.label.desk.switch_autopilot(False, by="person:bob")
        for text in ("/start", "/autopilot on"):
            chats.telegram.says(ADA, GROUP, text)
        clock.advance(timedelta(minutes=11))
        chats.listen()
        assert chats.label.switch.state() is not None
        assert not chats.label.desk.may_autopilot()
        assert chats.texts[-1].startswith("That was said 11 minutes ago.")
        chats.say("/start")
        assert chats.label.switch.state() is None
        chats.telegram.says(ADA, GROUP, "/stop")
        clock.advance(timedelta(hours=11))
        chats.listen()
        assert chats.label.switch.state() is not None


def test_a_start_that_comes_twice_does_not_lift_a_later_stop(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with chatting(settings) as chats:
        chats.label.switch.stop(by="person:bob")
        chats.telegram.says(ADA, GROUP, "/start")
        (update,) = chats.telegram.updates

        def dying(*_: Any) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(chats.label.phone, "_note", dying)
        with pytest.raises(KeyboardInterrupt):
            chats.label.phone.hear(update)
        monkeypatch.undo()
        chats.label.switch.stop(by="person:bob", reason="again")
        assert not chats.label.phone.hear(update)
        assert chats.label.switch.state() is not None
