"""The house's own measures, and the critic made of them: the same words, the same score."""

from __future__ import annotations

import json

import pytest
from tests.integration.llm.llm_samples import (
    PROFILE,
    embedded,
    lyrics_request,
    profile_request,
    titles_request,
)

from noktvrn.llm.agents import measures
from noktvrn.llm.agents.critic import HOUSE, Critique, both, critique_job, house_critique
from noktvrn.llm.agents.refiner import revised
from noktvrn.llm.lyrics import lyrics_job
from noktvrn.llm.profile import ProfileDraft, profile_job
from noktvrn.llm.prompt import Criterion, prompt, words
from noktvrn.llm.repair import read
from noktvrn.llm.result import UnfitError
from noktvrn.llm.titles import titles_job

RUBRIC = (Criterion(id="fit", weight=3, ask="It fits."), Criterion(id="image", weight=1, ask="It shows."))
LINES = ("The ferry turns its lamp to land", "Someone folds a map in the rain", "Nine gulls argue over bread")
WORN = ("My heart on fire tonight", "Take my hand and set me free", "You and I forever")


def test_worn_phrases_cost_and_are_named() -> None:
    assert measures.freshness(LINES) == (1.0, "")
    score, note = measures.freshness(WORN)
    assert score < 0.2
    assert '"heart on fire"' in note
    assert measures.freshness(["HEART, on... fire!"])[0] < 1.0
    assert measures.freshness(["Hearts on firewood"])[0] == 1.0
    assert measures.freshness(["a sonic journey"])[0] == 1.0
    assert measures.freshness(["a sonic journey"], ("press",))[0] < 1.0


def test_a_phrase_does_not_reach_over_the_end_of_a_line() -> None:
    assert measures.freshness(["I gave my heart", "on fire the hills"])[0] == 1.0


def test_lines_that_begin_alike_vary_less() -> None:
    assert measures.variety(LINES)[0] > measures.variety(["I wait here"] * 3)[0]
    assert '"i"' in measures.variety(["I wait", "I walk", "I wonder", "I weep"])[1]


def test_what_was_asked_for_must_be_there() -> None:
    assert measures.theme(LINES, ("gulls and ferry maps",))[0] == 1.0
    score, note = measures.theme(LINES, ("desert highway",))
    assert score == 0.0
    assert '"desert"' in note
    assert measures.theme(LINES, ("the",)) == (1.0, "")


def test_named_feelings_count_against_images() -> None:
    assert measures.image(LINES) == (1.0, "")
    assert measures.image(["Love and pain and hope", "Eternal love"])[0] < 0.5
    assert measures.brevity(["One", "One two three four five six"])[0] == 0.5


@pytest.mark.parametrize("texts", [[], [""], ["\u202e", "..."]])
def test_no_words_are_no_error(texts: list[str]) -> None:
    for score, _ in (measures.freshness(texts), measures.variety(texts), measures.image(texts)):
        assert 0.0 <= score <= 1.0


def test_the_house_critic_gives_the_same_work_the_same_score() -> None:
    job, work = lyrics_job(lyrics_request()), embedded().lyrics(lyrics_request())
    asked = prompt("lyrics")
    one = house_critique(job, work, asked.rubric)
    assert one == house_critique(job, work, asked.rubric)
    assert set(one.scores) == {criterion.id for criterion in asked.rubric}
    assert one.by == HOUSE


def test_two_critics_speak_with_one_voice() -> None:
    house = Critique(by=HOUSE, score=1.0, scores={"fit": 1.0}, notes=("a",))
    model = Critique(by="one/m", score=0.5, scores={"fit": 0.6, "image": 0.4}, notes=("b", "a"))
    told = both(house, model, RUBRIC)
    assert told.scores == {"fit": 0.8, "image": 0.4}
    assert told.score == pytest.approx((3 * 0.8 + 0.4) / 4)
    assert told.notes == ("b", "a")


@pytest.mark.parametrize("given", [["fit"], ["fit", "fit", "freshness", "theme", "variety"], ["mood"] * 5])
def test_a_critic_marks_every_criterion_once(given: list[str]) -> None:
    job, work = lyrics_job(lyrics_request()), embedded().lyrics(lyrics_request())
    asked = prompt("lyrics")
    judging = critique_job(job, work, asked, house_critique(job, work, asked.rubric))
    marks = [{"criterion": one, "score": 5, "note": "so so"} for one in given]
    with pytest.raises(UnfitError):
        judging.finish(read(json.dumps({"marks": marks}), judging.shape), "one/m")
    assert judging.embedded is not None
    assert judging.embedded().by == HOUSE


def test_the_critic_reads_the_brief_without_what_does_not_concern_it() -> None:
    job = titles_job(titles_request().model_copy(update={"avoid": ("Old Name",)}))
    asked = prompt("titles")
    judging = critique_job(job, ("New Name",), asked, house_critique(job, ("New Name",), asked.rubric))
    told = words(prompt("critique"), judging.facts).user
    assert "Old Name" not in told
    assert "New Name" in told


def test_every_revision_is_a_wish_of_its_own() -> None:
    job = titles_job(titles_request())
    wishes = {revised(job, ("One",), notes, number).wish for notes in (("a",), ("b",)) for number in (1, 2)}
    assert len(wishes | {job.wish}) == 5
    assert revised(job, ("One",), ("a",), 1).embedded is None


@pytest.mark.parametrize("seed", range(30))
def test_a_models_texts_never_move_what_was_settled(seed: int) -> None:
    request = profile_request(seed, "A nocturnal soul singer of harbours, closing times and second chances")
    base = embedded().profile(request)
    job = profile_job(request, base)
    assert job.standards is not None
    work = job.finish(ProfileDraft.model_validate(PROFILE), "openai/gpt")
    assert not [problem for problem in job.standards.broken(work) if problem.startswith("Settled")]
