"""What answers cost: known rates, unknown ones, and claims nobody should believe."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.integration.llm import llm_samples as samples

from noktvrn.kernel.errors import Invalid
from noktvrn.llm.captions import captions_job
from noktvrn.llm.job import Job
from noktvrn.llm.lyrics import lyrics_job
from noktvrn.llm.prices import (
    FREE,
    LONG_FACTOR,
    LONG_INPUT_TOKENS,
    OVERHEAD_TOKENS,
    UNKNOWN,
    Rates,
    cost,
    dearer,
    rates_of,
    usage_of,
    worst_case,
)
from noktvrn.llm.profile import profile_job
from noktvrn.llm.prompt import Words
from noktvrn.llm.result import Reply, Usage
from noktvrn.llm.titles import titles_job

RATES = Rates(750, 75, 4500, "test", "1")
WORDS = Words(system="You write.", user="A title, please.", max_tokens=400)
DAY = date(2026, 11, 21)
tokens = st.one_of(st.none(), st.integers(-(2**53), 2**53), st.integers(-5, 6000))


def usage(given: int, made: int, cached: int = 0) -> Usage:
    return Usage(input_tokens=given, output_tokens=made, cached_tokens=cached)


def a_reply(
    given: int | None, made: int | None, cached: int | None = None, text: str = "words", finish: str = "stop"
) -> Reply:
    return Reply(text=text, finish=finish, input_tokens=given, output_tokens=made, cached_tokens=cached)


def test_a_known_answer_costs_what_its_tokens_cost_rounded_up() -> None:
    assert cost(RATES, usage(100, 50)) == (300, True)  # 75,000 + 225,000 nano
    assert cost(RATES, usage(100, 50, cached=80)) == (246, True)  # 15,000 + 6,000 + 225,000
    assert cost(RATES, usage(1, 0)) == (1, True)


def test_a_model_without_a_price_is_not_free() -> None:
    assert cost(None, usage(100, 50)) == (12_000, False)
    assert worst_case(None, WORDS) > worst_case(RATES, WORDS)


def test_a_server_of_ones_own_costs_nothing() -> None:
    assert cost(FREE, usage(10**6, 10**6)) == (0, True)
    assert worst_case(FREE, WORDS) == 0


def test_a_very_long_question_is_reckoned_dearer() -> None:
    short, long = usage(LONG_INPUT_TOKENS, 10), usage(LONG_INPUT_TOKENS + 1, 10)
    assert cost(RATES, short)[1]
    micros, known = cost(RATES, long)
    assert not known
    assert micros > cost(RATES, short)[0] * (LONG_FACTOR - 1)


@given(
    tokens, tokens, tokens, st.text(max_size=60), st.sampled_from(["stop", "malformed", "truncated", "empty"])
)
def test_no_claim_costs_nothing_or_more_than_was_reserved(
    given_in: int | None, made: int | None, cached: int | None, text: str, finish: str
) -> None:
    found = usage_of(a_reply(given_in, made, cached, text, finish), WORDS)
    for rates in (RATES, None):
        micros, known = cost(rates, found)
        assert 0 < micros <= worst_case(rates, WORDS)
        assert not known or (rates is not None and found.source == "provider")
    assert 0 <= found.cached_tokens <= found.input_tokens


@pytest.mark.parametrize(
    ("reply", "found"),
    [
        (a_reply(100, 50), (100, 50, 0, "provider")),
        (a_reply(100, 50, 80), (100, 50, 80, "provider")),
        (a_reply(100, 0, text="", finish="empty"), (100, 0, 0, "provider")),
        (a_reply(None, None), (9, 2, 0, "estimated")),
        (a_reply(0, 0), (9, 2, 0, "estimated")),
        (a_reply(100, None), (100, 2, 0, "estimated")),
        (a_reply(None, None, text="", finish="malformed"), (9, 400, 0, "estimated")),
        (a_reply(100, None, text="", finish="empty"), (100, 400, 0, "estimated")),
        (a_reply(-20, -8), (9, 2, 0, "clamped")),
        (a_reply(100, 401), (100, 400, 0, "clamped")),
        (a_reply(10**15, 50), (26 + OVERHEAD_TOKENS, 50, 0, "clamped")),
        (a_reply(100, 50, 101), (100, 50, 0, "clamped")),
        (a_reply(100, 50, -1), (100, 50, 0, "clamped")),
    ],
)
def test_claims_are_believed_within_what_is_possible(reply: Reply, found: tuple[int, int, int, str]) -> None:
    told = usage_of(reply, WORDS)
    assert (told.input_tokens, told.output_tokens, told.cached_tokens, told.source) == found


@given(st.text(max_size=300), st.text(max_size=300))
def test_no_tokeniser_makes_more_tokens_than_there_are_bytes(system: str, user: str) -> None:
    words = Words(system=system, user=user, max_tokens=1)
    size = len((system + user).encode("utf-8", "replace"))
    assert worst_case(Rates(1000, 1000, 0, "", ""), words) == size + OVERHEAD_TOKENS


@pytest.mark.parametrize(
    "job",
    [
        titles_job(samples.titles_request()),
        lyrics_job(samples.lyrics_request()),
        captions_job(samples.captions_request()),
        profile_job(samples.profile_request(), samples.an_artist()),
    ],
    ids=lambda job: job.task,
)
def test_the_schema_of_an_answer_fits_what_is_put_around_the_words(job: Job) -> None:  # type: ignore[type-arg]
    assert len(json.dumps(job.shape.model_json_schema()).encode()) < OVERHEAD_TOKENS - 100


@pytest.mark.parametrize(
    ("provider", "model", "nano"),
    [
        ("openai", "gpt-5.4-mini", (750, 75, 4500)),
        ("openai", "gpt-5.4-mini-2026-03-17", (750, 75, 4500)),
        ("gemini", "gemini-3.8-flash", (750, 75, 3750)),
        ("grok", "grok-4.3", (1250, 200, 2500)),
        ("mistral", "mistral-medium-latest", (1500, 150, 7500)),
        ("anthropic", "claude-sonnet-5", (2000, 200, 10_000)),
        ("deepseek", "deepseek-v4-flash", (300, 6, 1200)),
    ],
)
def test_the_bundled_list_knows_the_models_of_the_table(
    provider: str, model: str, nano: tuple[int, int, int]
) -> None:
    rates = rates_of(provider, model, day=DAY)
    assert rates is not None
    assert (rates.input_nano, rates.cached_nano, rates.output_nano) == nano
    assert rates.source == "genai-prices"
    assert rates.version


@pytest.mark.parametrize(
    ("provider", "model"),
    [("openai", "no-such-model"), ("studio", "llama"), ("openai", "text-embedding-3-small")],
)
def test_nobody_knows_the_price_of_these(provider: str, model: str) -> None:
    assert rates_of(provider, model, day=DAY) is None


def test_no_chat_model_of_the_services_in_the_table_is_dearer_than_the_worst_case() -> None:
    for model in ("gpt-5.5-pro", "gpt-5.4-pro"):
        rates = rates_of("openai", model, day=DAY)
        assert rates is not None
        assert rates.input_nano <= UNKNOWN.input_nano
        assert rates.output_nano <= UNKNOWN.output_nano


def test_the_dearer_of_two_and_a_known_one_before_an_unknown() -> None:
    cheap = Rates(1, 1, 1, "", "")
    assert dearer(cheap, RATES) == dearer(RATES, cheap) == RATES
    assert dearer(None, cheap) == dearer(cheap, None) == cheap
    assert dearer(None, None) is None


def test_a_persons_own_table_goes_first_and_is_read_again_when_it_changes(tmp_path: Path) -> None:
    own = tmp_path / "prices.toml"
    own.write_text('["openai/gpt-5.4-mini"]\ninput = 0.5\noutput = 2.0028\ncached = 0\n')
    mine = rates_of("openai", "gpt-5.4-mini", own)
    assert mine == Rates(500, 0, 2003, "own", "prices.toml")
    own.write_text(
        '["studio/llama"]\ninput = 1\noutput = 2\n["openai/gpt-5.4-mini"]\ninput = 9\noutput = 9\n'
    )
    os.utime(own, ns=(1, 1))
    assert rates_of("openai", "gpt-5.4-mini", own) == Rates(9000, 9000, 9000, "own", "prices.toml")
    assert rates_of("studio", "llama", own) == Rates(1000, 1000, 2000, "own", "prices.toml")
    listed = rates_of("mistral", "mistral-medium-latest", own)
    assert listed is not None
    assert listed.source == "genai-prices"


@pytest.mark.parametrize(
    "text",
    [
        "no toml",
        "a = 1",
        '["a/b"]\ninput = 1',
        '["a/b"]\ninput = -1\noutput = 1',
        '["a/b"]\ninput = "x"\noutput = 1',
        '["a/b"]\ninput = nan\noutput = 1',
        '["a/b"]\ninput = inf\noutput = 1',
    ],
)
def test_a_table_that_is_none_is_told(text: str, tmp_path: Path) -> None:
    own = tmp_path / "prices.toml"
    own.write_text(text)
    with pytest.raises(Invalid, match=r"prices\.toml is no table"):
        rates_of("a", "b", own)


def test_a_table_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="no file"):
        rates_of("a", "b", tmp_path / "prices.toml")


def test_the_price_list_is_loaded_with_the_first_paid_model_only() -> None:
    code = """
import sys
import noktvrn.llm.endpoints as e
from noktvrn.settings import Settings
own = e.endpoints(Settings(_env_file=None, local_base_url="http://127.0.0.1:1/v1", local_model="m"))
print(len(own), sorted({"genai_prices", "openai", "anthropic", "pydantic_ai", "httpx2"} & set(sys.modules)))
e.endpoints(Settings(_env_file=None, openai_api_key="k"))
from genai_prices import update_prices
print("genai_prices" in sys.modules, update_prices._shared_updater.ref_count)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["1 []", "True 0"]
