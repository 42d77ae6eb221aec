"""A calendar keeps its distances, its lead times and its word, for every window there is."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.planning.planning_samples import NOW, planned_artist

from noktvrn.kernel.errors import Invalid
from noktvrn.model.artist import ReleaseStrategy
from noktvrn.model.plan import ContentPlan
from noktvrn.planning.calendar import make_plan

STARTS = date(2026, 12, 1)


@st.composite
def release_strategies(draw: st.DrawFn) -> ReleaseStrategy:
    low = draw(st.integers(3, 15))
    return ReleaseStrategy(
        track_release_random_days=(low, draw(st.integers(low, 15))),
        video_release_ratio=draw(st.sampled_from([0.0, 0.25, 0.5, 0.7, 1.0])),
        social_media_post_frequency=draw(st.integers(0, 21)),
        preferred_weekdays=tuple(draw(st.sets(st.integers(0, 6), max_size=3))),
    )


def plan_for(
    strategy: ReleaseStrategy | None = None,
    *,
    starts_on: date = STARTS,
    days: int = 90,
    seed: int = 1,
    existing: tuple[date, ...] = (),
    now: datetime = NOW,
) -> ContentPlan:
    return make_plan(
        planned_artist(strategy),
        starts_on=starts_on,
        days=days,
        seed=seed,
        now=now,
        existing_release_dates=existing,
    )


def singles_of(plan: ContentPlan) -> list[date]:
    return [item.on for item in plan.items if item.brief.content_type == "single"]


@settings(max_examples=150, deadline=None)
@given(
    strategy=release_strategies(),
    starts_on=st.dates(date(2020, 1, 1), date(2032, 12, 31)),
    days=st.integers(1, 366),
    seed=st.integers(0, 2**62),
    offsets=st.lists(st.integers(-30, 400), max_size=6),
)
def test_every_plan_keeps_the_rules(
    strategy: ReleaseStrategy, starts_on: date, days: int, seed: int, offsets: list[int]
) -> None:
    existing = tuple(starts_on + timedelta(days=offset) for offset in offsets)
    plan = plan_for(strategy, starts_on=starts_on, days=days, seed=seed, existing=existing)
    low, high = strategy.track_release_random_days
    ons = [item.on for item in plan.items]
    ends_on = starts_on + timedelta(days=days - 1)

    assert ons and starts_on <= ons[0] <= starts_on + timedelta(days=low - 1) and ons[-1] <= ends_on
    assert all(3 <= low <= (after - before).days <= high <= 15 for before, after in pairwise(ons))
    assert (ends_on - ons[-1]).days < low, "the plan runs to its end"
    singles = singles_of(plan)
    assert all(abs((a - b).days) >= 7 for a in singles for b in (*singles, *existing) if a is not b)
    for item in plan.items:
        lead = 14 if item.brief.content_type == "single" else 0
        assert item.produce_by == item.on - timedelta(days=lead) >= starts_on
    if high - low >= 6:
        assert all(day.weekday() in (strategy.preferred_weekdays or (4,)) for day in singles)


@settings(max_examples=60, deadline=None)
@given(ratio=st.floats(0, 1), seed=st.integers(0, 10_000))
def test_the_share_of_films_is_within_one_film_of_the_wish(ratio: float, seed: int) -> None:
    plan = plan_for(ReleaseStrategy(video_release_ratio=ratio), days=366, seed=seed)
    films = [item.brief.with_video for item in plan.items if item.brief.content_type == "single"]
    assert abs(sum(films) - ratio * len(films)) < 1 + 1e-6


def test_a_usual_quarter_has_singles_and_things_between() -> None:
    kinds = [item.brief.content_type for seed in range(20) for item in plan_for(seed=seed).items]
    singles = kinds.count("single") / 20
    assert 4 <= singles <= 8
    assert kinds.count("teaser") > 20 and kinds.count("post") > 20


def test_the_same_request_gives_the_same_plan_whenever_it_is_asked() -> None:
    one, other = plan_for(), plan_for(now=datetime(2027, 1, 1, tzinfo=UTC))
    assert one.model_copy(update={"created_at": other.created_at}) == other


@pytest.mark.parametrize(
    "changed",
    [{"seed": 2}, {"days": 91}, {"starts_on": date(2026, 12, 2)}, {"existing": (date(2027, 1, 1),)}],
)
def test_another_request_gives_another_plan(changed: dict[str, object]) -> None:
    one, other = plan_for(), plan_for(**changed)  # type: ignore[arg-type]
    assert one.id != other.id
    assert not {item.brief.id for item in one.items} & {item.brief.id for item in other.items}


def test_a_release_far_from_the_window_changes_nothing() -> None:
    assert plan_for(existing=(date(2026, 11, 20), date(2027, 6, 1))) == plan_for()


def test_another_version_of_the_artist_gets_a_plan_of_its_own() -> None:
    plans = [
        make_plan(planned_artist(version=version), starts_on=STARTS, days=90, seed=1, now=NOW)
        for version in (1, 2)
    ]
    assert plans[0].id != plans[1].id
    assert {item.brief.artist_version for item in plans[1].items} == {2}


def test_every_item_is_a_complete_brief() -> None:
    plan = plan_for(days=200)
    profile = planned_artist().profile
    assert len({item.brief.id for item in plan.items}) == len({item.brief.seed for item in plan.items})
    for number, item in enumerate(plan.items, start=1):
        brief = item.brief
        assert brief.theme in profile.themes and brief.mood in profile.moods
        assert brief.due_on == item.on and brief.artist_id == plan.artist_id
        assert brief.note.startswith(f"{number} of {len(plan.items)} in plan {plan.id}")
        assert item.chapter in brief.note


def test_a_teaser_speaks_of_the_single_that_is_already_being_made() -> None:
    teasers = 0
    for seed in range(10):
        items = plan_for(days=180, seed=seed).items
        singles = {item.on: item for item in items if item.brief.content_type == "single"}
        for item in items:
            if item.brief.content_type == "teaser":
                coming = singles[min(day for day in singles if day > item.on)]
                assert coming.produce_by <= item.on
                assert (item.brief.theme, item.brief.mood) == (coming.brief.theme, coming.brief.mood)
                teasers += 1
    assert teasers > 10


def test_an_artist_who_does_not_post_gets_no_posts() -> None:
    silent = ReleaseStrategy(social_media_post_frequency=0)
    kinds = {item.brief.content_type for seed in range(10) for item in plan_for(silent, seed=seed).items}
    assert kinds == {"single", "teaser"}


def test_a_song_has_the_length_of_its_genre_and_grows_with_the_factor() -> None:
    lengths = {}
    for style, factor in (("lofi", 1.0), ("techno", 1.0), ("techno", 1.25)):
        plan = make_plan(
            planned_artist(style=style), starts_on=STARTS, days=366, seed=1, now=NOW, duration_factor=factor
        )
        lengths[style, factor] = [
            item.brief.duration_s for item in plan.items if item.brief.content_type == "single"
        ]
    assert max(lengths["lofi", 1.0]) < min(lengths["techno", 1.0])
    assert all(
        long == round(usual * 1.25)
        for usual, long in zip(lengths["techno", 1.0], lengths["techno", 1.25], strict=True)
    )


@pytest.mark.parametrize("starts_on", [date(2028, 2, 27), date(2027, 2, 26), date(2026, 12, 30)])
def test_leap_days_and_year_ends_are_days_like_others(starts_on: date) -> None:
    plan = plan_for(ReleaseStrategy(track_release_random_days=(3, 3)), starts_on=starts_on, days=31)
    ons = [item.on for item in plan.items]
    assert {(after - before).days for before, after in pairwise(ons)} == {3}
    assert len(ons) in (10, 11)


@pytest.mark.parametrize("days", [0, -1, 367])
def test_a_window_of_another_length_is_refused(days: int) -> None:
    with pytest.raises(Invalid, match=r"cannot be made") as caught:
        plan_for(days=days)
    assert "1 to 366" in caught.value.hint


@pytest.mark.parametrize("starts_on", [date.max - timedelta(days=20), date.min])
def test_a_window_that_leaves_the_calendar_is_refused(starts_on: date) -> None:
    with pytest.raises(Invalid, match="leaves the calendar"):
        plan_for(starts_on=starts_on)


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        plan_for(now=NOW.replace(tzinfo=None))
