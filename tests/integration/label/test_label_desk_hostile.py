"""The desk against what people and machines do to it: odd reasons, many workers, messengers that are away."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from tests.integration.label.label_samples import (
    NOW,
    WEEK,
    draft,
    enter_artist,
    item_of,
    label_at,
    lay_on_desk,
    put_draft,
)
from tests.integration.label.phone_samples import chatting
from tests.integration.label.test_label_desk import attempt, settings_with

from noktvrn.kernel.clock import FixedClock
from noktvrn.kernel.errors import Invalid
from noktvrn.settings import Settings
from noktvrn.storage.ledger import reviews
from noktvrn.testing.fakes.script import Script

sqlite = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
REMINDED_AT = NOW + WEEK - timedelta(hours=23)


@pytest.mark.both
def test_a_reason_is_kept_whatever_characters_are_in_it(settings: Settings) -> None:
    with label_at(settings) as label:
        run = lay_on_desk(label, enter_artist(label))
        label.desk.reject(run.id, by="a", door="cli", reason="too\x00 loud \udcff")
        assert [one.reason for one in label.desk.remarks(run.artist_id)] == ["too loud ?"]
        assert label.switch.stop(by="a", reason="\x00\udcff").reason == "?"


@sqlite
def test_a_reason_has_the_same_limit_at_every_door(settings: Settings) -> None:
    with label_at(settings) as label:
        run = lay_on_desk(label, enter_artist(label))
        with pytest.raises(Invalid):
            label.desk.reject(run.id, by="a", door="cli", reason="x" * 2001)
        assert label.desk.show(run.id)[1] is None


@pytest.mark.both
def test_many_workers_remind_people_once(settings: Settings) -> None:
    clock = FixedClock(NOW)
    slow = Script([{"on": "POST /bot", "every": 1, "fault": "slow", "s": 0.2}])
    with chatting(settings, clock, script=slow) as chats:
        lay_on_desk(chats.label, enter_artist(chats.label))
        clock.advance(REMINDED_AT - NOW)
        with ThreadPoolExecutor(4) as pool:
            told = list(pool.map(lambda _: chats.label.desk.remind(), range(4)))
        assert sorted(told) == [0, 0, 0, 1]
        assert chats.telegram.calls["sendmessage"] == 1


@sqlite
def test_a_reminder_nobody_could_be_told_of_comes_later(settings: Settings) -> None:
    clock = FixedClock(NOW)
    away = Script([{"on": "POST /bot", "nth": 1, "fault": "bad_gateway"}])
    with chatting(settings, clock, script=away) as chats:
        lay_on_desk(chats.label, enter_artist(chats.label))
        clock.advance(REMINDED_AT - NOW)
        assert [chats.label.desk.remind() for _ in range(3)] == [0, 1, 0]
        assert len(chats.texts) == 1
        notices = (chats.label.settings.home / "notices.jsonl").read_text("utf-8").splitlines()
        assert len(notices) == 1


@sqlite
def test_autopilot_never_gets_back_what_a_person_took_over(settings: Settings) -> None:
    with label_at(settings_with(settings, undo_s=60)) as label:
        artist = enter_artist(label)
        run = lay_on_desk(label, artist, autopilot=True)
        label.desk.autopilot(run.id)
        label.desk.undo(run.id, by="person:Ada", door="cli")
        # Whoever had it on a list from before, or watches the run, finds it taken over.
        assert attempt(lambda: label.desk.autopilot(run.id)) == "autopilot.taken_over"
        changed = draft(artist, run.id, "Another Song")
        with label.office.studio.database.begin() as connection:
            put_draft(connection, run, changed, attempt=2)
            reviews.open_(connection, item_of(changed, NOW))
        assert label.desk.autopilots() == 0
        assert attempt(lambda: label.desk.autopilot(run.id)) == "autopilot.taken_over"
