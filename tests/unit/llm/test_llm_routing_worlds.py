"""The router in worlds it was not tuned on: what it must gain there, and never less than the static table."""

from __future__ import annotations

import statistics

import pytest
from bench.routing import JUDGED, TARGETS, asked_again, shares


@pytest.mark.parametrize("calls", [100, 300, pytest.param(1000, marks=pytest.mark.long)])
def test_it_gains_what_it_must(calls: int) -> None:
    ours = statistics.median(shares("ours", calls, JUDGED))
    assert ours >= TARGETS[calls]
    assert ours > statistics.median(shares("static table", calls, JUDGED))


def test_a_recovered_model_is_never_starved() -> None:
    waits = [asked_again(number) for number in range(20)]
    assert max(1001 if wait is None else wait for wait in waits) <= 300
