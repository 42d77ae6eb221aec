"""Other themes for a plan: they change what briefs are about and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.planning.planning_samples import NOW, planned_artist

from noktvrn.model.plan import ContentPlan
from noktvrn.planning.arc import Colour
from noktvrn.planning.calendar import make_plan
from noktvrn.planning.themes import themed


def planned(days: int = 90) -> ContentPlan:
    return make_plan(planned_artist(), starts_on=NOW.date(), days=days, seed=5, now=NOW)


def colours(plan: ContentPlan) -> list[Colour]:
    return [Colour(f"theme {number}", "calm") for number in range(len(plan.items))]


def without_words(plan: ContentPlan) -> dict[str, Any]:
    data = plan.as_data()
    del data["arc"]
    for item in data["items"]:
        del item["brief"]["theme"], item["brief"]["mood"]
    return data


@pytest.mark.parametrize("days", [1, 5, 30, 90, 366])
def test_only_themes_moods_and_the_arc_change(days: int) -> None:
    plan = planned(days)
    told = themed(plan, colours(plan))
    assert [item.brief.theme for item in told.items] == [one.theme for one in colours(plan)]
    assert {item.brief.mood for item in told.items} == {"calm"}
    assert without_words(told) == without_words(plan)


def test_the_arc_names_the_first_single_of_each_chapter() -> None:
    plan = planned()
    told = themed(plan, colours(plan))
    peak = next(i for i in told.items if i.chapter == "peak" and i.brief.content_type == "single")
    assert f"peak on {peak.brief.theme} and afterglow on " in told.arc
    assert told.arc.startswith("Introduction on theme ")
    assert told.arc.endswith(".")
    assert themed(planned(1), [Colour("rain", "calm")]).arc == "Introduction on rain."


def test_every_brief_needs_its_theme() -> None:
    plan = planned()
    with pytest.raises(ValueError, match="argument"):
        themed(plan, colours(plan)[1:])
