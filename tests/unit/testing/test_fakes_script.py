"""The script of faults: which rule meets which request."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noktvrn.testing.fakes.script import Fault, Script

METHODS = st.sampled_from(["GET", "POST"])
PATHS = st.sampled_from(["/v1/music", "/v1/music/plan", "/v2", "/"])
REQUESTS = st.lists(st.tuples(METHODS, PATHS), max_size=30)
COUNTS = st.one_of(
    st.just({}),
    st.builds(lambda n: {"nth": n}, st.integers(1, 6)),
    st.builds(lambda n: {"first": n}, st.integers(1, 6)),
    st.builds(lambda n: {"every": n}, st.integers(1, 6)),
)
ON = st.builds(
    lambda method, path: f"{method} {path}",
    METHODS | st.just("*"),
    st.sampled_from(["*", "/", "/v1", "/v1/music", "/v1/music/plan"]),
)
RULES = st.lists(
    st.builds(lambda on, counts: {"on": on, "fault": "f", **counts}, ON, COUNTS), max_size=5
).map(lambda rules: [{**rule, "number": number} for number, rule in enumerate(rules)])


def could_meet(rule: dict[str, Any], method: str, path: str) -> bool:
    wanted, _, start = rule["on"].partition(" ")
    return wanted in ("*", method) and (start == "*" or path.startswith(start))


def expected(rules: list[dict[str, Any]], requests: list[tuple[str, str]], at: int) -> int | None:
    """The number of the rule that decides on the request at `at`, told by the words of the description."""
    for rule in rules:
        if not could_meet(rule, *requests[at]):
            continue
        met = sum(could_meet(rule, *request) for request in requests[: at + 1])
        if met == rule.get("nth", met) and met <= rule.get("first", met) and met % rule.get("every", 1) == 0:
            return int(rule["number"])
    return None


@given(RULES, REQUESTS)
def test_the_first_rule_that_meets_a_request_decides(
    rules: list[dict[str, Any]], requests: list[tuple[str, str]]
) -> None:
    script = Script(rules)
    for at, (method, path) in enumerate(requests):
        fault = script.fault(method, path)
        assert (fault.told["number"] if fault else None) == expected(rules, requests, at)


@given(st.floats(0, 1), st.integers(0, 2**32), st.integers(1, 60))
def test_a_share_is_met_by_the_scripts_own_dice(share: float, seed: int, count: int) -> None:
    def met() -> list[bool]:
        script = Script([{"fault": "reset", "share": share}], seed)
        return [script.fault("GET", "/") is not None for _ in range(count)]

    assert met() == met()
    if share in (0.0, 1.0):
        assert set(met()) == {share == 1.0}


def test_a_share_is_about_as_large_as_it_says() -> None:
    script = Script([{"fault": "reset", "share": 0.25}], 7)
    assert 200 < sum(script.fault("GET", "/") is not None for _ in range(1_000)) < 300


def test_a_rule_without_limits_meets_everything_and_hands_its_words_on() -> None:
    assert Script([{"fault": "status", "status": 503, "body": {"a": 1}}]).fault("GET", "/x") == Fault(
        "status", {"status": 503, "body": {"a": 1}}
    )
    assert Script().fault("GET", "/") is None


@pytest.mark.parametrize(
    "rule",
    [
        "reset",
        None,
        {},
        {"fault": ""},
        {"fault": 7},
        {"fault": "reset", "nth": 0},
        {"fault": "reset", "nth": "1"},
        {"fault": "reset", "first": True},
        {"fault": "reset", "every": -1},
        {"fault": "reset", "share": 1.5},
        {"fault": "reset", "share": "half"},
        {"fault": "reset", "nth": 1, "first": 2},
        {"fault": "reset", "nth": 1, "share": 0.5},
    ],
)
def test_a_rule_that_is_none_is_told(rule: Any) -> None:
    with pytest.raises(ValueError, match=r"rule|counted|share"):
        Script([rule])


def test_a_script_is_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "faults.json"
    path.write_text(json.dumps([{"on": "POST /v1", "nth": 2, "fault": "reset_after"}]), "utf-8")
    script = Script.read(path)
    assert [script.fault("POST", "/v1/x") for _ in range(3)] == [None, Fault("reset_after"), None]
    path.write_text("{}", "utf-8")
    with pytest.raises(ValueError, match="list of rules"):
        Script.read(path)
