"""Whom a cycle chooses."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import settings as rules_of
from hypothesis import strategies as some

from noktvrn.model.artist import LifecycleState
from noktvrn.planning.selection import WORKING, Due, Pass, Rules, Standing, Why, select

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
ACTIVE, CANDIDATE = LifecycleState.ACTIVE, LifecycleState.CANDIDATE


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def chosen(*standings: Standing, places: int = 3) -> list[str]:
    return [one.artist_id for one in select(standings, Rules(places), NOW).chosen]


def passed(*standings: Standing, places: int = 3) -> dict[Pass, int]:
    return select(standings, Rules(places), NOW).passed


def test_calendars_come_first_then_candidates_then_the_longest_idle() -> None:
    assert chosen(
        Standing("d", ACTIVE, ago(30)),
        Standing("e", ACTIVE, ago(90)),
        Standing("c", CANDIDATE, ago(1)),
        Standing("b", ACTIVE, ago(1), planned=True, due=Due(date(2026, 11, 22), "brf_b")),
        Standing("a", ACTIVE, ago(9), planned=True, due=Due(date(2026, 11, 20), "brf_a")),
        places=5,
    ) == ["a", "b", "c", "e", "d"]


def test_an_artist_that_was_never_recorded_is_idle_longest() -> None:
    assert chosen(Standing("b", CANDIDATE, ago(999)), Standing("a", CANDIDATE)) == ["a", "b"]


def test_what_keeps_an_artist_out() -> None:
    due = Due(date(2026, 11, 20), "brf")
    for standing, reason in (
        (Standing("a", LifecycleState.PAUSED, due=due), Pass.STATE),
        (Standing("a", LifecycleState.RETIRED), Pass.STATE),
        (Standing("a", ACTIVE, busy=True, due=due), Pass.BUSY),
        (Standing("a", ACTIVE, on_desk=True), Pass.DESK),
        (Standing("a", ACTIVE, planned=True), Pass.CALENDAR),
        (Standing("a", ACTIVE, ago(6.9)), Pass.RESTING),
        (Standing("a", CANDIDATE, has_budget=False), Pass.BUDGET),
        (Standing("a", ACTIVE, due=due, has_budget=False), Pass.BUDGET),
    ):
        assert not chosen(standing)
        assert passed(standing) == {reason: 1}


def test_a_calendar_does_not_wait_for_the_desk_and_a_candidate_needs_no_rest() -> None:
    due = Due(date(2026, 11, 20), "brf")
    assert chosen(Standing("a", ACTIVE, ago(1), on_desk=True, due=due)) == ["a"]
    assert chosen(Standing("a", CANDIDATE, ago(0))) == ["a"]


def test_who_finds_no_place_is_counted() -> None:
    crowd = [Standing(f"{number}", CANDIDATE) for number in range(7)]
    assert passed(*crowd) == {Pass.LATER: 4}
    assert chosen(*crowd, places=0) == []


standings = some.builds(
    Standing,
    artist_id=some.integers(0, 10**9).map(str),
    state=some.sampled_from(list(LifecycleState)),
    last_run_at=some.none() | some.integers(0, 60).map(ago),
    busy=some.booleans(),
    on_desk=some.booleans(),
    planned=some.booleans(),
    due=some.none()
    | some.builds(Due, some.integers(-30, 3).map(lambda n: NOW.date() + timedelta(n)), some.just("brf")),
    has_budget=some.booleans(),
    stumbled=some.booleans(),
)


@given(
    roster=some.lists(standings, max_size=30, unique_by=lambda one: one.artist_id),
    places=some.integers(0, 8),
    order=some.randoms(use_true_random=False),
)
@rules_of(max_examples=80)
def test_every_choice_keeps_the_rules(roster: list[Standing], places: int, order: object) -> None:
    found = select(roster, Rules(places), NOW)
    by_id = {one.artist_id: one for one in roster}
    shuffled = list(roster)
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    assert select(shuffled, Rules(places), NOW) == found, "the order of the roster has no part in it"
    assert len(found.chosen) + sum(found.passed.values()) == len(roster)
    assert len(found.chosen) <= places
    ranks = [(by_id[one.artist_id].stumbled, list(Why).index(one.why)) for one in found.chosen]
    assert ranks == sorted(ranks), "who could not be started lately goes last"
    for one in found.chosen:
        artist = by_id[one.artist_id]
        assert artist.state in WORKING and not artist.busy and artist.has_budget
        assert (one.brief_id == "brf") == (artist.due is not None)
        assert artist.due or not (artist.on_desk or artist.planned)
    for earlier, later in pairwise(found.chosen):
        alike = by_id[earlier.artist_id].stumbled is by_id[later.artist_id].stumbled
        if alike and earlier.why is later.why and earlier.why is not Why.DUE:
            longest, shorter = (by_id[one.artist_id].last_run_at for one in (earlier, later))
            assert longest is None or (shorter is not None and longest <= shorter)
