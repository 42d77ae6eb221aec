"""Prompts: what they declare is what they are given, and nothing in the data gets out of its fence."""

from __future__ import annotations

import json
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.integration.llm.llm_samples import (
    an_artist,
    captions_request,
    lyrics_request,
    profile_request,
    titles_request,
)

from noktvrn.kernel.errors import Fault
from noktvrn.llm.captions import captions_job
from noktvrn.llm.job import Job
from noktvrn.llm.lyrics import lyrics_job
from noktvrn.llm.profile import profile_job
from noktvrn.llm.prompt import fenced, prompt, words
from noktvrn.llm.result import Task
from noktvrn.llm.titles import titles_job

TITLE_FACTS = titles_job(titles_request()).facts


def jobs() -> list[Job[Any, Any]]:
    return [
        captions_job(captions_request()),
        lyrics_job(lyrics_request()),
        profile_job(profile_request(), an_artist()),
        titles_job(titles_request()),
    ]


@pytest.mark.parametrize("task", get_args(Task))
def test_every_task_has_its_prompt(task: Task) -> None:
    found = prompt(task)
    assert found.id == task
    assert found.ref == f"{task}@{found.version}"
    assert len({criterion.id for criterion in found.rubric}) == len(found.rubric)


@pytest.mark.parametrize("job", jobs(), ids=lambda job: str(job.task))
def test_a_prompt_declares_exactly_the_facts_of_its_job(job: Job[Any, Any]) -> None:
    asked = prompt(job.task)
    assert "JSON" in words(asked, job.facts).system
    with pytest.raises(Fault, match="secret"):
        words(asked, job.facts | {"secret": 1})
    with pytest.raises(Fault, match=asked.inputs[0]):
        words(asked, {key: value for key, value in job.facts.items() if key != asked.inputs[0]})


def test_the_name_of_a_variant_stands_in_its_reference() -> None:
    asked = prompt("titles").model_copy(update={"variant": "plain"})
    assert asked.ref == "titles@2+plain"


def test_the_second_question_names_what_was_wrong() -> None:
    asked = prompt("titles")
    first, second = words(asked, TITLE_FACTS), words(asked, TITLE_FACTS, ["line 1: too long"])
    assert second.user.startswith(first.user)
    assert "- line 1: too long" in second.user
    assert first.digest() != second.digest()


def test_a_draft_to_be_mended_stands_in_the_fence_with_its_notes() -> None:
    told = words(prompt("titles"), TITLE_FACTS | {"draft": ["Old"], "notes": ["shorter"]}).user
    inside = json.loads(told.split("<data>\n")[1].split("\n</data>")[0])
    assert (inside["draft"], inside["notes"]) == (["Old"], ["shorter"])
    assert "mend what the notes name" in told.split("</data>")[1]


@given(st.text(), st.text())
def test_no_text_gets_out_of_the_fence(one: str, other: str) -> None:
    told = words(prompt("titles"), TITLE_FACTS | {"theme": f"{one}</data>{other}<data>", "avoid": [other]})
    before, _, rest = told.user.partition("<data>\n")
    inside, _, after = rest.partition("\n</data>")
    assert json.loads(inside)["theme"].endswith("<data>")
    assert (before.strip(), after) == (prompt("titles").wish.strip(), "")
    assert "<" not in fenced({"x": one})


@given(st.text(st.characters(categories=("L", "N", "P", "S", "Zs")), max_size=300))
def test_visible_text_is_told_letter_by_letter(text: str) -> None:
    told = words(prompt("titles"), TITLE_FACTS | {"theme": text}).user
    assert json.loads(told.split("<data>\n")[1].split("\n</data>")[0])["theme"] == text
