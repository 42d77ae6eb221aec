"""What every player of the Camera role has to keep, run against the service's fake through a real desk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests import outside_kit

from noktvrn.film.ffmpeg import find_ffmpeg
from noktvrn.film.probe import probe
from noktvrn.kernel.errors import LabelError
from noktvrn.model.provenance import SourceType
from noktvrn.outbound.jobs.service import Service
from noktvrn.picture.identity import make_look
from noktvrn.providers._kit import Kit
from noktvrn.providers.registry import health, open_player, open_service, rights_of
from noktvrn.roles.camera import Camera, ShotRequest
from noktvrn.roles.errand import Errand
from noktvrn.settings import Settings
from noktvrn.testing.fakes import luma
from noktvrn.testing.fakes.script import Script

PLAYERS = ["ray-3.2", "ray-2"]
PROVIDERS = frozenset({"luma"})
"""Its two dialects are two players."""


@dataclass
class House:
    """One player in a house of its own, and the server it asks."""

    camera: Camera
    fake: luma.Server
    kit: Kit
    settings: Settings


@pytest.fixture(params=PLAYERS)
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    with luma.Server() as fake:
        base = luma.AGENTS if request.param == "ray-3.2" else luma.LEGACY
        settings = Settings(
            home=outside_kit.home(tmp_path),
            luma_api_key=luma.KEY,
            luma_base_url=fake.origin + base,
            luma_model=request.param,
            _env_file=None,
        )
        with outside_kit.opened(settings) as (kit, _rows):
            yield House(open_player("camera", "luma", settings, kit), fake, kit, settings)


def _wanted(folder: Path, *, attempt: int = 1, width: int = 1920, height: int = 1080) -> ShotRequest:
    folder.mkdir(exist_ok=True)
    return ShotRequest(
        prompt="a slow river of light between dark hills",
        look=make_look(5, moods=["dark"], looks=["fog"], stage_name="Vesper Line"),
        duration_s=4.0,
        width=width,
        height=height,
        seed=3,
        errand=Errand(artist_id="art_1", run_id="run_1", stage="video", attempt=attempt),
        folder=folder,
    )


def test_a_shot_is_a_film_of_the_wanted_shape(house: House, tmp_path: Path) -> None:
    shot = house.camera.shoot(_wanted(tmp_path / "a", width=1080, height=1920))
    assert shot.path.parent == tmp_path / "a"
    facts = probe(find_ffmpeg(None), shot.path)
    assert (facts.width, facts.height) == (shot.width, shot.height)
    assert shot.width / shot.height == pytest.approx(9 / 16, rel=0.02)
    assert shot.duration_s == pytest.approx(5.0, abs=0.3) and shot.fps == pytest.approx(24.0)


def test_a_shot_tells_where_it_comes_from(house: House, tmp_path: Path) -> None:
    told = house.camera.shoot(_wanted(tmp_path / "a")).provenance
    assert told.source_type is SourceType.TRAINED and told.licence_class == "licensed"
    assert (told.provider, told.rights) == ("luma", rights_of("luma"))
    assert told.model == house.fake.submissions[0]["model"] and told.ticket.startswith("tkt_")
    assert told.prompt == house.fake.submissions[0]["prompt"]
    assert "no lettering" in told.prompt and "No faces of real people" in told.prompt


def test_the_same_wish_is_ordered_once_and_another_attempt_anew(house: House, tmp_path: Path) -> None:
    first, again, other = (
        house.camera.shoot(_wanted(tmp_path / name, attempt=attempt))
        for name, attempt in (("a", 1), ("b", 1), ("c", 2))
    )
    assert first.provenance.ticket == again.provenance.ticket != other.provenance.ticket
    assert first.path.read_bytes() == again.path.read_bytes()
    assert len(house.fake.submissions) == 2


def test_a_service_that_fails_brings_no_shot_and_an_error_with_a_hint(house: House, tmp_path: Path) -> None:
    house.fake.script = Script([{"on": "POST", "fault": "final", "code": "invalid_request"}])
    with pytest.raises(LabelError) as caught:
        house.camera.shoot(_wanted(tmp_path / "a"))
    assert caught.value.hint
    assert not list((tmp_path / "a").iterdir())


@pytest.mark.parametrize("fault", ["expired", "half", "not_film"])
def test_a_file_that_does_not_come_whole_is_fetched_again_not_ordered_again(
    house: House, tmp_path: Path, fault: str
) -> None:
    house.fake.script = Script([{"on": "GET /files", "fault": fault}])
    with pytest.raises(LabelError) as caught:
        house.camera.shoot(_wanted(tmp_path / "a"))
    assert caught.value.hint and not list((tmp_path / "a").iterdir())
    assert len(house.fake.submissions) == 1


@pytest.mark.parametrize("fault", ["expired", "half", "not_film"])
def test_a_file_that_failed_once_is_had_by_another_look(house: House, tmp_path: Path, fault: str) -> None:
    house.fake.script = Script([{"on": "GET /files", "nth": 1, "fault": fault}])
    assert house.camera.shoot(_wanted(tmp_path / "a")).path.exists()
    assert len(house.fake.submissions) == 1


def test_its_service_can_be_opened_without_it_and_asked_how_it_is(house: House) -> None:
    service: Service | None = open_service("luma", "shoot", house.settings, house.kit)
    assert service is not None and service.caps.deadline_s > 0
    found = health("luma", house.settings, house.kit)
    assert found is not None and found.well and found.said
    assert house.fake.submissions == []
