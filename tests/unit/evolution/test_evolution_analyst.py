"""The analyst finds what is in the figures, and nothing that is not."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.evolution.evolution_samples import (
    AXES,
    NOW,
    audience,
    evolved_artist,
    heard,
    styled,
    styles_of,
)

from noktvrn.evolution.analyst import analyse
from noktvrn.evolution.evidence import AxisEvidence, Evidence
from noktvrn.evolution.surface import SLOPE_SD
from noktvrn.model.performance import Performance

ARTIST = evolved_artist()
STYLES = styles_of(*(styled(space=space) for space in (0.35, 0.45, 0.55, 0.65)))


def axis_of(evidence: Evidence, name: str) -> AxisEvidence:
    return next(axis for axis in evidence.axes if axis.axis == name)


def space_slope(rows: list[Performance]) -> float:
    return axis_of(analyse(ARTIST, rows, STYLES), "space").slope


def test_no_figures_are_no_evidence() -> None:
    evidence = analyse(ARTIST, [], STYLES)
    assert (evidence.releases, evidence.streams, evidence.read_at) == (0, 0, None)
    assert [axis.axis for axis in evidence.axes] == list(AXES)
    assert all(axis.slope == 0.0 and axis.sd == pytest.approx(SLOPE_SD) for axis in evidence.axes)


def test_a_taste_is_found_and_other_axes_stay_unknown() -> None:
    evidence = analyse(ARTIST, audience(STYLES, {"space": 4.0}), STYLES)
    space, energy = axis_of(evidence, "space"), axis_of(evidence, "energy")
    assert space.slope > 0 and space.certainty > 0.4
    assert space.contrast is not None and space.contrast.metric == "completions"
    assert 15 < space.contrast.points < 20
    assert energy.slope == pytest.approx(0.0, abs=1e-9) and energy.contrast is None
    assert energy.sd == pytest.approx(SLOPE_SD, rel=1e-6)
    assert (evidence.releases, evidence.streams) == (4, 36_000)
    assert evidence.newest_first_report == date(2026, 9, 29)


@settings(max_examples=40, deadline=None)
@given(weak=st.floats(-6, 6), more=st.floats(0.2, 4), streams=st.integers(200, 50_000))
def test_a_stronger_taste_is_a_steeper_slope(weak: float, more: float, streams: int) -> None:
    flatter = space_slope(audience(STYLES, {"space": weak}, streams=streams))
    steeper = space_slope(audience(STYLES, {"space": weak + more}, streams=streams))
    assert steeper > flatter


def test_more_releases_and_more_streams_make_surer() -> None:
    def certainty(copies: int, streams: int) -> float:
        styles = styles_of(*(styled(space=space) for space in (0.35, 0.65) * copies))
        evidence = analyse(ARTIST, audience(styles, {"space": 3.0}, streams=streams), styles, at=NOW)
        return axis_of(evidence, "space").certainty

    assert certainty(2, 30) < certainty(2, 100) < certainty(2, 1_000)
    assert certainty(2, 5_000) < certainty(4, 5_000) < certainty(8, 5_000)


@settings(max_examples=40, deadline=None)
@given(lucks=st.lists(st.floats(-1, 1), min_size=4, max_size=4), seed=st.integers(0, 99))
def test_the_order_of_rows_and_styles_does_not_matter(lucks: list[float], seed: int) -> None:
    rows = audience(STYLES, {"space": 2.0}, lucks=lucks)
    rows += [row.model_copy(update={"platform": "tiktok", "skips": None}) for row in rows[:3]]
    dice = Random(seed)
    mixed = dict(dice.sample(list(STYLES.items()), len(STYLES)))
    words = {release: ("rain" if number % 2 else "night", "calm") for number, release in enumerate(STYLES)}
    assert analyse(ARTIST, dice.sample(rows, len(rows)), mixed, words) == analyse(ARTIST, rows, STYLES, words)


def test_missing_is_not_zero() -> None:
    rows = audience(STYLES, {"space": 2.0})
    unknown = [*rows[:3], rows[3].model_copy(update={"saves": None})]
    nobody = [*rows[:3], rows[3].model_copy(update={"saves": 0})]
    assert space_slope(nobody) < space_slope(unknown)
    assert space_slope(unknown) == pytest.approx(space_slope(rows), rel=0.1)


def test_a_row_without_rates_says_nothing() -> None:
    rows = audience(STYLES, {"space": 2.0})
    bare = heard(3, completions=None, skips=None, saves=None)
    without_streams = heard(3, streams=9_000).model_copy(update={"streams": None})
    for row in (bare, without_streams):
        assert analyse(ARTIST, [*rows[:3], row], STYLES).releases == 3


def test_views_stand_in_for_streams_where_only_a_film_was_played() -> None:
    film = heard(3).model_copy(update={"streams": None, "views": 9_000})
    evidence = analyse(ARTIST, [*audience(STYLES, {})[:3], film], STYLES)
    assert (evidence.releases, evidence.streams) == (4, 36_000)


def test_volume_alone_teaches_nothing() -> None:
    rows = [
        heard(number, finished=0.5, streams=streams)
        for number, streams in enumerate((1_000, 9_000, 40_000, 90_000))
    ]
    assert space_slope(rows) == pytest.approx(0.0, abs=0.02)


@settings(max_examples=30, deadline=None)
@given(finished=st.floats(0, 0.9), streams=st.integers(0, 10**6), number=st.integers(0, 3))
def test_flagged_rows_have_no_effect(finished: float, streams: int, number: int) -> None:
    rows = audience(STYLES, {"space": 2.0})
    fake = heard(number, finished=finished, streams=streams, platform="deezer", suspicious=True)
    clean = analyse(ARTIST, rows, STYLES)
    assert analyse(ARTIST, [*rows, fake], STYLES) == clean.model_copy(update={"left_out": 1})


def test_other_artists_and_releases_of_unknown_style_have_no_effect() -> None:
    rows = audience(STYLES, {"space": 2.0})
    foreign = heard(0, finished=0.1, artist_id="art_000000000zzzz", platform="deezer")
    unknown = heard(77, finished=0.1)
    assert analyse(ARTIST, [*rows, foreign, unknown], STYLES) == analyse(ARTIST, rows, STYLES)


def test_old_figures_count_less() -> None:
    liked = audience(STYLES, {"space": 4.0}, streams=60)
    disliked = audience(STYLES, {"space": -4.0}, streams=60)

    def slope(days: int) -> float:
        age = timedelta(days=days)
        old = [
            row.model_copy(
                update={
                    "platform": "deezer",
                    "period_start": row.period_start - age,
                    "period_end": row.period_end - age,
                }
            )
            for row in disliked
        ]
        return space_slope([*liked, *old])

    assert slope(0) < slope(400) < slope(4_000)


def test_ages_count_from_the_newest_record_unless_told() -> None:
    rows = audience(STYLES, {"space": 2.0}, streams=100)
    assert analyse(ARTIST, rows, STYLES) == analyse(ARTIST, rows, STYLES, at=NOW)
    later = analyse(ARTIST, rows, STYLES, at=NOW + timedelta(days=900))
    assert axis_of(later, "space").certainty < axis_of(analyse(ARTIST, rows, STYLES), "space").certainty


def test_a_time_without_a_zone_is_refused() -> None:
    row = heard(0, recorded_at=datetime(2026, 11, 21))  # noqa: DTZ001 - what is tested
    with pytest.raises(ValueError, match="zone"):
        analyse(ARTIST, [row], STYLES)


def test_overlapping_periods_count_no_stream_twice() -> None:
    month = heard(0)
    week = month.model_copy(
        update={"period_start": month.period_end - timedelta(days=6), "streams": 2_000, "completions": 1_000}
    )
    stale = month.model_copy(update={"streams": 8_000, "recorded_at": NOW - timedelta(days=3)})
    assert analyse(ARTIST, [week, stale, month], STYLES) == analyse(ARTIST, [month], STYLES)


def test_platforms_are_compared_with_themselves_only() -> None:
    """Deezer listeners finish more of everything; only airy songs are there; space must not profit."""
    rows = [heard(number, finished=0.5) for number in range(4)]
    rows += [heard(number, finished=0.8, platform="deezer", skips=None, saves=None) for number in (2, 3)]
    assert space_slope(rows) == pytest.approx(0.0, abs=0.05)


def test_a_freak_release_bends_the_slope_a_bounded_amount() -> None:
    styles = styles_of(*(styled(space=0.3 + 0.05 * step) for step in range(9)))

    def slope(luck: float) -> float:
        rows = audience(styles, {"space": 1.0}, lucks=(*([0.0] * 8), luck))
        return axis_of(analyse(ARTIST, rows, styles), "space").slope

    usual, lucky, absurd = slope(0.0), slope(2.0), slope(4.0)
    assert usual < lucky
    assert absurd - lucky < 0.5 * (lucky - usual)


def test_a_theme_that_did_better_is_found() -> None:
    styles = styles_of(*[styled()] * 6)
    words = {release: ("rain" if number < 3 else "night", "calm") for number, release in enumerate(styles)}
    rows = audience(styles, {}, lucks=(0.8, 0.7, 0.9, -0.1, 0.0, 0.1))
    evidence = analyse(ARTIST, rows, styles, words)
    worth = {(word.kind, word.word): word.effect for word in evidence.words}
    assert set(worth) == {("theme", "rain"), ("theme", "night")}, "one mood everywhere compares with nothing"
    assert worth["theme", "rain"] == pytest.approx(-worth["theme", "night"])
    assert worth["theme", "rain"] > 0.1
