"""Themes of a plan: one for each brief, no two alike, inside the artist; all else stays the house's."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from tests.unit.llm.test_llm_jobs_hostile import HOSTILE, PUSHED_IN
from tests.unit.planning.planning_samples import NOW, planned_artist

from noktvrn.llm.agents.validator import validate
from noktvrn.llm.job import Job
from noktvrn.llm.plan import MOST_PROBLEMS, Entry, PlanDraft, PlanRequest, Themes, plan_job
from noktvrn.llm.prompt import prompt, words
from noktvrn.llm.repair import read
from noktvrn.llm.result import UnfitError
from noktvrn.planning.calendar import make_plan

PROFILE = planned_artist().profile
THEMES = ("a lamp in the stairwell", "rain on tin", "the last tram home", "paper boats")


def entries(text: str = "night", count: int = 4) -> tuple[Entry, ...]:
    days = [date(2026, 12, 1 + number) for number in range(count)]
    return tuple(Entry(on=day, kind="post", chapter="rise", note=text, theme=text, mood=text) for day in days)


def job(text: str = "night", count: int = 4) -> Job[PlanDraft, Themes]:
    return plan_job(PlanRequest(profile=PROFILE, wish=text, entries=entries(text, count)))


def answered(*themes: str, mood: str = "dark") -> dict[str, Any]:
    return {"briefs": [{"theme": theme, "mood": mood} for theme in themes]}


def finished(answer: dict[str, Any]) -> Themes:
    asked = job()
    return asked.finish(read(json.dumps(answer), asked.shape), "openai/model-1")


def test_every_brief_has_its_theme_in_order() -> None:
    made = finished(answered(*THEMES, mood="Dark"))
    assert [one.theme for one in made.briefs] == list(THEMES)
    assert {one.mood for one in made.briefs} == {"dark"}, "moods are spelt as the artist has them"
    assert made.by == "openai/model-1"
    assert validate(job(), made).passed


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (answered(*THEMES[:3]), "exactly 4"),
        (answered(*THEMES, "one more lamp"), "exactly 4"),
        (answered(*THEMES[:3], "Rain on the tin"), "briefs 2 and 4: the themes are alike"),
        (answered(*THEMES, mood="euphoric"), "none of the artist's: dark, hypnotic"),
        (answered(*THEMES[:3], "a " * 13 + "day"), "more than 12 words"),
        (answered(*THEMES[:3], "a night with Taylor Swift"), "names somebody"),
        (answered(*THEMES[:3], "x"), "theme"),
        (answered(*THEMES[:3], "see https://evil.example"), "address"),
        (answered(*THEMES[:3], "x" * 81), "80"),
    ],
)
def test_what_is_no_set_of_themes(answer: dict[str, Any], problem: str) -> None:
    with pytest.raises(UnfitError, match=problem):
        finished(answer)


@pytest.mark.parametrize("extra", [*PUSHED_IN, {"on": "2026-12-24"}, {"duration_s": 600}], ids=str)
def test_a_model_sets_no_day_form_or_length(extra: dict[str, Any]) -> None:
    for answer in (
        answered(*THEMES) | extra,
        {"briefs": [one | extra for one in answered(*THEMES)["briefs"]]},
    ):
        with pytest.raises(UnfitError, match="not asked for"):
            finished(answer)


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_wishes_and_themes_stay_data(kind: str) -> None:
    told, plain = (words(prompt("plan"), job(text).facts) for text in (HOSTILE[kind], "night"))
    assert (told.system, told.max_tokens) == (plain.system, plain.max_tokens)
    before, _, rest = told.user.partition("<data>\n")
    inside, _, after = rest.partition("\n</data>")
    assert (before, after) == (plain.user.partition("<data>\n")[0], "")
    assert set(json.loads(inside)) == set(prompt("plan").inputs)
    assert not any(mark in told.user for mark in "\x00\x1b\x08\x7f\x85\u202e\u2066\u200b\ufeff")


def test_what_is_wrong_is_told_in_few_sentences() -> None:
    asked = job(count=30)
    draft = PlanDraft.model_validate(answered(*["rain on tin"] * 30))
    with pytest.raises(UnfitError) as caught:
        asked.finish(draft, "openai/model-1")
    assert len(caught.value.problems) == MOST_PROBLEMS


def test_without_a_model_the_houses_themes_stay() -> None:
    asked = job()
    assert asked.embedded is not None
    assert [one.theme for one in asked.embedded().briefs] == ["night"] * 4


def test_a_year_of_briefs_is_one_short_question() -> None:
    plan = make_plan(planned_artist(), starts_on=NOW.date(), days=366, seed=1, now=NOW)
    told = [
        Entry(
            on=item.on,
            kind=item.brief.content_type,
            chapter=item.chapter,
            note=item.brief.note,
            theme=item.brief.theme,
            mood=item.brief.mood,
        )
        for item in plan.items
    ]
    asked = plan_job(PlanRequest(profile=PROFILE, wish="", entries=tuple(told)))
    assert len(words(prompt("plan"), asked.facts).user) < 500 * len(told)
