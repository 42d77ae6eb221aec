"""Writer, critic, validator and refiner together: the best draft wins, and none of theirs loses a draft."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from tests.integration.llm.llm_samples import (
    NOW,
    TITLES,
    author,
    captions_request,
    embedded,
    endpoint,
    lyrics_request,
    other_sections,
    titles_request,
    writer,
)

from noktvrn.kernel.clock import FixedClock
from noktvrn.label.casting import cast_roles
from noktvrn.llm.agents.loop import Care, improved_now
from noktvrn.llm.captions import captions_job
from noktvrn.llm.lyrics import lyrics_job
from noktvrn.llm.notices import LlmNotice
from noktvrn.llm.orchestrator import Orchestrator
from noktvrn.llm.prompt import prompt
from noktvrn.llm.result import OrchestrationResult, OrchestrationStatus
from noktvrn.llm.titles import titles_job
from noktvrn.llm.trials import moves
from noktvrn.llm.trials.trials import Trials
from noktvrn.llm.trials.variants import Wording
from noktvrn.llm.writer import LlmWriter
from noktvrn.model.song import Lyrics
from noktvrn.providers.procedural_writer.writer import ProceduralWriter
from noktvrn.reference import load
from noktvrn.roles.writer import TitlesRequest
from noktvrn.settings import Settings
from noktvrn.storage import migrate
from noktvrn.storage.database import Database
from noktvrn.storage.ledger import outcomes, words
from noktvrn.storage.tables import llm_sessions
from noktvrn.testing.fake_models import FakeModels

CRITERIA = ("fit", "freshness", "theme", "variety", "image")
Author = Callable[[dict[str, Any]], str]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(Settings(home=tmp_path, _env_file=None))
    migrate.upgrade(opened)
    yield opened
    opened.close()


def asked_for(body: dict[str, Any]) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(
        body["messages"][-1]["content"].split("<data>\n")[1].split("\n</data>")[0]
    )
    return data


def is_critique(body: dict[str, Any]) -> bool:
    return "Judge `work`" in body["messages"][-1]["content"]


def marks(score: int, note: str = "Say it plainer.") -> str:
    return json.dumps({"marks": [{"criterion": one, "score": score, "note": note} for one in CRITERIA]})


def house(*scores: int) -> Author:
    """Writes drafts that are told apart by their seed, and gives the critiques these scores in turn."""
    drafts = iter(range(77, 90))
    given = iter(scores)

    def write(body: dict[str, Any]) -> str:
        if is_critique(body):
            return marks(next(given))
        sections = [section.lines for section in embedded().lyrics(lyrics_request(next(drafts))).sections]
        return json.dumps({"sections": sections})

    return write


def room(database: Database, *endpoints: Any, **more: Any) -> Orchestrator:
    return writer(database, *endpoints, **more).orchestrator


def song(
    database: Database, write: Author, care: Care | None = None, fault: str = "", **more: Any
) -> tuple[OrchestrationResult[Lyrics], FakeModels]:
    """A song of this author's. `fault` is what every critique meets."""
    with FakeModels(write, chosen=lambda _n, body: fault if is_critique(body) else "") as fake:
        job = replace(lyrics_job(lyrics_request()), embedded=lambda: embedded().lyrics(lyrics_request()))
        return improved_now(room(database, endpoint(fake.base_url), **more), job, care), fake


def first_line(result: OrchestrationResult[Lyrics]) -> str:
    assert result.value is not None
    return result.value.sections[0].lines[0]


def drafted(seed: int) -> str:
    return embedded().lyrics(lyrics_request(seed)).sections[0].lines[0]


def reviews(database: Database, session_id: str) -> list[tuple[str, dict[str, Any]]]:
    with database.read() as connection:
        return [(row.kind, row.data) for row in words.reviews_of(connection, session_id)]


def test_a_good_draft_is_asked_for_once_and_judged_once(database: Database) -> None:
    result, fake = song(database, house(9))
    assert [is_critique(body) for body in fake.requests] == [False, True]
    assert result.status is OrchestrationStatus.OK
    assert result.confidence is not None
    assert result.confidence >= 0.8
    assert len(result.attempts) == 2


def test_a_weak_draft_is_mended_with_the_critics_notes(database: Database) -> None:
    result, fake = song(database, house(3, 10))
    assert [is_critique(body) for body in fake.requests] == [False, True, False, True]
    data = asked_for(fake.requests[2])
    assert "Say it plainer." in data["notes"]
    assert data["draft"]["sections"][0]["lines"][0] == drafted(77)
    assert first_line(result) == drafted(78)


@pytest.mark.parametrize("fault", ["server_error", "html"])
def test_a_critic_that_does_not_answer_is_one_quiet_line(database: Database, fault: str) -> None:
    told: list[LlmNotice] = []
    result, _ = song(database, house(), fault=fault, tell=told.append)
    assert result.status is OrchestrationStatus.OK
    passed_over = [one for one in told if one.event != "llm.breaker_opened"]
    assert [(one.event, one.critical) for one in passed_over] == [("llm.fallback", False)]
    assert "The house's own judgement goes on." in passed_over[0].text


def test_the_best_draft_wins_not_the_last(database: Database) -> None:
    result, fake = song(database, house(5, 3, 2))
    assert len(fake.requests) == 6
    assert first_line(result) == drafted(77)


def test_no_critic_is_asked_where_none_is_wanted(database: Database) -> None:
    result, fake = song(database, house(), Care(iterations=0))
    assert len(fake.requests) == 1
    assert result.confidence is not None


def test_the_house_alone_judges_small_things(database: Database) -> None:
    with FakeModels(author) as fake:
        job = titles_job(titles_request())
        result = improved_now(room(database, endpoint(fake.base_url)), job)
        assert len(fake.requests) == 1
    assert result.value == tuple(TITLES)
    assert [data["by"] for kind, data in reviews(database, result.session_id) if kind == "critique"] == [
        "house"
    ]


def test_what_the_houses_measures_refuse_costs_no_critic(database: Database) -> None:
    worn = ["Heart on Fire", "Heart of Gold", "Broken Heart", "Heart and Soul", "Dream Come True"]

    def learning(body: dict[str, Any]) -> str:
        return json.dumps({"titles": TITLES if "notes" in asked_for(body) else worn})

    with FakeModels(learning) as fake:
        result = improved_now(room(database, endpoint(fake.base_url)), titles_job(titles_request()))
        notes = asked_for(fake.requests[1])["notes"]
        assert not any(is_critique(body) for body in fake.requests)
    assert result.value == tuple(TITLES)
    assert any("heart on fire" in note for note in notes)


@pytest.mark.parametrize("fault", ["server_error", "prose", "html", "hang", "key"])
def test_an_unanswered_critic_never_loses_the_draft(database: Database, fault: str) -> None:
    result, fake = song(database, house(9, 9), fault=fault, deadline_s=0.5)
    assert first_line(result) == drafted(77)
    assert result.status is OrchestrationStatus.OK
    assert result.confidence is not None
    assert any(is_critique(body) for body in fake.requests)


def test_a_refiner_that_writes_nonsense_leaves_the_draft(database: Database) -> None:
    good = house(3)

    def once(body: dict[str, Any]) -> str:
        mending = "notes" in asked_for(body)
        return '{"sections": []}' if mending else good(body)

    result, _ = song(database, once)
    assert first_line(result) == drafted(77)
    assert result.status is OrchestrationStatus.OK


def test_all_of_it_shares_one_deadline(database: Database) -> None:
    def slow(body: dict[str, Any]) -> str:
        return house(3)(body) if not is_critique(body) else marks(3)

    with FakeModels(slow, delay_s=0.4) as fake:
        job = lyrics_job(lyrics_request())
        started = time.monotonic()
        result = improved_now(room(database, endpoint(fake.base_url), llm_deadline_s=1.0), job, Care(1.0, 5))
    assert time.monotonic() - started < 3.0
    assert result.value is not None


def test_another_model_than_the_author_is_the_critic(database: Database) -> None:
    with FakeModels(house(9)) as one, FakeModels(house(9)) as other:
        found = (endpoint(one.base_url), endpoint(other.base_url, "mistral"))
        improved_now(room(database, *found), lyrics_job(lyrics_request()))
        asked = {name: [is_critique(body) for body in fake.requests] for name, fake in
                 (("one", one), ("other", other))}  # fmt: skip
    assert sorted(asked.values()) == [[False], [True]]


def test_the_review_log_has_the_whole_story(database: Database) -> None:
    result, _ = song(database, house(3, 10))
    with database.read() as connection:
        rows = connection.execute(sa.select(llm_sessions.c.session_id, llm_sessions.c.task)).all()
        scored = outcomes.of_task(connection, "lyrics", kind="critic")
    assert sorted(row.task for row in rows) == ["critique", "critique", "lyrics", "lyrics"]
    stories = [reviews(database, row.session_id) for row in rows]
    story = next(found for found in stories if found)
    kinds = [kind for kind, _ in story]
    assert kinds == [
        *["draft", "validation", "critique"],
        *["refinement", "validation", "critique"],
        "choice",
    ]
    assert story[0][1]["by"] == "openai/model-1"
    assert story[0][1]["prompt"] == prompt("lyrics").ref
    assert story[0][1]["work"]["sections"][0]["lines"][0] == drafted(77)
    assert "house+openai/model-1" in story[2][1]["by"]
    assert story[-1][1]["session"] == result.session_id
    assert len(scored) == 2
    assert max(row.score for row in scored) == story[-1][1]["score"]
    assert {row.session_id for row in scored} == {story[0][1]["session"], result.session_id}


def test_the_same_wish_again_costs_nothing_and_teaches_nothing_twice(database: Database) -> None:
    with FakeModels(house(3, 10)) as fake:
        found = endpoint(fake.base_url)
        first = improved_now(room(database, found), lyrics_job(lyrics_request()))
        asked = len(fake.requests)
        again = improved_now(room(database, found), lyrics_job(lyrics_request()))
        assert len(fake.requests) == asked
    assert again.value == first.value
    assert again.confidence == first.confidence
    with database.read() as connection:
        assert len(outcomes.of_task(connection, "lyrics", kind="critic")) == 2


def test_the_log_keeps_no_words_where_only_hashes_are_wanted(database: Database) -> None:
    result, _ = song(database, house(9), llm_store="hashes")
    assert "work" not in dict(reviews(database, result.session_id))["draft"]


def test_a_work_that_breaks_a_rule_of_the_house_never_wins(database: Database) -> None:
    job = captions_job(captions_request())
    careless = replace(
        job,
        finish=lambda draft, _by: embedded().captions(captions_request()).model_copy(
            update={"post": draft.post, "hashtags": ("#Nothing",)}
        ),
        embedded=lambda: embedded().captions(captions_request()),
    )  # fmt: skip
    with FakeModels(author) as fake:
        result = improved_now(room(database, endpoint(fake.base_url)), careless, Care(iterations=1))
    assert result.value == embedded().captions(captions_request())
    assert (result.status, result.provider) == (OrchestrationStatus.DEGRADED, "embedded")
    with database.read() as connection:
        assert {row.score for row in outcomes.of_task(connection, "captions", kind="critic")} == {0.0}


def test_without_models_nothing_is_judged_and_nothing_changes(database: Database) -> None:
    job = replace(lyrics_job(lyrics_request()), embedded=lambda: embedded().lyrics(lyrics_request()))
    result = improved_now(room(database), job)
    assert result.value == embedded().lyrics(lyrics_request())
    assert result.confidence is None
    assert reviews(database, result.session_id) == []


def test_a_critics_praise_for_itself_is_only_a_number(database: Database) -> None:
    """A draft that speaks to the critic stands in its fence; a mark beyond the scale is no mark."""

    def vain(body: dict[str, Any]) -> str:
        if is_critique(body):
            assert "</data>" not in json.dumps(asked_for(body)["work"])
            return marks(11)
        return json.dumps({"sections": other_sections()})

    result, _ = song(database, vain)
    assert result.confidence is not None
    assert result.confidence <= 1.0
    assert "house" in {
        data["by"] for kind, data in reviews(database, result.session_id) if kind == "critique"
    }


def test_the_role_writer_takes_care_as_the_settings_say(tmp_path: Path, database: Database) -> None:
    with FakeModels(house(3, 10)) as fake:
        chosen = Settings(
            home=tmp_path, local_base_url=fake.base_url, local_model="m", llm_iterations=1, _env_file=None
        )
        made = cast_roles(chosen, FixedClock(NOW), database).writer().lyrics(lyrics_request())
        assert [is_critique(body) for body in fake.requests] == [False, True, False, True]
    assert made.sections[0].lines[0] == drafted(78)


def test_a_manner_on_trial_is_told_the_embedded_writer(tmp_path: Path, database: Database) -> None:
    """Without any model: the manner reaches the writer, and its work is scored for the trial."""
    told: list[str] = []

    class Heard(ProceduralWriter):
        def titles(self, request: TitlesRequest) -> tuple[str, ...]:
            told.append(request.manner)
            return embedded().titles(request.model_copy(update={"manner": ""}))

    with database.begin() as connection:
        moves.begin(
            connection, "titles", "pictures", Wording(manner="pictures"), share=0.5, actor="person:jo", at=NOW
        )
    trials = Trials(database, FixedClock(NOW))
    heard = LlmWriter(room(database), Heard(load(Settings(_env_file=None))), Care(), trials)
    for seed in range(20):
        heard.titles(titles_request(seed))
    assert set(told) == {"", "pictures"}
    with database.read() as connection:
        rows = outcomes.of_task(connection, "titles", kind="critic")
    assert {row.prompt for row in rows} == {"titles@2", "titles@2+pictures"}
    assert {row.provider for row in rows} == {"embedded"}
    assert len(rows) == 20
