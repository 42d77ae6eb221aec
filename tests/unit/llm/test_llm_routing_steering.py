"""What a person's settings do to the choice of models."""

from __future__ import annotations

import pytest

from noktvrn.kernel.errors import Invalid
from noktvrn.llm.routing import Candidate, Router, Steering
from noktvrn.settings import Settings

TWO = (Candidate("openai/a/b", 0.8, 20_000, 2.0, False), Candidate("local/model-3", 0.5, 0, 20.0, True))


def firsts(monkeypatch: pytest.MonkeyPatch, **variables: str) -> dict[str, str]:
    for name, value in variables.items():
        monkeypatch.setenv(f"NOKTVRN_LLM_{name}", value)
    router = Router(Steering.of(Settings(_env_file=None)))
    return {task: router.rank(task, TWO, seed=1).order[0] for task in ("lyrics", "titles")}


def test_pins_go_before_everything_and_leave_the_rest_as_spares(monkeypatch: pytest.MonkeyPatch) -> None:
    assert firsts(monkeypatch, PINS="lyrics=openai, titles=local/model-3") == {
        "lyrics": "openai/a/b",
        "titles": "local/model-3",
    }
    chosen = Router(Steering(pins={"lyrics": "local"})).rank("lyrics", TWO, seed=1)
    assert chosen.order == ("local/model-3", "openai/a/b")
    assert [row.pinned for row in chosen.why] == [True, False]
    assert "pinned" in str(chosen)
    assert not chosen.explored


@pytest.mark.parametrize("pin", ["local", "local/model-3", "loc", "local/model", "gemini", "local/model-3/x"])
def test_a_pin_names_a_provider_or_a_whole_model(pin: str) -> None:
    chosen = Router(Steering(pins={"lyrics": pin})).rank("lyrics", TWO, seed=1)
    assert (chosen.order[0] == "local/model-3") == (pin in ("local", "local/model-3"))


def test_the_weights_steer(monkeypatch: pytest.MonkeyPatch) -> None:
    assert firsts(monkeypatch)["lyrics"] == "openai/a/b"
    assert firsts(monkeypatch, COST_WEIGHT="0.3")["lyrics"] == "local/model-3"
    assert firsts(monkeypatch, LATENCY_WEIGHT="0.05")["lyrics"] == "openai/a/b"


def test_what_is_explored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOKTVRN_LLM_EXPLORE", "captions")
    monkeypatch.setenv("NOKTVRN_LLM_EXPLORE_USD", "0.015")
    steering = Steering.of(Settings(_env_file=None))
    assert steering.explorable == {"captions"}
    assert steering.explore_micros == 15_000


@pytest.mark.parametrize("text", ["lyrics", "=openai", "lyrics=", "lyrics=openai,,titles"])
def test_a_pin_that_pins_nothing_is_told(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    with pytest.raises(Invalid, match="pins nothing"):
        firsts(monkeypatch, PINS=text)
