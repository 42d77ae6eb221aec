"""Whose words an artist is made of: the report names model, prompt and session, and what they cost."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from tests.integration.label.label_samples import label_at
from tests.integration.llm.llm_samples import KEY, author

from noktvrn.settings import Settings
from noktvrn.testing.fake_models import FakeModels

PROMPT = "A mysterious techno producer"
TEXTS = {
    "stage_name": "Verrin Oake",
    "biography": "Verrin Oake is an AI persona who records the hum of stations and keeps every tape."
    " The first songs were cut from timetable announcements, slowed until the vowels opened."
    " A friend lent a drum machine with two dead pads; the gaps stayed."
    " Each record is made between the last train and the first.",
    "backstory": "It began as a timetable nobody read, then as a mysterious voice that read it aloud."
    " Somewhere along the coast it kept going after the wheels had stopped.",
    "style_description": "Slow techno drums under long chords, close and dry, and a bell that never rests.",
    "themes": ["empty stations", "slow light", "winter roads"],
    "persona": "Speaks seldom and answers letters late but always. Signs with a platform number."
    " An AI artist, and says so when asked.",
    "traits": ["patient", "dry", "kind"],
    "tone": "dry and warm",
    "target_audience": "People who drive at night, radio low, and know every petrol pump by its lamp.",
}
CRITERIA = ("obedience", "freshness", "variety", "image")


def drafting_and_judging(body: dict[str, Any]) -> str:
    """Drafts as a fair writer would, and judges a draft by the marks asked for."""
    if "strict editor" not in body["messages"][0]["content"]:
        return json.dumps(TEXTS)
    return json.dumps({"marks": [{"criterion": one, "score": 9, "note": "It stands."} for one in CRITERIA]})


def test_a_models_words_become_the_artist_and_a_critic_judges_them(tmp_path: Path) -> None:
    with FakeModels(drafting_and_judging) as fake:
        settings = Settings(
            home=tmp_path / "home",
            openai_api_key=SecretStr(KEY),
            openai_base_url=fake.base_url,
            _env_file=None,
        )
        with label_at(settings) as label:
            artist = label.artists.create(PROMPT, seed=7)
            report = label.artists.report(artist.id)
    assert artist.profile.stage_name == TEXTS["stage_name"]
    assert str(TEXTS["backstory"]) in artist.profile.backstory
    assert len(fake.requests) == 2, "one draft and one critique, and nothing for a model that was right"
    assert report is not None and report.cost_micros > 0


def test_what_a_model_was_asked_and_cost_is_in_the_creation_report(tmp_path: Path) -> None:
    with FakeModels(author) as fake:
        settings = Settings(
            home=tmp_path / "home",
            openai_api_key=SecretStr(KEY),
            openai_base_url=fake.base_url,
            private_hosts=["127.0.0.1"],
            _env_file=None,
        )
        with label_at(settings) as label:
            artist = label.artists.create(PROMPT, seed=7)
            report = label.artists.report(artist.id)
    assert report is not None
    written = [one for one in report.authors if one.provider == "openai"]
    assert written
    assert all(one.task == "profile" and one.session_id and one.prompt for one in written)
    assert all(one.cost_known and one.cost_micros > 0 for one in written)
    assert report.cost_micros == sum(one.cost_micros for one in report.authors)
    assert any("language model" in told or "drafted by openai/" in told for told in report.guessed)
    assert KEY not in report.model_dump_json()


def test_the_embedded_writer_costs_nothing_and_says_so(tmp_path: Path) -> None:
    with label_at(Settings(home=tmp_path / "home", _env_file=None)) as label:
        artist = label.artists.create(PROMPT, seed=7)
        report = label.artists.report(artist.id)
    assert report is not None
    assert report.cost_micros == 0
    assert [(one.task, one.model) for one in report.authors] == [("profile", "")]
    assert [check.against for check in report.collisions] == ["known_acts", "roster", "personas"]
    assert report.drafts[-1].passed
