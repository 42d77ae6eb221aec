"""Suno's player through a real desk: two takes of one order, the lossless file, and how it goes wrong."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests import outside_kit
from tests.outside_kit import Rows

from noktvrn.kernel.errors import BudgetSpent, LabelError
from noktvrn.outbound.failures import outcome_unknown
from noktvrn.outbound.jobs.desk import JobDesk
from noktvrn.outbound.troubles import Trouble, trouble_of
from noktvrn.providers._kit import Kit
from noktvrn.providers.suno_gateway.composer import SunoComposer
from noktvrn.roles.composer import Recording
from noktvrn.settings import Settings
from noktvrn.testing.fakes import media
from noktvrn.testing.fakes.script import Script
from noktvrn.testing.fakes.suno import SONG_COST, WAV_COST, Server

GENERATE, RECORD = "POST /api/v1/generate", "GET /api/v1/generate/record-info"


class Studio:
    """A composer, and the reseller it asks."""

    def __init__(self, fake: Server, kit: Kit, rows: Rows, settings: Settings, folder: Path) -> None:
        self.fake = fake
        self.composer = SunoComposer(settings, kit)
        assert isinstance(kit.desk, JobDesk)
        self.desk, self.rows = kit.desk, rows
        self._folder = folder

    def scripted(self, *rules: dict[str, Any]) -> None:
        self.fake.script = Script(list(rules))

    def take(self, number: int = 1, **more: Any) -> Recording:
        folder = self._folder / f"take{number}"
        folder.mkdir(exist_ok=True)
        return self.composer.compose(outside_kit.song(folder, attempt=number, **more))

    @property
    def songs(self) -> int:
        """Orders of songs that were taken."""
        return sum(job["path"] != "/wav/generate" for job in self.fake.submissions)


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    with Server() as fake:
        fake.seconds = 6.0
        settings = Settings(
            home=outside_kit.home(tmp_path), suno_api_key="k", suno_base_url=fake.origin, _env_file=None
        )
        with outside_kit.opened(settings) as (kit, rows):
            yield Studio(fake, kit, rows, settings, tmp_path)


def test_two_takes_are_one_order_and_each_is_lossless(studio: Studio) -> None:
    first, second, third = (studio.take(number) for number in (1, 2, 3))
    assert studio.songs == 2 and studio.fake.bill["credits"] == 2 * SONG_COST + 3 * WAV_COST
    assert first.provenance.ticket == second.provenance.ticket != third.provenance.ticket
    assert first.stems[0].path.read_bytes() != second.stems[0].path.read_bytes()
    assert first.sung and not first.provenance.lossy_source
    told = first.provenance
    assert "[Verse]\nHold me under silver rain" in told.prompt and told.model == "V5_5"
    assert told.rights.dsp_release == "unknown" and told.licence_class == "disputed"


@pytest.mark.parametrize(
    "refusal",
    [
        {"on": "POST /api/v1/wav", "fault": "code", "code": 400},
        {"on": "POST /api/v1/wav", "fault": "code", "code": 429},
        {"on": "POST /api/v1/wav", "fault": "code_after", "code": 500},
        {"on": "POST /api/v1/wav", "fault": "fails"},
        {"on": "GET /api/v1/wav", "fault": "forgets"},
    ],
)
def test_where_no_lossless_file_is_to_be_had_the_mp3_does(studio: Studio, refusal: dict[str, Any]) -> None:
    studio.scripted(refusal)
    told = studio.take().provenance
    assert told.lossy_source and studio.songs == 1


def test_a_refused_lossless_file_is_asked_for_again_with_the_next_wish(studio: Studio) -> None:
    studio.scripted({"on": "POST /api/v1/wav", "nth": 1, "fault": "code", "code": 400})
    assert studio.take().provenance.lossy_source
    assert not studio.take().provenance.lossy_source
    assert studio.fake.bill["credits"] == SONG_COST + WAV_COST


def test_no_lossless_file_is_ordered_of_a_song_a_person_found(studio: Studio, tmp_path: Path) -> None:
    studio.scripted({"on": GENERATE, "fault": "reset_after"})
    with pytest.raises(LabelError) as lost:
        studio.take()
    assert outcome_unknown(lost.value)
    found = tmp_path / "mine.wav"
    found.write_bytes(media.song(6.0, "WAV", 1))
    ticket = studio.rows.one(studio.composer.order(outside_kit.song(tmp_path, attempt=1)).key).id
    studio.desk.settle(ticket, found=[found])
    assert studio.take().timeline.duration_s == pytest.approx(6.0, abs=0.5)
    assert not [asked for asked in studio.fake.asked if "/wav/" in asked]


@pytest.mark.parametrize("fate", ["one_song", "first_then_fail"])
def test_of_an_order_with_one_song_the_other_take_has_none(studio: Studio, fate: str) -> None:
    studio.scripted({"on": GENERATE, "fault": fate})
    assert studio.take(1).timeline.duration_s == pytest.approx(6.0, abs=0.5)
    with pytest.raises(LabelError) as refused:
        studio.take(2)
    assert trouble_of(refused.value) is Trouble.FAILED and studio.songs == 1


@pytest.mark.parametrize(
    ("fate", "meant"),
    [
        ({"fault": "fails"}, Trouble.FAILED),
        ({"fault": "moderated"}, Trouble.MODERATION),
        ({"fault": "code", "code": 400, "msg": "sensitive words"}, Trouble.MODERATION),
        ({"fault": "code", "code": 401}, Trouble.AUTH),
    ],
)
def test_what_is_not_made_is_told_and_asked_for_once(
    studio: Studio, fate: dict[str, Any], meant: Trouble
) -> None:
    studio.scripted({"on": GENERATE, **fate})
    with pytest.raises(LabelError) as refused:
        studio.take()
    assert trouble_of(refused.value) is meant and refused.value.hint
    assert studio.songs <= 1


def test_spent_credits_are_no_reason_to_ask_again(studio: Studio) -> None:
    studio.fake.credits = SONG_COST - 1
    with pytest.raises(BudgetSpent):
        studio.take()
    assert studio.songs == 0


@pytest.mark.parametrize(
    "fault",
    [{"fault": "reset_after"}, {"fault": "no_task_id"}, {"fault": "status_after", "status": 504, "body": ""}],
)
def test_an_order_whose_answer_was_lost_is_never_sent_again(studio: Studio, fault: dict[str, Any]) -> None:
    studio.scripted({"on": GENERATE, "nth": 1, **fault})
    for _ in range(3):
        with pytest.raises(LabelError) as refused:
            studio.take()
        assert outcome_unknown(refused.value)
    assert studio.songs == 1


def test_looks_that_fail_cost_nothing_but_time(studio: Studio) -> None:
    studio.scripted(
        {"on": RECORD, "nth": 1, "fault": "reset"},
        {"on": RECORD, "nth": 2, "fault": "html"},
        {"on": RECORD, "nth": 3, "fault": "code", "code": 430},
        {"on": RECORD, "nth": 4, "fault": "says", "status": "NEW_WORD"},
        {"on": RECORD, "nth": 5, "fault": "says", "status": "FIRST_SUCCESS"},
        {"on": "GET /files/", "nth": 1, "fault": "truncated"},
    )
    assert studio.take().sung and studio.songs == 1


def test_files_that_are_gone_are_told_and_not_paid_for_again(studio: Studio) -> None:
    studio.scripted({"on": GENERATE, "fault": "expires"})
    for _ in range(2):
        with pytest.raises(LabelError) as refused:
            studio.take()
        assert refused.value.hint
    assert studio.songs == 1
