"""Whose words an artist is made of: the report names model, prompt and session, and what they cost."""

from __future__ import annotations

from pathlib import Path

from pydantic import SecretStr
from tests.integration.label.label_samples import label_at
from tests.integration.llm.llm_samples import KEY, author

from noktvrn.settings import Settings
from noktvrn.testing.fake_models import FakeModels

PROMPT = "A mysterious techno producer"


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
