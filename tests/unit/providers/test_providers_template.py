"""The template that new providers begin from is whole: it orders, looks, reads troubles, tells its health."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pydantic import SecretStr
from tests.unit.release import release_samples as samples

from noktvrn import providers
from noktvrn.kernel.clock import SystemClock
from noktvrn.kernel.errors import LabelError
from noktvrn.label.new_provider import begin
from noktvrn.outbound.failures import OUTCOME_UNKNOWN
from noktvrn.outbound.jobs.nouns import Arrived, Delivery, JobOrder
from noktvrn.outbound.jobs.service import Service, Slip
from noktvrn.providers import registry
from noktvrn.providers._kit import Kit
from noktvrn.roles.errand import Errand
from noktvrn.roles.illustrator import Painting, PictureRequest
from noktvrn.settings import Settings
from noktvrn.testing.fakes import media
from noktvrn.testing.fakes.fake import Fake, as_json, body_of
from noktvrn.testing.fakes.script import Fault, Script
from noktvrn.testing.loopback import Exchange

NAME = "north_light"
KEY = "north-light-key"


class North(Fake):
    """The service the template is written for."""

    state = "done"

    def serve(self, exchange: Exchange, path: str, query: dict[str, str], fault: Fault | None) -> None:
        if exchange.headers.get("authorization") != f"Bearer {KEY}":
            as_json(exchange, {"error": "no"}, 401)
        elif path == "/v1/account":
            as_json(exchange, {"credits": 7})
        elif exchange.method == "POST":
            self.taken(body_of(exchange))
            as_json(exchange, {"id": "p1"} if fault is None else {}, 202)
        else:
            url = f"{self.origin}/files/p1.png"
            as_json(exchange, {"state": self.state, "url": url, "why": "because", "cost_micros": 30_000})


class Mine(Settings):
    """Settings as its author would extend them."""

    north_light_api_key: SecretStr | None = SecretStr(KEY)
    north_light_base_url: str | None = None


class Desk:
    """A desk that brings one picture for any order."""

    def __init__(self, picture: Path) -> None:
        self.picture = picture
        self.orders: list[JobOrder] = []

    def done(
        self, order: JobOrder, service: Service, told: Callable[[float], None] | None = None
    ) -> Delivery:
        self.orders.append(order)
        file = Arrived(clip="p1", sha256="0" * 64, media_type="image/png", size=1, path=self.picture)
        return Delivery(ticket_id="tkt_0000000000000", files=(file,))


@pytest.fixture(scope="module")
def mine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A provider begun from the template, imported."""
    shelf = tmp_path_factory.mktemp("shelf")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(providers, "__path__", [*providers.__path__, str(shelf)])
        registry.manifests.cache_clear()
        begin(NAME, shelf)
        yield importlib.import_module(f"noktvrn.providers.{NAME}")
        for name in [name for name in sys.modules if name.startswith(f"noktvrn.providers.{NAME}")]:
            del sys.modules[name]
    registry.manifests.cache_clear()


def settings(origin: str = "http://127.0.0.1:9") -> Mine:
    return Mine(_env_file=None, north_light_base_url=origin)


def request(folder: Path) -> PictureRequest:
    return PictureRequest(
        kind="cover",
        look=samples.profile().look,
        artist_name="Vesper Quill",
        title="Glass Hours",
        width=1000,
        height=1000,
        seed=3,
        folder=folder,
        errand=Errand(artist_id="art_0000000000000", stage="cover", attempt=1),
    )


def order(mine: Any, tmp_path: Path) -> JobOrder:
    return ordered(mine, tmp_path)[1]


def ordered(mine: Any, tmp_path: Path) -> tuple[Painting, JobOrder]:
    picture = tmp_path / "came.png"
    picture.write_bytes(media.picture(1024, 1024))
    desk = Desk(picture)
    player = mine.open(settings(), Kit(SystemClock(), tmp_path, jobs=desk))
    painting: Painting = player.paint(request(tmp_path))
    return painting, desk.orders[0]


def test_it_orders_without_names_and_paints_with_provenance(mine: Any, tmp_path: Path) -> None:
    painting, wanted = ordered(mine, tmp_path)
    assert "Vesper" not in wanted.request["prompt"] and KEY not in wanted.model_dump_json()
    assert (wanted.provider, wanted.quote.micros) == (NAME, 40_000)
    with Image.open(painting.path) as picture:
        assert picture.size == (1000, 1000)
    made = painting.provenance
    assert (made.made_by, made.ticket, made.seed) == (NAME, "tkt_0000000000000", 3)
    assert made.rights.dsp_release == "unknown"


def test_its_service_orders_once_looks_and_tells_its_health(mine: Any, tmp_path: Path) -> None:
    with North() as north:
        service = mine.service(settings(north.origin), Kit(SystemClock(), tmp_path), "paint")
        said = service.submit(order(mine, tmp_path), Slip("tkt_0000000000000", tmp_path))
        found = service.look(said.ref)
        assert (said.ref, found.state, found.files[0].kind) == ("p1", "ready", "picture")
        assert found.charged[0].amount == 30_000 and len(north.submissions) == 1
        north.state = "waiting in line"
        assert service.look("p1").state == "running", "a state nobody has heard of is no failure"
        well = mine.health(settings(north.origin), Kit(SystemClock(), tmp_path))
        assert (well.well, well.left) == (True, ((f"{NAME} credits", 7),))


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ({"fault": "status", "status": 402}, "outside.quota"),
        ({"fault": "status", "status": 429}, "outside.busy"),
        ({"fault": "status", "status": 451}, "outside.moderated"),
        ({"fault": "status", "status": 422}, "outside.refused"),
        ({"fault": "reset_after"}, OUTCOME_UNKNOWN),
        ({"fault": "no id"}, "outside.contract"),
    ],
)
def test_its_troubles(mine: Any, tmp_path: Path, fault: dict[str, object], code: str) -> None:
    with North(Script([{"on": "POST /v1/pictures", **fault}])) as north:
        service = mine.service(settings(north.origin), Kit(SystemClock(), tmp_path), "paint")
        with pytest.raises(LabelError) as caught:
            service.submit(order(mine, tmp_path), Slip("tkt_0000000000000", tmp_path))
    assert caught.value.code == code and KEY not in caught.value.message
