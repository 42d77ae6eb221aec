"""Luma's two dialects against the fake: orders, standings, failures, refusals."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from noktvrn.kernel.errors import LabelError
from noktvrn.outbound.failures import outcome_unknown
from noktvrn.outbound.jobs.nouns import JobOrder
from noktvrn.outbound.jobs.service import Slip
from noktvrn.outbound.troubles import Trouble, trouble_of
from noktvrn.picture.identity import make_look
from noktvrn.providers.luma.camera import body_for
from noktvrn.providers.luma.generations import UNIT, ShotService, health
from noktvrn.roles.camera import ShotRequest
from noktvrn.roles.errand import Errand
from noktvrn.settings import Settings
from noktvrn.testing.fakes.luma import AGENTS, KEY, LEGACY, Server
from noktvrn.testing.fakes.script import Script

MODELS = ["ray-3.2", "ray-2"]


@pytest.fixture
def fake() -> Iterator[Server]:
    with Server() as server:
        yield server


def _settings(fake: Server, model: str, key: str = KEY) -> Settings:
    base = fake.origin + (AGENTS if model == "ray-3.2" else LEGACY)
    told: dict[str, Any] = {"luma_model": model, "luma_api_key": key, "luma_base_url": base}
    return Settings(_env_file=None, **told)


def _service(fake: Server, model: str, *rules: dict[str, Any]) -> ShotService:
    fake.script = Script(list(rules))
    return ShotService(_settings(fake, model))


def _request(width: int = 1920, height: int = 1080, seconds: float = 4.0) -> ShotRequest:
    look = make_look(5, moods=[], looks=[], stage_name="V")
    return ShotRequest(
        prompt="hills at night",
        look=look,
        duration_s=seconds,
        width=width,
        height=height,
        seed=1,
        folder=Path(),
    )


def _order(model: str) -> JobOrder:
    return JobOrder(
        provider="luma",
        purpose="shoot",
        errand=Errand(run_id="run_1", stage="video", attempt=1),
        request=body_for(model, "720p", _request()),
        kind="film",
    )


def _submit(service: ShotService, model: str, folder: Path, callback: str = "") -> str:
    return service.submit(_order(model), Slip("tkt_1", folder, callback)).ref


@pytest.mark.parametrize("model", MODELS)
def test_a_job_is_created_and_looked_at_until_it_is_ready(fake: Server, tmp_path: Path, model: str) -> None:
    service = _service(fake, model)
    ref = _submit(service, model, tmp_path)
    assert [service.look(ref).state for _ in range(2)] == ["running", "ready"]
    (film,) = service.look(ref).files
    assert film.kind == "film" and "Signature" in film.url


def test_only_the_older_dialect_takes_a_callback(fake: Server, tmp_path: Path) -> None:
    for model in MODELS:
        _submit(_service(fake, model), model, tmp_path, "https://label.example/hooks/luma/token")
    assert ["callback_url" in job for job in fake.submissions] == [False, True]


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(
    ("rule", "kind"),
    [
        ({"fault": "no_balance"}, Trouble.CREDITS),
        ({"fault": "busy"}, Trouble.BUSY),
        ({"fault": "broken"}, Trouble.INVALID),
        ({"fault": "refused_prompt"}, Trouble.MODERATION),
        ({"fault": "status", "status": 400}, Trouble.INVALID),
        ({"fault": "status", "status": 401}, Trouble.AUTH),
        ({"fault": "status", "status": 403}, Trouble.AUTH),
        ({"fault": "status", "status": 413}, Trouble.INVALID),
        ({"fault": "status", "status": 429, "retry_after": 9}, Trouble.RATE),
        ({"fault": "status", "status": 503, "retry_after": 9}, Trouble.BUSY),
        ({"fault": "html"}, Trouble.CONTRACT),
        ({"fault": "body", "text": '{"id": "a/b", "state": "queued"}'}, Trouble.CONTRACT),
        ({"fault": "body", "text": "null"}, Trouble.CONTRACT),
    ],
)
def test_refusals(fake: Server, tmp_path: Path, model: str, rule: dict[str, Any], kind: Trouble) -> None:
    with pytest.raises(LabelError) as caught:
        _submit(_service(fake, model, {"on": "POST", **rule}), model, tmp_path)
    assert trouble_of(caught.value) is kind
    assert caught.value.hint and KEY not in str(caught.value)
    assert fake.submissions == []


def test_an_order_that_was_taken_is_known_by_its_name_alone(fake: Server, tmp_path: Path) -> None:
    odd = '{"id": "j-1", "state": null, "failure_reason": 7, "output": [{"type": "video"}]}'
    service = _service(fake, "ray-3.2", {"on": "POST", "fault": "body", "text": odd})
    assert _submit(service, "ray-3.2", tmp_path) == "j-1"


@pytest.mark.parametrize(
    ("rule", "billed"),
    [
        ({"fault": "status", "status": 502}, 0),
        ({"fault": "status", "status": 503}, 0),
        ({"fault": "reset_after"}, 1),
        ({"fault": "status_after", "status": 504}, 1),
        ({"fault": "truncated"}, 1),
    ],
)
def test_what_may_have_been_taken_is_unknown(
    fake: Server, tmp_path: Path, rule: dict[str, Any], billed: int
) -> None:
    with pytest.raises(LabelError) as caught:
        _submit(_service(fake, "ray-3.2", {"on": "POST", **rule}), "ray-3.2", tmp_path)
    assert outcome_unknown(caught.value) and len(fake.submissions) == billed


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(
    ("create", "look", "state"),
    [
        ({"fault": "moderated"}, "", "rejected"),
        ({"fault": "final", "code": "invalid_request"}, "", "failed"),
        ({"fault": "final", "code": "budget_exhausted"}, "", "failed"),
        ({"fault": "again", "code": "generation_failed"}, "", "failed"),
        ({"fault": "again", "code": "output_not_found"}, "", "failed"),
        ({"fault": "stuck"}, "", "running"),
        ({"fault": "plain"}, "unknown_state", "running"),
        ({"fault": "plain"}, "forgotten", "lost"),
    ],
)
def test_every_standing_has_its_state(
    fake: Server, tmp_path: Path, model: str, create: dict[str, Any], look: str, state: str
) -> None:
    rules = [{"on": "POST", **create}] + ([{"on": "GET", "fault": look}] if look else [])
    service = _service(fake, model, *rules)
    ref = _submit(service, model, tmp_path)
    service.look(ref)
    found = service.look(ref)
    assert found.state == state
    assert bool(found.message) == (state in ("failed", "rejected", "lost"))


@pytest.mark.parametrize("model", MODELS)
def test_a_film_that_is_not_told_of_yet_is_asked_for_again(fake: Server, tmp_path: Path, model: str) -> None:
    service = _service(fake, model, {"on": "GET", "nth": 2, "fault": "no_output"})
    ref = _submit(service, model, tmp_path)
    service.look(ref)
    with pytest.raises(LabelError) as caught:
        service.look(ref)
    assert trouble_of(caught.value) is Trouble.CONTRACT
    assert service.look(ref).state == "ready"


def test_health_costs_nothing_and_tells_what_is_known(fake: Server) -> None:
    assert health(_settings(fake, "ray-3.2")).well
    assert health(_settings(fake, "ray-2")).left == ((UNIT, 100),)
    for model in MODELS:
        found = health(_settings(fake, model, key="another"))
        assert not found.well and "key" in found.said
    assert fake.submissions == []


@pytest.mark.parametrize(
    ("size", "seconds", "shape", "lines", "length"),
    [
        ((1920, 1080), 4.0, "16:9", "720p", "5s"),
        ((1080, 1920), 6.0, "9:16", "720p", "10s"),
        ((500, 500), 5.0, "1:1", "540p", "5s"),
        ((2560, 1080), 30.0, "21:9", "720p", "10s"),
    ],
)
def test_a_shot_is_asked_for_in_their_terms(
    size: tuple[int, int], seconds: float, shape: str, lines: str, length: str
) -> None:
    body = body_for("ray-3.2", "720p", _request(*size, seconds))
    assert (body["aspect_ratio"], body["video"]) == (shape, {"resolution": lines, "duration": length})
    older = body_for("ray-2", "720p", _request(*size, seconds))
    assert older["duration"] == ("9s" if length == "10s" else "5s") and "video" not in older
