"""The ground: errors, ids, money, seeds, clocks."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noktvrn.kernel import ids
from noktvrn.kernel.clock import FixedClock, aware
from noktvrn.kernel.errors import Invalid, LabelError, known_errors
from noktvrn.kernel.money import Money
from noktvrn.kernel.seeds import derive_seed, dice, seed_of

EXITS = {0, 1, 2, 3, 4, 5, 6, 7, 8, 70, 130}


def test_every_error_has_a_documented_exit_code_and_a_status() -> None:
    for kind in known_errors().values():
        assert kind.exit_code in EXITS
        assert 400 <= kind.status < 600


@pytest.mark.parametrize("kind", known_errors().values())
def test_errors_survive_pickling_and_become_problems(kind: type[LabelError]) -> None:
    error = pickle.loads(pickle.dumps(kind("what", code="a.code", hint="do this")))  # noqa: S301
    assert type(error) is kind
    problem = error.as_problem()
    assert (problem["detail"], problem["code"], problem["hint"]) == ("what", "a.code", "do this")


@given(st.sampled_from(sorted(ids.PREFIXES)), st.lists(st.text(), max_size=4))
def test_ids_are_parsed_as_they_were_made(kind: str, parts: list[str]) -> None:
    made = ids.derive(kind, *parts)
    assert ids.parse(kind, made) == made
    assert ids.derive(kind, *parts) == made


@given(st.text())
def test_anything_else_is_refused_with_the_shape_wanted(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        ids.parse("artist", text + "!")
    assert "art_" in caught.value.hint
    assert len(caught.value.message) < 500


@given(st.integers(-(10**12), 10**12), st.integers(-(10**12), 10**12))
def test_money_adds_exactly(one: int, other: int) -> None:
    assert (Money(one) + Money(other)) - Money(other) == Money(one)


def test_money_never_mixes_currencies_or_loses_a_fraction() -> None:
    with pytest.raises(ValueError, match="rate"):
        Money(1, "USD") + Money(1, "EUR")
    with pytest.raises(ValueError, match="millionth"):
        Money.of("0.0000001")
    assert str(Money.of("12.5")) == "12.50 USD"


def test_seeds_are_the_same_everywhere() -> None:
    assert derive_seed(7, "cover", 1) == 413019808891541425
    assert seed_of("  a   sentence ") == seed_of("a sentence")
    assert dice(1, "a").random() == dice(1, "a").random() != dice(1, "b").random()


def test_a_time_without_a_zone_means_nothing() -> None:
    with pytest.raises(ValueError, match="zone"):
        aware(datetime(2026, 1, 1))  # noqa: DTZ001
    clock = FixedClock(datetime(2026, 1, 1, tzinfo=UTC))
    clock.advance(timedelta(hours=1))
    assert clock.now().hour == 1
