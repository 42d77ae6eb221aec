"""The router: what it prefers, what it learns and forgets, that it explains itself and can be replayed."""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime, timedelta

import pytest

from noktvrn.kernel.errors import Invalid
from noktvrn.llm.routing import Candidate, Choice, Router, Steering
from noktvrn.storage.ledger.outcomes import Kind, Row

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
BEST, GOOD, POOR = "openai/model-1", "deepseek/model-2", "local/model-3"
THREE = (
    Candidate(POOR, 0.5, 0, 1.0, True),
    Candidate(BEST, 0.8, 2_000, 1.0, False),
    Candidate(GOOD, 0.7, 500, 1.0, False),
)
PRIORS = {one.name: {"lyrics": one.prior, "titles": one.prior} for one in THREE}


def taught(*scores: tuple[str, float], task: str = "lyrics", steering: Steering | None = None) -> Router:
    router = Router(steering, PRIORS)
    for number, (name, score) in enumerate(scores):
        router.learn(task, name, score, at=NOW + timedelta(minutes=number))
    return router


def order(router: Router, task: str = "lyrics", *, explore: bool = False) -> tuple[str, ...]:
    return router.rank(task, THREE, seed=1, explore=explore).order


def test_without_evidence_the_table_decides() -> None:
    assert order(Router()) == (BEST, GOOD, POOR)
    assert Router().rank("lyrics", (), seed=1) == Choice("lyrics", (), (), False)


def test_outcomes_outweigh_the_table() -> None:
    assert order(taught(*[(BEST, 0.3), (GOOD, 0.9)] * 6)) == (GOOD, POOR, BEST)


def test_what_a_model_shows_at_one_task_counts_less_at_others() -> None:
    router = taught(*[(BEST, 0.0)] * 8)
    lyrics, titles = (
        {row.name: row.mean for row in router.rank(task, THREE, seed=1).why} for task in ("lyrics", "titles")
    )
    assert lyrics[BEST] < titles[BEST] < 0.8
    assert titles[GOOD] == pytest.approx(0.7)
    assert order(router, "titles")[0] == GOOD


def test_every_number_of_a_choice_is_there_and_adds_up() -> None:
    choice = taught((BEST, 0.9), (GOOD, 0.4)).rank("lyrics", THREE, seed=1)
    for row in choice.why:
        assert row.final == pytest.approx(row.mean + row.bonus - row.cost - row.latency)
        assert f"{row.name} {row.final:.3f}" in str(choice)
    assert tuple(row.name for row in choice.why) == choice.order
    by_name = {row.name: row for row in choice.why}
    assert by_name[POOR].evidence == 0
    assert by_name[BEST].evidence == pytest.approx(1, abs=0.02)
    assert by_name[BEST].cost == pytest.approx(0.05 * 0.2)
    assert by_name[BEST].bonus < by_name[POOR].bonus


def rows(count: int) -> list[Row]:
    rng, found = random.Random(4), []
    kinds: tuple[Kind, ...] = ("validity", "critic", "verdict", "performance")
    for number in range(count):
        provider, _, model = rng.choice((BEST, GOOD, POOR)).partition("/")
        task, kind = rng.choice(("lyrics", "titles")), rng.choice(kinds)
        told = (task, provider, model, "lyrics-1", rng.random(), NOW + timedelta(minutes=number))
        found.append(Row(f"ses_{number:03d}", kind, 1, *told))
    return found


def test_stored_outcomes_and_a_seed_give_the_same_choice_again() -> None:
    first, second = Router(priors=PRIORS), Router(priors=PRIORS)
    first.load(rows(200))
    for row in rows(200):
        second.learn(row.task, f"{row.provider}/{row.model}", row.score, at=row.at, kind=row.kind)
    later = NOW + timedelta(days=2)
    for seed in range(5):
        chosen = first.rank("lyrics", THREE, seed=seed, at=later)
        assert chosen == second.rank("lyrics", THREE, seed=seed, at=later)


def test_the_embedded_writers_outcomes_are_not_the_routers() -> None:
    with_it, without = Router(priors=PRIORS), Router(priors=PRIORS)
    own = [row._replace(provider="embedded", model="") for row in rows(50)]
    with_it.load([*own, *rows(20)])
    without.load(rows(20))
    assert with_it.rank("lyrics", THREE, seed=1) == without.rank("lyrics", THREE, seed=1)


def test_ties_are_broken_by_the_seed_alone() -> None:
    same = [Candidate(f"service{number}/model", 0.6, 0, 1.0, True) for number in range(6)]
    firsts = {seed: Router().rank("lyrics", same, seed=seed).order for seed in range(30)}
    assert len({chosen[0] for chosen in firsts.values()}) > 3
    assert all(Router().rank("lyrics", same[::-1], seed=seed).order == firsts[seed] for seed in firsts)


def test_only_explorable_tasks_are_explored_and_only_at_a_price() -> None:
    steering = Steering(explorable=frozenset(["lyrics"]), explore_micros=1_000)
    router = taught(*[(GOOD, 0.7)] * 30, steering=steering)
    bonus = {row.name: row.bonus for row in router.rank("lyrics", THREE, seed=1).why}
    assert bonus[POOR] > bonus[GOOD] > 0
    assert bonus[BEST] == 0
    for chosen in (
        router.rank("profile", THREE, seed=1),
        router.rank("lyrics", THREE, seed=1, explore=False),
    ):
        assert {row.bonus for row in chosen.why} == {0.0}
        assert not chosen.explored


def test_spares_stand_by_value_without_a_bonus() -> None:
    close = (
        Candidate("known/model", 0.60, 0, 0.0, True),
        Candidate("second/model", 0.60, 0, 0.0, True),
        Candidate("new/model", 0.59, 0, 0.0, True),
    )
    router = Router(Steering(explorable=frozenset(["lyrics"])))
    for number in range(40):
        for name in ("known/model", "second/model"):
            router.learn("lyrics", name, 0.6, at=NOW + timedelta(minutes=number))
    chosen = router.rank("lyrics", close, seed=1)
    assert chosen.order[0] == "new/model"
    assert chosen.explored
    assert router.rank("lyrics", close, seed=1, explore=False).order[-1] == "new/model"


def test_a_model_that_breaks_is_left_and_one_that_recovered_is_asked_again() -> None:
    router, firsts = Router(priors=PRIORS), []
    for call in range(300):
        first = router.rank("lyrics", THREE, seed=call).order[0]
        firsts.append(first)
        silent = first == BEST and 100 <= call < 160
        level = {BEST: 0.8, GOOD: 0.65, POOR: 0.5}[first]
        router.learn("lyrics", first, 0.0 if silent else level, at=NOW + timedelta(minutes=call))
    assert firsts[60:100].count(BEST) > 35
    assert firsts[105:160].count(BEST) < 15
    assert firsts[220:].count(BEST) > 60


def test_evidence_fades_with_time_where_nothing_is_explored() -> None:
    router = taught(*[(BEST, 0.0)] * 4)
    assert order(router)[0] == GOOD
    later = NOW + timedelta(days=400)
    assert router.rank("lyrics", THREE, seed=1, explore=False, at=later).order[0] == BEST


def test_a_low_scale_of_late_judges_punishes_nobody() -> None:
    """Few people stream a song: what counts is who is streamed more than usual."""
    router = taught(*[(BEST, 0.8), (GOOD, 0.7)] * 5)
    means = {row.name: row.mean for row in router.rank("lyrics", THREE, seed=1).why}
    for number in range(10):
        router.learn("lyrics", BEST, 0.02, at=NOW + timedelta(days=1, minutes=number), kind="performance")
    after = {row.name: row.mean for row in router.rank("lyrics", THREE, seed=1).why}
    assert after[BEST] == pytest.approx(means[BEST], abs=0.05)
    for _ in range(5):
        router.learn("lyrics", GOOD, 0.3, at=NOW + timedelta(days=2), kind="performance")
    praised = {row.name: row.mean for row in router.rank("lyrics", THREE, seed=1).why}
    assert praised[GOOD] > after[GOOD] + 0.05


def test_a_persons_verdict_counts_more_than_a_check() -> None:
    moved = {}
    for kind in ("validity", "critic", "verdict"):
        router = Router(priors=PRIORS)
        router.learn("lyrics", GOOD, 0.0, at=NOW, kind=kind)
        moved[kind] = {row.name: row.mean for row in router.rank("lyrics", THREE, seed=1).why}[GOOD]
    assert moved["verdict"] < moved["critic"] < moved["validity"] < 0.7


@pytest.mark.parametrize(
    ("score", "kind"), [(1.1, "critic"), (-0.1, "critic"), (float("nan"), "critic"), (0.5, "mood")]
)
def test_what_is_no_outcome_is_not_learnt(score: float, kind: str) -> None:
    router = Router(priors=PRIORS)
    with pytest.raises(Invalid):
        router.learn("lyrics", BEST, score, at=NOW, kind=kind)
    assert router.rank("lyrics", THREE, seed=1) == Router(priors=PRIORS).rank("lyrics", THREE, seed=1)


def test_a_choice_takes_microseconds() -> None:
    ten = [Candidate(f"service{number}/model", 0.6, number, 1.0, False) for number in range(10)]
    router, spent = Router(), []
    for call in range(300):
        before = time.process_time_ns()
        chosen = router.rank("lyrics", ten, seed=call)
        spent.append(time.process_time_ns() - before)
        router.learn("lyrics", chosen.order[0], 0.6, at=NOW)
    assert sorted(spent)[150] < 50_000
