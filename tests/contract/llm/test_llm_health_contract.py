"""What the doctor finds, on every wire."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.contract.llm.wires import KEY, author, provider

from noktvrn.kernel.errors import BudgetSpent
from noktvrn.llm import health
from noktvrn.llm.endpoints import Endpoint
from noktvrn.llm.health import PING, Health, doctor
from noktvrn.llm.prompt import Words
from noktvrn.llm.protocol import ask
from noktvrn.llm.result import Reply
from noktvrn.outbound.loop import run
from noktvrn.outbound.rules import Rules
from noktvrn.testing.fake_models import FakeModels

WIRES = ("openai", "anthropic")
MODELS = ("gpt-5.4-mini", "claude-sonnet-5")


def looked_at(endpoint: Endpoint, deadline_s: float = 5.0) -> Health:
    (found,) = run(doctor([endpoint], deadline_s=deadline_s))
    assert KEY not in found.model_dump_json()
    return found


@pytest.mark.parametrize("wire", WIRES)
def test_a_good_endpoint_is_ready_and_nothing_was_asked(wire: str) -> None:
    with FakeModels(author, models=MODELS) as fake:
        found = looked_at(provider(wire, fake))
        assert (found.state, found.code, found.priced) == ("ready", "", True)
        assert fake.count == 0


@pytest.mark.parametrize("listed", ["models/gpt-5.4-mini", "gpt-5.4-mini:latest"])
def test_names_with_a_folder_or_a_tag_are_the_same(listed: str) -> None:
    with FakeModels(author, models=[listed]) as fake:
        assert looked_at(provider("openai", fake)).state == "ready"


@pytest.mark.parametrize("wire", WIRES)
def test_a_model_that_is_not_listed_is_told_with_some_that_are(wire: str) -> None:
    with FakeModels(author, models=("other-1", "other-2", "bad\nname")) as fake:
        found = looked_at(provider(wire, fake))
    assert (found.state, found.code, found.models) == ("unlisted", "llm.model_gone", ("other-1", "other-2"))
    assert "_MODEL" in found.hint


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("key", "outside.key_refused"),
        ("forbidden", "outside.key_refused"),
        ("server_error", "outside.outcome_unknown"),
        ("busy_for_long", "outside.busy"),
        ("redirect_away", "outside.redirected"),
        ("reset", "outside.outcome_unknown"),
        ("hang", "outside.outcome_unknown"),
        ("huge", "outside.outcome_unknown"),
    ],
)
def test_what_is_wrong_is_told(fault: str, code: str, wire: str) -> None:
    with FakeModels(author, fault) as fake:
        found = looked_at(provider(wire, fake), 0.8 if fault == "hang" else 5.0)
        assert (found.state, found.code, fake.elsewhere) == ("failed", code, 0)
    assert found.message


@pytest.mark.parametrize("fault", ["gone", "html", "json_list", "json_empty", "deep_body", "nothing"])
def test_a_server_without_a_list_may_still_answer(fault: str) -> None:
    with FakeModels(author, fault) as fake:
        assert looked_at(provider("openai", fake)).state == "ready"


def test_nobody_there_and_nowhere_to_go_are_told_each_on_its_own() -> None:
    with FakeModels(author, models=MODELS) as fake:
        good = provider("openai", fake)
        with FakeModels(author) as other:
            gone = provider("openai", other)
        inside = replace(good, base_url="https://10.1.2.3/v1")
        codes = [found.code for found in run(doctor([gone, good, inside], deadline_s=5.0))]
    assert codes == ["outside.unreachable", "", "outside.forbidden_address"]


def test_a_missing_library_is_told_before_anything_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "find_spec", lambda name: None if name == "anthropic" else object())
    with FakeModels(author, models=MODELS) as fake:
        missing, there = run(doctor([provider("anthropic", fake), provider("openai", fake)]))
        assert (missing.state, missing.code) == ("not_installed", "llm.not_installed")
        assert "[anthropic]" in missing.hint
        assert there.state == "ready"


def test_one_tiny_question_is_asked_where_a_way_is_given() -> None:
    async def way(endpoint: Endpoint, words: Words) -> Reply:
        return await ask(endpoint, words, Rules(named=endpoint.title))

    async def no_money(_endpoint: Endpoint, _words: Words) -> Reply:
        raise BudgetSpent("No money left.", code="budget.full")

    with FakeModels(author, models=MODELS) as fake:
        endpoint = provider("openai", fake)
        (good,) = run(doctor([endpoint], question=way))
        (poor,) = run(doctor([endpoint], question=no_money))
        assert (good.state, fake.count) == ("ready", 1)
        assert fake.requests[0]["max_completion_tokens"] == PING.max_tokens
    assert (poor.state, poor.code) == ("failed", "budget.full")
