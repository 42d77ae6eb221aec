"""OpenAI's images against the fake: orders, answers with base64 in them, refusals, what a crash leaves."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from noktvrn.kernel.errors import LabelError
from noktvrn.outbound.failures import outcome_unknown
from noktvrn.outbound.jobs.nouns import JobOrder
from noktvrn.outbound.jobs.service import Salvages, Slip
from noktvrn.outbound.troubles import Trouble, trouble_of
from noktvrn.providers.openai_images import unpacking
from noktvrn.providers.openai_images.generations import ANSWER, ImageService, health
from noktvrn.providers.openai_images.illustrator import size_for
from noktvrn.providers.openai_images.unpacking import unpacked
from noktvrn.roles.errand import Errand
from noktvrn.settings import Settings
from noktvrn.testing.fakes.openai_images import KEY, Server
from noktvrn.testing.fakes.script import Script

PAINT = "POST /v1/images/generations"


@pytest.fixture
def fake() -> Iterator[Server]:
    with Server() as server:
        yield server


def _settings(fake: Server, **more: Any) -> Settings:
    told = {"openai_api_key": KEY, "openai_base_url": fake.origin + "/v1", **more}
    return Settings(_env_file=None, **told)


def _order(**more: Any) -> JobOrder:
    body = {"model": "gpt-image-2", "prompt": "an eclipse", "n": 1, "size": "64x64", "output_format": "png"}
    return JobOrder(
        provider="openai_images",
        purpose="paint",
        errand=Errand(run_id="run_1", stage="cover", attempt=1),
        request={**body, **more},
        kind="picture",
    )


def _service(fake: Server, *rules: dict[str, Any]) -> ImageService:
    fake.script = Script([{"on": PAINT, **rule} for rule in rules])
    return ImageService(_settings(fake))


@pytest.mark.parametrize("rule", [{}, {"fault": "escaped"}])
def test_the_picture_is_taken_out_of_the_answer(fake: Server, tmp_path: Path, rule: dict[str, Any]) -> None:
    service = _service(fake, *([rule] if rule else []))
    said = service.submit(_order(), Slip("tkt_1", tmp_path))
    with Image.open(said.files[0].path) as picture:
        assert picture.size == (64, 64)
    assert said.charged is not None and said.charged[0].amount == 120 * 8 + 4 * 40
    assert fake.submissions[0]["model"] == "gpt-image-2"


def test_a_crash_after_the_answer_loses_nothing(fake: Server, tmp_path: Path) -> None:
    service = _service(fake)
    said = service.submit(_order(), Slip("tkt_1", tmp_path))
    picture = said.files[0].path.read_bytes()
    said.files[0].path.unlink()
    assert isinstance(service, Salvages)
    again = service.salvage(_order(), tmp_path)
    assert again is not None and again.files[0].path.read_bytes() == picture
    assert service.salvage(_order(), tmp_path / "empty") is None
    assert len(fake.submissions) == 1


@pytest.mark.parametrize(
    ("rule", "kind"),
    [
        ({"fault": "moderated"}, Trouble.MODERATION),
        ({"fault": "policy"}, Trouble.MODERATION),
        ({"fault": "no_quota"}, Trouble.CREDITS),
        ({"fault": "hard_limit"}, Trouble.CREDITS),
        ({"fault": "rate"}, Trouble.RATE),
        ({"fault": "bad_model"}, Trouble.INVALID),
        ({"fault": "status", "status": 401}, Trouble.AUTH),
        ({"fault": "status", "status": 403}, Trouble.AUTH),
        ({"fault": "status", "status": 400}, Trouble.INVALID),
        ({"fault": "status", "status": 503, "retry_after": 5}, Trouble.BUSY),
    ],
)
def test_refusals(fake: Server, tmp_path: Path, rule: dict[str, Any], kind: Trouble) -> None:
    with pytest.raises(LabelError) as caught:
        _service(fake, rule).submit(_order(), Slip("tkt_1", tmp_path))
    assert trouble_of(caught.value) is kind
    assert caught.value.hint and KEY not in str(caught.value)
    assert fake.submissions == [] and not (tmp_path / ANSWER).exists()


@pytest.mark.parametrize(
    ("rule", "billed"),
    [
        ({"fault": "status", "status": 500}, 0),
        ({"fault": "reset_after"}, 1),
        ({"fault": "status_after", "status": 502}, 1),
        ({"fault": "truncated"}, 1),
    ],
)
def test_what_may_have_been_billed_is_unknown(
    fake: Server, tmp_path: Path, rule: dict[str, Any], billed: int
) -> None:
    with pytest.raises(LabelError) as caught:
        _service(fake, rule).submit(_order(), Slip("tkt_1", tmp_path))
    assert outcome_unknown(caught.value) and len(fake.submissions) == billed


@pytest.mark.parametrize("fault", ["url_only", "no_data", "bad_base64", "cut_base64"])
def test_an_answer_without_a_whole_picture_is_beyond_us(fake: Server, tmp_path: Path, fault: str) -> None:
    with pytest.raises(LabelError) as caught:
        _service(fake, {"fault": fault}).submit(_order(), Slip("tkt_1", tmp_path))
    assert trouble_of(caught.value) is Trouble.CONTRACT
    assert not (tmp_path / "picture").exists()


@pytest.mark.parametrize("fault", [{"fault": "html"}, {"fault": "body", "text": "[" * 2000}])
def test_so_is_what_is_no_answer(fake: Server, tmp_path: Path, fault: dict[str, Any]) -> None:
    with pytest.raises(LabelError) as caught:
        _service(fake, fault).submit(_order(), Slip("tkt_1", tmp_path))
    assert trouble_of(caught.value) is Trouble.CONTRACT


@pytest.mark.parametrize("piece", [1, 7, 64, 1 << 20])
def test_pieces_of_any_length_give_the_same_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, piece: int
) -> None:
    picture = bytes(range(256)) * 3 + b"\xff\xfe"
    data = [{"b64_json": base64.b64encode(picture).decode()}]
    answer = json.dumps({"created": 1, "data": data, "usage": {"input_tokens": 1}}, indent=1)
    (tmp_path / "a").write_text(answer.replace("/", "\\/"))
    monkeypatch.setattr(unpacking, "PIECE", piece)
    rest = unpacked(tmp_path / "a", tmp_path / "picture")
    assert (tmp_path / "picture").read_bytes() == picture
    assert rest == {"created": 1, "data": [{"b64_json": ""}], "usage": {"input_tokens": 1}}


def test_what_stands_beside_the_picture_has_a_limit(tmp_path: Path) -> None:
    (tmp_path / "a").write_text(json.dumps({"data": [{"b64_json": "AAAA"}], "more": "x" * 300_000}))
    with pytest.raises(ValueError, match="beside"):
        unpacked(tmp_path / "a", tmp_path / "picture")


@pytest.mark.parametrize(
    ("model", "size", "asked"),
    [
        ("gpt-image-2", (3000, 3000), "2048x2048"),
        ("gpt-image-2", (300, 300), "1024x1024"),
        ("gpt-image-2", (2660, 1140), "2048x880"),
        ("gpt-image-2", (4000, 1000), "2048x688"),
        ("gpt-image-1.5", (3000, 3000), "1024x1024"),
        ("gpt-image-1.5", (2660, 1140), "1536x1024"),
        ("gpt-image-1", (1000, 2000), "1024x1536"),
    ],
)
def test_sizes_follow_the_models_rules(model: str, size: tuple[int, int], asked: str) -> None:
    assert size_for(model, *size) == asked


def test_health_asks_for_the_model(fake: Server) -> None:
    assert health(_settings(fake)).well
    assert not health(_settings(fake, openai_image_model="dall-e-2")).well
    sick = health(_settings(fake, openai_api_key="another"))
    assert not sick.well and "key" in sick.said
    assert fake.submissions == []
