"""The lifecycle's rules, row by row, in the order of the original."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import settings as rules_of
from hypothesis import strategies as some

from noktvrn.artist.lifecycle import Record, Rules, after_evolution, counted, judge
from noktvrn.model.artist import LifecycleState

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
CANDIDATE, ACTIVE, EVOLVING, PAUSED, RETIRED = LifecycleState


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def record(state: LifecycleState = ACTIVE, **told: object) -> Record:
    usual = {"state_since": ago(200), "joined_at": ago(300), "last_run_at": ago(1)}
    return Record(state, **{**usual, **told})  # type: ignore[arg-type]


ROWS = [
    ("a retired artist stays so", record(RETIRED, approved=20), RETIRED, "retired"),
    ("0: five rejections in a row retire", record(rejections=5), RETIRED, "rejections"),
    ("0: from every state", record(PAUSED, state_since=ago(1), rejections=6), RETIRED, "rejections"),
    ("0: four do not", record(rejections=4), ACTIVE, "too_early"),
    ("1: ninety days paused do not retire yet", record(PAUSED, state_since=ago(90)), PAUSED, "waiting"),
    ("1: more do", record(PAUSED, state_since=ago(90.1)), RETIRED, "paused"),
    ("1: else a pause is left alone", record(PAUSED, state_since=ago(3), approved=50), PAUSED, "waiting"),
    ("2: nine runs tell nothing", record(CANDIDATE, rejected=9), CANDIDATE, "too_early"),
    ("2: idle with few runs", record(CANDIDATE, last_run_at=ago(46)), PAUSED, "idle"),
    ("2: forty-five days are not too long", record(CANDIDATE, last_run_at=ago(45)), CANDIDATE, "too_early"),
    (
        "2: never begun counts from joining",
        record(last_run_at=None, joined_at=ago(46), state_since=ago(46)),
        PAUSED,
        "idle",
    ),
    ("2: a state that is new counts", record(last_run_at=ago(99), state_since=ago(2)), ACTIVE, "too_early"),
    ("3: approval below a fifth", record(approved=1, rejected=9), PAUSED, "approval"),
    ("3: a fifth is enough", record(approved=2, rejected=8), EVOLVING, "evolve"),
    ("3: failures above thirty percent", record(approved=6, failed=4), PAUSED, "errors"),
    ("3: thirty are borne", record(approved=7, failed=3), ACTIVE, "praised"),
    ("4: idle with many runs", record(approved=20, last_run_at=ago(50)), PAUSED, "idle"),
    ("5: below forty percent it evolves", record(approved=3, rejected=7), EVOLVING, "evolve"),
    ("5: forty are enough", record(EVOLVING, approved=4, rejected=6), ACTIVE, "steady"),
    ("6: above eighty-five a candidate is active", record(CANDIDATE, approved=10), ACTIVE, "praised"),
    ("7: a candidate in between too", record(CANDIDATE, approved=6, rejected=4), ACTIVE, "steady"),
    ("7: and one that evolved", record(EVOLVING, approved=6, rejected=4), ACTIVE, "steady"),
    ("an evolution nobody answered is asked again", record(EVOLVING, approved=1), EVOLVING, "evolve"),
]


@pytest.mark.parametrize(("told", "known", "state", "rule"), ROWS, ids=[row[0] for row in ROWS])
def test_a_row_of_the_table(told: str, known: Record, state: LifecycleState, rule: str) -> None:
    ruling = judge(known, Rules(), NOW)
    assert (ruling.state, ruling.rule) == (state, rule), told
    assert ruling.reason.endswith(".")


def test_every_figure_can_be_set() -> None:
    strict = Rules(
        min_runs=2, rejections=2, idle=timedelta(days=3), paused=timedelta(days=5), pause_approval=0.6
    )
    assert judge(record(rejections=2), strict, NOW).rule == "rejections"
    assert judge(record(last_run_at=ago(4)), strict, NOW).rule == "idle"
    assert judge(record(PAUSED, state_since=ago(6)), strict, NOW).rule == "paused"
    assert judge(record(approved=1, rejected=1), strict, NOW).rule == "approval"
    lenient = Rules(min_runs=1, pause_errors=0.9, evolve_approval=0.1, praise_approval=0.4)
    assert judge(record(approved=1, rejected=1, failed=2), lenient, NOW).rule == "praised"


def test_what_becomes_of_an_evolution() -> None:
    tried = record(EVOLVING, failed_evolutions=2)
    moved = after_evolution(tried, Rules(), NOW, moved=True, why="tempo rose.")
    held = after_evolution(tried, Rules(), NOW, moved=False, why="nothing stands out.")
    last = after_evolution(tried._replace(failed_evolutions=3), Rules(), NOW, moved=False, why="again.")
    assert [one.state for one in (moved, held, last)] == [ACTIVE, PAUSED, RETIRED]
    assert [one.rule for one in (moved, held, last)] == ["evolved", "not_evolved", "evolutions"]


def test_the_next_check_is_at_the_pace_or_when_a_pause_can_end() -> None:
    assert judge(record(), Rules(), NOW).check_at == NOW + timedelta(hours=6)
    paused = record(PAUSED, state_since=ago(80))
    assert judge(paused, Rules(), NOW).check_at == NOW + timedelta(days=10)
    fresh = record(PAUSED, state_since=ago(1))
    assert judge(fresh, Rules(), NOW).check_at == NOW + timedelta(days=30)


def test_nobodys_word_counts_nowhere() -> None:
    states = {"completed": 3, "releasing": 1, "approved": 1, "rejected": 2, "failed": 4}
    quiet = {"expired": 9, "cancelled": 9, "producing": 9, "held": 9, "awaiting_review": 9}
    assert counted(states | quiet) == {"approved": 5, "rejected": 2, "failed": 4}


@given(
    state=some.sampled_from(list(LifecycleState)),
    counts=some.tuples(*[some.integers(0, 40)] * 3),
    rejections=some.integers(0, 8),
    days=some.tuples(some.integers(0, 120), some.integers(0, 120)),
)
@rules_of(max_examples=80)
def test_every_record_has_a_ruling_that_stands(
    state: LifecycleState, counts: tuple[int, int, int], rejections: int, days: tuple[int, int]
) -> None:
    approved, rejected, failed = counts
    known = record(
        state,
        state_since=ago(days[0] + 0.5),
        last_run_at=ago(days[1] + 0.5),
        approved=approved,
        rejected=rejected,
        failed=failed,
        rejections=rejections,
    )
    ruling = judge(known, Rules(), NOW)
    assert ruling.check_at > NOW
    assert state is not RETIRED or ruling.state is RETIRED, "no rule brings a retired artist back"
    assert state is not PAUSED or ruling.state in (PAUSED, RETIRED), "nor a paused one"
    assert ruling.state is not CANDIDATE or state is CANDIDATE
    if ruling.state is state is not EVOLVING:
        assert judge(known, Rules(), NOW + timedelta(minutes=1)).state is state
