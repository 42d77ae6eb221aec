"""Outside illustrators through a real desk: lettered pictures, lost answers, what is told and kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests import outside_kit

from noktvrn.kernel.errors import LabelError
from noktvrn.model.provenance import SourceType
from noktvrn.outbound.failures import outcome_unknown
from noktvrn.outbound.troubles import Trouble, trouble_of
from noktvrn.picture.identity import make_look
from noktvrn.providers._kit import Kit
from noktvrn.providers.registry import health, open_player, open_service, rights_of
from noktvrn.roles.errand import Errand
from noktvrn.roles.illustrator import Illustrator, PictureRequest
from noktvrn.settings import Settings
from noktvrn.testing.fakes import leonardo, openai_images
from noktvrn.testing.fakes.fake import Fake
from noktvrn.testing.fakes.script import Script
from noktvrn.visuals.cover import lettered

PLAYERS = ["leonardo", "openai_images"]
PAINT = {"leonardo": "POST /v1/generations", "openai_images": "POST /v1/images"}
KEYS = {"leonardo": leonardo.KEY, "openai_images": openai_images.KEY}


@dataclass
class House:
    """One player in a house of its own, and the server it asks."""

    name: str
    player: Illustrator
    fake: Fake
    kit: Kit
    settings: Settings


@pytest.fixture(params=PLAYERS)
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    with ExitStack() as stack:
        yield _house(request.param, tmp_path, stack)


def _house(name: str, tmp_path: Path, stack: ExitStack, **more: Any) -> House:
    fake: Fake = stack.enter_context(leonardo.Server() if name == "leonardo" else openai_images.Server())
    told: dict[str, Any] = {"leonardo_api_key": KEYS[name], "leonardo_base_url": fake.origin}
    if name == "openai_images":
        told = {"openai_api_key": KEYS[name], "openai_base_url": fake.origin + "/v1"}
    settings = Settings(home=outside_kit.home(tmp_path), _env_file=None, **told, **more)
    kit, _rows = stack.enter_context(outside_kit.opened(settings))
    return House(name, open_player("illustrator", name, settings, kit), fake, kit, settings)


def _wanted(tmp_path: Path, attempt: int = 1) -> PictureRequest:
    folder = tmp_path / f"folder{attempt}"
    folder.mkdir(exist_ok=True)
    return PictureRequest(
        kind="cover",
        look=make_look(5, moods=["dark"], looks=["fog"], stage_name="Vesper Line"),
        artist_name="Vesper Line",
        title="Salt Cathedral",
        mood="dark",
        prompt="a lighthouse without light",
        width=600,
        height=600,
        seed=3,
        errand=Errand(artist_id="art_1", run_id="run_1", stage="cover", attempt=attempt),
        folder=folder,
    )


def _faults(house: House, *rules: dict[str, Any]) -> None:
    house.fake.script = Script([{"on": PAINT[house.name], **rule} for rule in rules])


def test_a_painting_is_bare_told_of_and_lettered_by_the_house(house: House, tmp_path: Path) -> None:
    wanted = _wanted(tmp_path)
    painting = house.player.paint(wanted)
    told = painting.provenance
    assert painting.shown_text == () and told.source_type is SourceType.TRAINED
    assert (told.provider, told.rights) == (house.name, rights_of(house.name))
    assert told.ticket.startswith("tkt_") and "a lighthouse without light" in told.prompt.lower()
    assert "Vesper" not in told.prompt and "Salt" not in told.prompt
    sleeve = lettered(painting, wanted)
    assert {text.casefold() for text in sleeve.shown_text} == {"salt cathedral", "vesper line"}
    assert sleeve.title_box is not None and (sleeve.title_contrast or 0) >= 4.5
    assert painting.path.exists() and painting.path != sleeve.path


def test_lettering_is_a_refusal_that_lets_the_next_one_be_asked(house: House, tmp_path: Path) -> None:
    _faults(house, {"fault": "lettered", "words": "DREAMSCAPE"})
    with pytest.raises(LabelError) as caught:
        house.player.paint(_wanted(tmp_path))
    assert trouble_of(caught.value) is Trouble.FAILED and "lettering" in caught.value.message
    assert len(house.fake.submissions) == 1


def test_where_it_is_set_a_lettered_picture_is_ordered_once_more(tmp_path: Path) -> None:
    with ExitStack() as stack:
        house = _house("leonardo", tmp_path, stack, picture_again=True)
        _faults(house, {"fault": "lettered", "nth": 1})
        painting = house.player.paint(_wanted(tmp_path))
        first, second = house.fake.submissions
        assert first["seed"] != second["seed"] and "nothing is written" in second["prompt"]
        assert painting.provenance.prompt == second["prompt"]
        house.player.paint(_wanted(tmp_path))
        assert len(house.fake.submissions) == 2


def test_an_order_whose_answer_was_lost_is_never_sent_again(house: House, tmp_path: Path) -> None:
    _faults(house, {"fault": "reset_after", "nth": 1})
    if house.name == "leonardo":  # it can tell which job the order became
        assert house.player.paint(_wanted(tmp_path)).provenance.ticket
    else:
        for _ in range(2):
            with pytest.raises(LabelError) as caught:
                house.player.paint(_wanted(tmp_path))
            assert outcome_unknown(caught.value)
    assert len(house.fake.submissions) == 1


@pytest.mark.parametrize("fault", ["moderated", "reset"])
def test_no_secret_is_kept_anywhere(house: House, tmp_path: Path, fault: str) -> None:
    _faults(house, {"fault": fault})
    with pytest.raises(LabelError) as caught:
        house.player.paint(_wanted(tmp_path))
    assert KEYS[house.name] not in str(caught.value)
    for path in house.settings.home.rglob("*"):
        assert not path.is_file() or KEYS[house.name].encode() not in path.read_bytes(), path.name


def test_its_service_can_be_opened_and_asked_how_it_is(house: House) -> None:
    assert open_service(house.name, "paint", house.settings, house.kit) is not None
    found = health(house.name, house.settings, house.kit)
    assert found is not None and found.well
    assert house.fake.submissions == []
