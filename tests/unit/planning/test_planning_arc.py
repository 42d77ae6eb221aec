"""The arc: five chapters in order, each in the artist's own words."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.planning.planning_samples import NOW, planned_artist

from noktvrn.planning.arc import CHAPTERS, Arc, chapter_at
from noktvrn.planning.calendar import make_plan


@settings(deadline=None)
@given(days=st.integers(1, 366))
def test_chapters_come_in_order_and_long_windows_have_all_five(days: int) -> None:
    places = [CHAPTERS.index(chapter_at(day, days)) for day in range(days)]
    assert places[0] == 0
    assert all(after - before in (0, 1, 2, 3, 4) for before, after in pairwise(places))
    if days >= 7:
        assert set(places) == {0, 1, 2, 3, 4}


def test_each_chapter_has_a_mood_of_its_own_and_the_peak_comes_home() -> None:
    arc = Arc(planned_artist().profile, seed=5)
    moods = {chapter: arc.colour(chapter, 0).mood for chapter in CHAPTERS}
    assert moods == {
        "introduction": "dark",
        "rise": "hypnotic",
        "turn": "calm",
        "peak": "dark",
        "afterglow": "tense",
    }
    assert arc.colour("introduction", 0).theme == arc.colour("peak", 0).theme == "night"


def test_a_chapter_does_not_repeat_its_theme_at_once() -> None:
    arc = Arc(planned_artist().profile, seed=5)
    assert all(
        arc.colour(chapter, turn).theme != arc.colour(chapter, turn + 1).theme
        for chapter in CHAPTERS
        for turn in range(6)
    )


def test_one_theme_and_one_mood_are_enough() -> None:
    artist = planned_artist(themes=("night",), moods=("dark",))
    plan = make_plan(artist, starts_on=date(2026, 12, 1), days=120, seed=1, now=NOW)
    assert {(item.brief.theme, item.brief.mood) for item in plan.items} == {("night", "dark")}


def test_the_arc_reads_as_a_sentence() -> None:
    summary = Arc(planned_artist().profile, seed=5).summary()
    assert summary.startswith("Introduction on night, rise on ") and summary.endswith(".")
    assert all(chapter in summary.lower() for chapter in CHAPTERS)
