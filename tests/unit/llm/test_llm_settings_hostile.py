"""Settings as people get them wrong: keys and addresses that are none, prices of fantasy, pins on nobody."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from noktvrn.kernel.errors import Invalid
from noktvrn.llm.endpoints import endpoints
from noktvrn.llm.health import doubts
from noktvrn.llm.prices import Rates
from noktvrn.settings import Settings

SECRET = "sk-very-secret-0123456789"
ROUTER = {"local_base_url": "https://router.example.com/v1", "local_model": "m"}


def settings(**more: Any) -> Settings:
    return Settings(_env_file=None, **more)


def priced(tmp_path: Path, rate: str, row: str = "openai/m") -> Path:
    path = tmp_path / "prices.toml"
    path.write_text(f'["{row}"]\ninput = {rate}\noutput = 2\n')
    return path


@pytest.mark.parametrize("around", ["{}\n", " {} ", "\t{}\r\n"])
def test_blanks_around_a_key_are_no_part_of_it(around: str) -> None:
    (one,) = endpoints(settings(openai_api_key=around.format(SECRET)))
    assert one.key is not None
    assert one.key.get_secret_value() == SECRET


def test_a_blank_key_is_none() -> None:
    assert endpoints(settings(openai_api_key=" \n")) == ()


@pytest.mark.parametrize("inside", ["{}\nx: y", "{} {}", "{}\x00", "{}é", "{}\x7f", "{}\u2028{}"])
def test_a_key_that_no_header_carries_is_refused_and_not_quoted(inside: str) -> None:
    with pytest.raises(Invalid) as caught:
        endpoints(settings(openai_api_key=inside.format(SECRET, SECRET)))
    assert caught.value.code == "llm.bad_key"
    assert SECRET not in repr(caught.value) + caught.value.hint


@pytest.mark.parametrize(
    "url",
    [
        f"https://host/v1?key={SECRET}",
        f"https://u:{SECRET}@host/v1",
        f"https://host/#{SECRET}",
        "https://h\x01",
    ],
)
def test_a_base_url_that_holds_a_secret_or_takes_no_path_is_refused_and_not_quoted(url: str) -> None:
    with pytest.raises(Invalid) as caught:
        endpoints(settings(openai_api_key=SECRET, openai_base_url=url))
    assert caught.value.code == "llm.bad_url"
    assert SECRET not in repr(caught.value) + caught.value.hint


@pytest.mark.parametrize("rate", ["nan", "inf", "-1", "1e30", "true", '"x"', "-inf", "1e6000", "1_000_001"])
def test_a_rate_of_fantasy_is_refused(tmp_path: Path, rate: str) -> None:
    with pytest.raises(Invalid) as caught:
        endpoints(settings(openai_api_key=SECRET, openai_model="m", prices=priced(tmp_path, rate)))
    assert caught.value.code == "llm.prices"


def test_a_server_of_ones_own_that_is_priced_is_not_free(tmp_path: Path) -> None:
    (free,) = endpoints(settings(**ROUTER))
    (one,) = endpoints(settings(**ROUTER, prices=priced(tmp_path, "1", "local/m")))
    assert free.free
    assert not one.free
    assert one.rates == Rates(1000, 1000, 2000, "own", "prices.toml")


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"llm_pins": ("lyrics=nobody/m",)}, ["gives lyrics to nobody/m"]),
        ({"llm_pins": ("lyrics=local/other",)}, ["gives lyrics to local/other"]),
        ({"llm_pins": ("poems=local",)}, ["pins 'poems', which is no task"]),
        ({"llm_pins": ("lyrics=local", "titles=local/m")}, []),
        (ROUTER, ["counts as free, but lies at a public address"]),
        (ROUTER | {"private_hosts": ("router.example.com",)}, []),
        ({"local_base_url": "https://8.8.8.8/v1"}, ["public address"]),
        ({"local_base_url": "http://10.0.0.3:8000/v1"}, []),
        ({"local_base_url": "https://gpu.lan/v1"}, []),
        ({"llm": ("local",)}, []),
        ({"llm": ("openai", "anthropic", "local"), "openai_api_key": SECRET}, ["ANTHROPIC_API_KEY"]),
        ({"llm": ("gemini", "grok", "local")}, ["gemini, grok, which cannot be asked"]),
        ({"llm": ("none",)}, []),
    ],
)
def test_what_has_no_effect_or_may_cost_uncounted_is_told(more: dict[str, Any], told: list[str]) -> None:
    chosen = settings(**{"local_base_url": "http://localhost:11434/v1", "local_model": "m"} | more)
    found = doubts(endpoints(chosen), chosen)
    assert len(found) == len(told)
    assert all(words in doubt for words, doubt in zip(told, found, strict=True))
