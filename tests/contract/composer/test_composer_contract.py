"""What every player of the Composer role has to keep, against its service's fake through a real desk."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile
from tests import outside_kit
from tests.contract.composer.composers import COMPOSERS, SECRET, House, house_of

from noktvrn.kernel.errors import LabelError, NotReady, Outside
from noktvrn.music import producer
from noktvrn.providers.registry import health, manifest_of, open_service, rights_of
from noktvrn.roles.composer import CompositionRequest, Recording
from noktvrn.sound.theory import MODES
from noktvrn.testing.fakes.script import Script

RATE = 44_100
PROVIDERS = frozenset(row.provider for row in COMPOSERS.values())
OUTSIDE = [name for name, row in COMPOSERS.items() if row.fake is not None]


@pytest.fixture(params=list(COMPOSERS))
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    with house_of(request.param, tmp_path) as found:
        yield found


@pytest.fixture(params=OUTSIDE)
def outside(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    with house_of(request.param, tmp_path) as found:
        yield found


def wish(tmp_path: Path, name: str = "a", **more: object) -> CompositionRequest:
    folder = tmp_path / name
    folder.mkdir(exist_ok=True)
    return outside_kit.song(folder, **{"attempt": 1, **more})  # type: ignore[arg-type]


def digest(recording: Recording) -> str:
    whole = hashlib.sha256()
    for stem in recording.stems:
        whole.update(stem.path.read_bytes())
    return whole.hexdigest()


def taken(house: House) -> int:
    return len(house.fake.submissions) if house.fake is not None else 0


def test_a_recording_is_fit_to_be_mastered_tells_where_it_comes_from_and_is_ordered_once(
    house: House, tmp_path: Path
) -> None:
    request = wish(tmp_path, "a")
    first = house.composer.compose(request)
    assert_form(first, request.folder)
    take = producer.produce(first, profile_sound=request.identity, folder=tmp_path / "out")
    assert take.figures.integrated_lufs == pytest.approx(-14.0, abs=0.5)
    assert_origin(first, house)
    before = taken(house)
    again = house.composer.compose(wish(tmp_path, "b"))
    assert digest(first) == digest(again)
    assert first.timeline == again.timeline and first.provenance == again.provenance
    assert taken(house) == before
    plan = outside_kit.PLAN.model_copy(update={"seed": 2})
    other = house.composer.compose(wish(tmp_path, "c", attempt=2, seed=2, plan=plan))
    assert digest(other) != digest(first)


def assert_form(recording: Recording, folder: Path) -> None:
    """What the producer masters: stems of one length, and a time line of the same."""
    facts = [soundfile.info(stem.path) for stem in recording.stems]
    assert {(one.samplerate, one.channels, one.format, one.subtype) for one in facts} == {
        (RATE, 2, "WAV", "FLOAT")
    }
    assert len({one.frames for one in facts}) == 1
    assert {stem.path.parent for stem in recording.stems} == {folder}
    mix = sum(soundfile.read(stem.path)[0] for stem in recording.stems)
    assert np.isfinite(mix).all() and np.sqrt(np.mean(np.square(mix))) > 0.01
    line = recording.timeline
    assert line.duration_s == pytest.approx(facts[0].frames / RATE, abs=1e-3)
    assert 40 <= line.tempo_bpm <= 220 and line.key.split()[-1] in MODES
    assert all(one < other for one, other in pairwise(line.beats))
    assert all(one < other for one, other in pairwise(line.downbeats))
    assert line.sections and all(span.start_s < span.end_s for span in line.sections)
    assert line.sections[-1].end_s <= line.duration_s + 0.01


def assert_origin(recording: Recording, house: House) -> None:
    """Who made it, under which licence, rights and ticket."""
    told, manifest = recording.provenance, manifest_of(house.row.provider)
    assert told.made_by == house.composer.name == manifest.id
    assert told.licence_class == manifest.licence_class
    word = {name: getattr(told.rights, name) for name in house.row.word}
    assert told.rights == rights_of(house.composer.name).model_copy(update=word)
    if house.fake is not None:
        assert told.ticket.startswith("tkt_") and told.prompt and told.model
        assert told.rights.terms_on and told.rights.terms_url


def test_nobody_sings_where_nobody_is_to(house: House, tmp_path: Path) -> None:
    assert not house.composer.compose(wish(tmp_path, instrumental=True)).sung


def test_a_service_that_refuses_brings_no_song_and_an_error_with_a_next_step(
    outside: House, tmp_path: Path
) -> None:
    assert outside.fake is not None
    outside.fake.script = Script([{"fault": "status", "status": 403, "body": "no"}])
    request = wish(tmp_path)
    with pytest.raises((Outside, NotReady)) as refused:
        outside.composer.compose(request)
    assert refused.value.hint and refused.value.message
    assert not list(request.folder.iterdir()) and taken(outside) == 0


def test_what_is_no_song_is_refused_and_never_paid_for_again(outside: House, tmp_path: Path) -> None:
    assert outside.fake is not None
    files = [
        {"on": f"GET {path}", "fault": "html", "kind": "audio/mpeg"} for path in ("/files/", "/v1/audio")
    ]
    answers = [{"on": f"POST {path}", "fault": "html_as_audio"} for path in ("/v1/music", "/v1beta/")]
    outside.fake.script = Script([*files, *answers])
    for name in ("a", "b"):
        with pytest.raises(LabelError) as refused:
            outside.composer.compose(wish(tmp_path, name))
        assert refused.value.hint
    free = not manifest_of(outside.composer.name).paid
    assert taken(outside) == 1 or free


def test_no_name_of_an_act_leaves_the_house_and_no_secret_is_written_anywhere(
    outside: House, tmp_path: Path
) -> None:
    outside.composer.compose(wish(tmp_path, prompt="Dark pop in the style of Madonna, tape hiss."))
    assert outside.fake is not None
    sent = json.dumps(outside.fake.submissions).lower()
    assert "madonna" not in sent and "tape hiss" in sent
    outside.fake.script = Script([{"fault": "status", "status": 401, "body": SECRET}])
    with pytest.raises(LabelError) as refused:
        outside.composer.compose(wish(tmp_path, "b", attempt=7, seed=8, title="Another"))
    assert SECRET not in repr(refused.value) + refused.value.message + refused.value.hint
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files and not [path for path in files if SECRET.encode() in path.read_bytes()]


def test_its_service_can_be_opened_without_it_and_asked_how_it_is(outside: House) -> None:
    name = outside.composer.name
    service = open_service(name, "compose", outside.settings, outside.kit)
    assert service is not None and service.caps.deadline_s > 0
    found = health(name, outside.settings, outside.kit)
    assert found is not None and found.well and found.said
    assert taken(outside) == 0
