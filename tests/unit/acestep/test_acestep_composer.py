"""ACE-Step through a real desk: what is lost on a free server is ordered again, on a rented one never."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests import outside_kit

from noktvrn.kernel.errors import LabelError
from noktvrn.outbound.failures import outcome_unknown
from noktvrn.outbound.troubles import Trouble, trouble_of
from noktvrn.providers.acestep.composer import AceStepComposer
from noktvrn.roles.composer import Recording
from noktvrn.settings import Settings
from noktvrn.testing.fakes.acestep import Server
from noktvrn.testing.fakes.script import Script

RELEASE, QUERY, AUDIO = "POST /release_task", "POST /query_result", "GET /v1/audio"


class Studio:
    """A composer, and the server it asks."""

    def __init__(self, fake: Server, composer: AceStepComposer, folder: Path) -> None:
        self.fake, self.composer, self._folder = fake, composer, folder

    def scripted(self, *rules: dict[str, Any]) -> None:
        self.fake.script = Script(list(rules))

    def take(self, number: int = 1, **more: Any) -> Recording:
        folder = self._folder / f"take{number}"
        folder.mkdir(exist_ok=True)
        return self.composer.compose(outside_kit.song(folder, attempt=number, seed=number, **more))


@contextmanager
def opened(tmp_path: Path, **more: Any) -> Iterator[Studio]:
    with Server() as fake:
        settings = Settings(home=outside_kit.home(tmp_path), acestep_url=fake.origin, _env_file=None, **more)
        with outside_kit.opened(settings) as (kit, _):
            yield Studio(fake, AceStepComposer(settings, kit), tmp_path)


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    with opened(tmp_path) as found:
        yield found


def test_a_song_comes_in_the_plans_figures(studio: Studio) -> None:
    made = studio.take()
    assert made.sung and not made.provenance.lossy_source
    assert made.timeline.duration_s == pytest.approx(21.0, abs=0.5)
    assert made.timeline.tempo_bpm == pytest.approx(96, rel=0.01)
    assert made.provenance.licence_class == "open_weights" and made.provenance.rights.dsp_release == "yes"
    assert made.provenance.seed == studio.fake.submissions[0]["seed"]
    assert "Hold me under silver rain" in made.provenance.prompt


def test_each_take_is_a_song_of_its_own(studio: Studio) -> None:
    first, second = studio.take(1), studio.take(2)
    assert first.provenance.ticket != second.provenance.ticket and len(studio.fake.submissions) == 2


def test_a_restart_that_forgot_the_job_is_ordered_again(studio: Studio) -> None:
    studio.scripted({"on": QUERY, "nth": 1, "fault": "forgets"})
    with pytest.raises(LabelError) as refused:
        studio.take()
    assert trouble_of(refused.value) is Trouble.LOST
    assert studio.take().sung and len(studio.fake.submissions) == 2


@pytest.mark.parametrize(
    "fault",
    [
        {"on": RELEASE, "nth": 1, "fault": "reset"},
        {"on": RELEASE, "nth": 1, "fault": "reset_after"},
        {"on": RELEASE, "nth": 1, "fault": "no_task_id"},
        {"on": RELEASE, "nth": 1, "fault": "status_after", "status": 502},
    ],
)
def test_on_a_server_of_ones_own_a_broken_order_is_sent_again(studio: Studio, fault: dict[str, Any]) -> None:
    studio.scripted(fault)
    with pytest.raises(LabelError) as refused:
        studio.take()
    assert refused.value.hint and not outcome_unknown(refused.value)
    assert studio.take().sung and len(studio.fake.submissions) <= 2


@pytest.mark.parametrize("fault", [{"fault": "reset_after"}, {"fault": "no_task_id"}])
def test_on_a_rented_one_it_is_not(tmp_path: Path, fault: dict[str, Any]) -> None:
    with opened(tmp_path, acestep_song="0.02") as studio:
        studio.scripted({"on": RELEASE, "nth": 1, **fault})
        for _ in range(3):
            with pytest.raises(LabelError) as refused:
                studio.take()
            assert outcome_unknown(refused.value)
        assert len(studio.fake.submissions) == 1


@pytest.mark.parametrize(
    ("rules", "meant"),
    [
        ([{"on": RELEASE, "fault": "fails"}], Trouble.FAILED),
        ([{"on": RELEASE, "fault": "detail", "status": 400, "detail": "bad"}], Trouble.INVALID),
        ([{"on": AUDIO, "fault": "html", "kind": "audio/flac"}], None),
        ([{"on": AUDIO, "fault": "status", "status": 404}], None),
    ],
)
def test_what_is_not_made_is_told(studio: Studio, rules: list[dict[str, Any]], meant: Trouble | None) -> None:
    studio.scripted(*rules)
    with pytest.raises(LabelError) as refused:
        studio.take()
    assert refused.value.hint and not outcome_unknown(refused.value)
    assert trouble_of(refused.value) is meant  # None: it is made, and its file may still come
    assert (refused.value.code == "outside.stale") == (meant is None)


def test_looks_and_downloads_that_fail_cost_nothing_but_time(studio: Studio) -> None:
    studio.scripted(
        {"on": QUERY, "nth": 1, "fault": "reset"},
        {"on": QUERY, "nth": 2, "fault": "html"},
        {"on": QUERY, "nth": 3, "fault": "code"},
        {"on": AUDIO, "nth": 1, "fault": "truncated"},
    )
    assert studio.take().sung and len(studio.fake.submissions) == 1
