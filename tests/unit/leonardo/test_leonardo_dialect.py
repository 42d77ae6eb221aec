"""Leonardo's dialect against its fake: what an order becomes, how jobs stand, what refusals mean."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from noktvrn.kernel.errors import LabelError
from noktvrn.outbound.failures import outcome_unknown
from noktvrn.outbound.jobs.nouns import Charge, JobOrder
from noktvrn.outbound.jobs.service import Slip
from noktvrn.outbound.troubles import Trouble, trouble_of
from noktvrn.providers.leonardo.generations import CREDITS, PaintService, health
from noktvrn.providers.leonardo.illustrator import body_for, sides_for
from noktvrn.roles.errand import Errand
from noktvrn.settings import Settings
from noktvrn.testing.fakes.leonardo import COST, KEY, Server
from noktvrn.testing.fakes.script import Script

UUID = "de7d3faf-762f-48e0-b3b7-9d0ac3a3fcf3"
CREATE = "POST /v1/generations"


@pytest.fixture
def fake() -> Iterator[Server]:
    with Server() as server:
        yield server


def _settings(fake: Server, **more: Any) -> Settings:
    told = {"leonardo_api_key": KEY, "leonardo_base_url": fake.origin, **more}
    return Settings(_env_file=None, **told)


def _order(model: str = UUID, seed: int = 5) -> JobOrder:
    return JobOrder(
        provider="leonardo",
        purpose="paint",
        errand=Errand(run_id="run_1", stage="cover", attempt=1),
        request=body_for(model, "an eclipse", 512, 512, seed),
        kind="picture",
    )


def _service(fake: Server, *rules: dict[str, Any], **more: Any) -> PaintService:
    fake.script = Script(list(rules))
    return PaintService(_settings(fake, **more))


def _submit(service: PaintService, tmp_path: Path, order: JobOrder | None = None) -> str:
    return service.submit(order or _order(), Slip("tkt_1", tmp_path)).ref


@pytest.mark.parametrize("model", [UUID, "flux-schnell"])
def test_a_job_is_created_looked_at_and_found_again(fake: Server, tmp_path: Path, model: str) -> None:
    service, order = _service(fake), _order(model)
    said = service.submit(order, Slip("tkt_1", tmp_path))
    assert [service.look(said.ref).state for _ in range(2)] == ["queued", "ready"]
    (file,) = service.look(said.ref).files
    assert file.kind == "picture" and file.url.startswith(fake.origin)
    assert service.find(order) == said.ref
    assert service.find(_order(model, seed=6)) is None
    assert len(fake.submissions) == 1


def test_v1_tells_its_cost_in_credits_and_v2_in_dollars(fake: Server, tmp_path: Path) -> None:
    service = _service(fake)
    first = service.submit(_order(), Slip("tkt_1", tmp_path)).charged
    second = service.submit(_order("flux-schnell"), Slip("tkt_2", tmp_path)).charged
    assert first is not None and first[0] == Charge(unit=CREDITS, amount=COST)
    assert first[1].unit == "USD" and first[1].amount > 0
    assert second == (Charge(amount=28_000),)


def test_the_calculator_is_asked_for_nothing(fake: Server) -> None:
    assert _service(fake).cost_of(body_for(UUID, "x", 512, 512, 1)) == COST
    assert fake.asked == ["POST /v1/pricing-calculator"] and fake.submissions == []


@pytest.mark.parametrize(
    ("rule", "kind"),
    [
        ({"fault": "bad_key"}, Trouble.AUTH),
        ({"fault": "bad_key", "status": 500}, Trouble.AUTH),
        ({"fault": "moderated"}, Trouble.MODERATION),
        ({"fault": "no_credits"}, Trouble.CREDITS),
        ({"fault": "too_many"}, Trouble.BUSY),
        ({"fault": "invalid_in_200"}, Trouble.INVALID),
        ({"fault": "status", "status": 429, "retry_after": 3}, Trouble.RATE),
        ({"fault": "status", "status": 402}, Trouble.CREDITS),
        ({"fault": "status", "status": 401}, Trouble.AUTH),
        ({"fault": "status", "status": 404}, Trouble.INVALID),
        ({"fault": "status", "status": 413}, Trouble.INVALID),
        ({"fault": "status", "status": 503, "retry_after": 2}, Trouble.BUSY),
        ({"fault": "html"}, Trouble.CONTRACT),
        ({"fault": "body", "text": "{}"}, Trouble.CONTRACT),
        ({"fault": "body", "text": "[]"}, Trouble.INVALID),
        ({"fault": "body", "text": '{"sdGenerationJob": {"generationId": "../../me"}}'}, Trouble.CONTRACT),
        ({"fault": "body", "text": '{"sdGenerationJob": {"generationId": 7}}'}, Trouble.CONTRACT),
    ],
)
def test_refusals_are_read_from_their_words(
    fake: Server, tmp_path: Path, rule: dict[str, Any], kind: Trouble
) -> None:
    with pytest.raises(LabelError) as caught:
        _submit(_service(fake, {"on": CREATE, **rule}), tmp_path)
    assert trouble_of(caught.value) is kind
    assert caught.value.hint and KEY not in str(caught.value)
    assert fake.submissions == []


@pytest.mark.parametrize(
    ("rule", "billed"),
    [
        ({"fault": "service_error"}, 0),
        ({"fault": "reset"}, 0),
        ({"fault": "reset_after"}, 1),
        ({"fault": "status_after", "status": 502}, 1),
        ({"fault": "status_after", "status": 504}, 1),
        (
            {"fault": "status_after", "status": 502, "body": {"error": "invalid response from upstream"}},
            1,
        ),
        ({"fault": "status_after", "status": 500, "body": {"error": "rate limit of a backend"}}, 1),
        ({"fault": "truncated"}, 1),
    ],
)
def test_what_may_have_been_taken_is_unknown_and_found_where_it_was(
    fake: Server, tmp_path: Path, rule: dict[str, Any], billed: int
) -> None:
    service = _service(fake, {"on": CREATE, **rule})
    with pytest.raises(LabelError) as caught:
        _submit(service, tmp_path)
    assert outcome_unknown(caught.value)
    assert len(fake.submissions) == billed
    assert (service.find(_order()) is not None) == bool(billed)


@pytest.mark.parametrize(
    ("create", "look", "state"),
    [
        ("fails", "", "failed"),
        ("stuck", "", "queued"),
        ("adult", "", "rejected"),
        ("lettered", "forgotten", "lost"),
        ("lettered", "unknown_status", "running"),
    ],
)
def test_every_standing_has_its_state(
    fake: Server, tmp_path: Path, create: str, look: str, state: str
) -> None:
    rules = [{"on": CREATE, "fault": create}]
    rules += [{"on": "GET /v1/generations", "fault": look}] if look else []
    service = _service(fake, *rules)
    ref = _submit(service, tmp_path)
    service.look(ref)
    assert service.look(ref).state == state


def test_a_picture_that_is_not_told_of_yet_is_asked_for_again(fake: Server, tmp_path: Path) -> None:
    service = _service(fake, {"on": "GET /v1/generations", "nth": 2, "fault": "no_images"})
    ref = _submit(service, tmp_path)
    service.look(ref)
    with pytest.raises(LabelError) as caught:
        service.look(ref)
    assert trouble_of(caught.value) is Trouble.CONTRACT
    assert service.look(ref).state == "ready"


@pytest.mark.parametrize(
    ("rule", "kind"),
    [
        ({"fault": "html"}, Trouble.CONTRACT),
        ({"fault": "status", "status": 500}, Trouble.TRANSIENT),
        ({"fault": "reset"}, Trouble.TRANSIENT),
        ({"fault": "status", "status": 401}, Trouble.AUTH),
    ],
)
def test_a_look_that_fails_is_no_end(
    fake: Server, tmp_path: Path, rule: dict[str, Any], kind: Trouble
) -> None:
    service = _service(fake, {"on": "GET /v1/generations", **rule})
    ref = _submit(service, tmp_path)
    with pytest.raises(LabelError) as caught:
        service.look(ref)
    assert trouble_of(caught.value) is kind


def test_a_job_nobody_knows_is_lost(fake: Server) -> None:
    assert _service(fake).look("00000000-0000-0000-0000-00000000ffff").state == "lost"


def test_health_tells_what_is_left_or_what_is_wrong(fake: Server) -> None:
    well = health(_settings(fake))
    assert well.well and well.left == ((CREDITS, 5000),)
    fake.credits = 0
    assert not health(_settings(fake)).well
    sick = health(_settings(fake, leonardo_api_key="another"))
    assert not sick.well and "key" in sick.said


@pytest.mark.parametrize(
    ("longer", "size", "sides"),
    [
        (1024, (3000, 3000), (1024, 1024)),
        (1024, (2660, 1140), (1024, 512)),
        (1300, (300, 300), (1296, 1296)),
        (2048, (1280, 720), (2048, 1152)),
    ],
)
def test_sides_go_in_steps_of_eight(longer: int, size: tuple[int, int], sides: tuple[int, int]) -> None:
    assert sides_for(longer, *size) == sides


def test_orders_hold_no_secret_and_are_private() -> None:
    for model in (UUID, "flux-schnell"):
        body = _order(model).request
        assert body["public"] is False and KEY not in str(body)
