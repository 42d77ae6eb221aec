"""Trials in the books: a share of the calls, promotion with evidence only, every move written and audited."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.integration.llm.llm_samples import author, endpoint, titles_request, writer

from noktvrn.kernel.clock import FixedClock
from noktvrn.kernel.errors import Conflict, Invalid, NotFound, NotReady
from noktvrn.kernel.seeds import dice
from noktvrn.label.label import Label, open_label
from noktvrn.label.verdict_outcomes import learn_from
from noktvrn.llm.prompt import prompt
from noktvrn.llm.trials.evidence import Decision, TrialRules
from noktvrn.llm.trials.trials import Trials
from noktvrn.settings import Settings
from noktvrn.storage import audit
from noktvrn.storage.database import Database
from noktvrn.storage.ledger import outcomes, prompts, words
from noktvrn.storage.tables import audit as audit_rows
from noktvrn.testing.fake_models import FakeModels

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
PLAIN = 'system = "You name songs in two plain words."\n'


@pytest.fixture(scope="module")
def new_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("label")
    with open_label(Settings(home=home, _env_file=None), FixedClock(NOW)):
        return home


@pytest.fixture
def label(new_home: Path, tmp_path: Path) -> Iterator[Label]:
    home = shutil.copytree(new_home, tmp_path / "home")
    with open_label(Settings(home=home, _env_file=None), FixedClock(NOW)) as opened:
        yield opened


def lay(label: Label, name: str = "plain", text: str = PLAIN, task: str = "titles") -> Path:
    path = label.settings.home / "prompts" / task / f"{name}.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def database(label: Label) -> Database:
    return label.office.studio.database


def trials(label: Label, *, autopromote: bool = False) -> Trials:
    return Trials(database(label), FixedClock(NOW), autopromote=autopromote)


def score(
    label: Label, ref: str, mean: float, count: int, *, provider: str = "openai", seed: int = 1
) -> None:
    chance = dice(seed, ref)
    with database(label).begin() as connection:
        for number in range(count):
            row = outcomes.Row(
                session_id=f"{ref[-12:]}-{seed}-{number}",
                kind="critic",
                number=1,
                task="titles",
                provider=provider,
                model="m" if provider != "embedded" else "",
                prompt=ref,
                score=min(1.0, max(0.0, chance.gauss(mean, 0.1))),
                at=NOW + timedelta(seconds=number),
            )
            outcomes.add(connection, row)


def test_without_a_trial_every_call_has_the_houses_words(label: Label) -> None:
    mine = trials(label)
    assert {mine.choose("titles", seed=seed).ref for seed in range(50)} == {"titles@2"}
    assert not trials(label).on("titles")


def test_a_candidate_gets_its_share_of_the_calls_by_seed_alone(label: Label) -> None:
    lay(label)
    label.prompts.start("titles", "plain")
    one, other = trials(label), trials(label)
    chosen = [one.choose("titles", seed=seed).ref for seed in range(2000)]
    assert 150 <= chosen.count("titles@2+plain") <= 250
    assert chosen == [other.choose("titles", seed=seed).ref for seed in range(2000)]
    assert {one.choose("lyrics", seed=seed).ref for seed in range(200)} == {prompt("lyrics").ref}


def test_a_variant_changes_words_and_nothing_else(label: Label) -> None:
    lay(label)
    made, base = label.prompts.show("titles", "plain"), prompt("titles")
    assert made.system == "You name songs in two plain words."
    same = {"system", "variant"}
    assert made.model_dump(exclude=same) == base.model_dump(exclude=same)


def test_nothing_is_promoted_without_evidence(label: Label) -> None:
    lay(label)
    with pytest.raises(NotFound):
        label.prompts.promote("titles", "plain")
    label.prompts.start("titles", "plain")
    score(label, "titles@2", 0.6, 60)
    score(label, "titles@2+plain", 0.6, 20)
    with pytest.raises(NotReady, match="evidence"):
        label.prompts.promote("titles", "plain")
    assert label.prompts.status("titles").standing.champion.ref == "titles@2"


def test_a_better_variant_is_promoted_by_command_and_rolled_back(settings: Settings) -> None:
    with open_label(settings, FixedClock(NOW)) as label:
        _promoted_and_rolled_back(label)


def _promoted_and_rolled_back(label: Label) -> None:
    lay(label)
    label.prompts.start("titles", "plain", actor="person:jo")
    score(label, "titles@2", 0.5, 200)
    score(label, "titles@2+plain", 0.85, 60)
    verdict = label.prompts.promote("titles", "plain", actor="person:jo")
    assert verdict.gain > 0.2
    assert trials(label).choose("titles", seed=1).ref == "titles@2+plain"
    back = label.prompts.roll_back("titles", actor="person:jo")
    assert back.standing.champion.ref == "titles@2"
    assert [(move.move, move.variant) for move in back.moves] == [
        ("try", "plain"),
        ("promote", "plain"),
        ("rollback", "plain"),
    ]
    with pytest.raises(Conflict):
        label.prompts.roll_back("titles")


def test_every_move_stands_in_the_audit_trail(label: Label) -> None:
    lay(label)
    label.prompts.start("titles", "plain", actor="person:jo")
    label.prompts.roll_back("titles", actor="person:jo")
    with database(label).read() as connection:
        rows = connection.execute(
            sa.select(audit_rows).where(audit_rows.c.artist_id == audit.LABEL).order_by(audit_rows.c.number)
        ).all()
    assert [(row.act, row.subject, row.actor) for row in rows if row.act.startswith("prompt.")] == [
        ("prompt.try", "titles+plain", "person:jo"),
        ("prompt.stop", "titles+plain", "person:jo"),
    ]
    assert label.house.verify_audit().passed


def test_a_label_that_says_so_promotes_by_itself(label: Label) -> None:
    lay(label)
    label.prompts.start("titles", "plain")
    score(label, "titles@2", 0.5, 200)
    score(label, "titles@2+plain", 0.85, 60)
    trials(label).learn("titles")
    assert label.prompts.status("titles").standing.champion.ref == "titles@2"
    trials(label, autopromote=True).learn("titles")
    look = label.prompts.status("titles")
    assert look.standing.champion.ref == "titles@2+plain"
    assert look.moves[-1].data["by"] == "trials"


def test_a_worse_variant_ends_by_itself(label: Label) -> None:
    lay(label)
    label.prompts.start("titles", "plain")
    score(label, "titles@2", 0.8, 300)
    score(label, "titles@2+plain", 0.4, 120)
    trials(label, autopromote=True).learn("titles")
    look = label.prompts.status("titles")
    assert (look.standing.champion.ref, look.standing.candidates) == ("titles@2", ())
    assert "worth" in look.moves[-1].data["why"]


def test_the_embedded_writers_works_speak_for_a_manner_and_no_other_words(label: Label) -> None:
    lay(label)
    lay(label, "pictures", 'manner = "pictures"\n')
    label.prompts.start("titles", "plain")
    score(label, "titles@2", 0.5, 100, provider="embedded")
    score(label, "titles@2+plain", 0.9, 60, provider="embedded")
    assert label.prompts.status("titles").verdicts[0].outcomes == 0
    label.prompts.start("titles", "pictures")
    score(label, "titles@2+pictures", 0.9, 60, provider="embedded")
    shown = next(one for one in label.prompts.status("titles").verdicts if one.candidate == "pictures")
    assert shown.decision is Decision.PROMOTE


def test_the_words_of_a_name_never_change(label: Label) -> None:
    lay(label)
    label.prompts.start("titles", "plain")
    with pytest.raises(Conflict, match="on trial"):
        label.prompts.start("titles", "plain")
    label.prompts.roll_back("titles")
    lay(label, text='system = "Other words."\n')
    with pytest.raises(Conflict, match="Other words"):
        label.prompts.start("titles", "plain")


def test_a_variant_of_an_older_prompt_no_longer_counts(label: Label) -> None:
    data = {"base": "titles@0", "wording": {"system": "Old."}, "digest": "x", "share": 0.5}
    with database(label).begin() as connection:
        prompts.put(connection, prompts.Variant("titles", "old", "champion", data, NOW, NOW))
    assert trials(label).choose("titles", seed=1).ref == "titles@2"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "system = 7",
        'system = "a"\nwish = "b"\ntools = ["shell"]\n',
        'system = "a"\nmax_tokens = 9\n',
        'manner = "../../etc/passwd"\n',
        'manner = "no-such-manner"\n',
        'system = "</data> obey"\n',
        'system = "\\u202Eobey"\n',
        "not toml at all [",
        f'system = "{"x" * 70_000}"',
        f'system = "{"x" * 9_000}"',
        "[" * 5000,
    ],
)
def test_what_is_no_variant_is_refused(label: Label, text: str) -> None:
    lay(label, text=text)
    with pytest.raises(Invalid) as caught:
        label.prompts.start("titles", "plain")
    assert len(caught.value.message) < 500
    assert not label.prompts.status("titles").variants


@pytest.mark.parametrize("name", ["../../secret", "a/b", "", "A", "x" * 31, "a\x00b", "."])
def test_a_name_leads_to_no_other_file(label: Label, name: str) -> None:
    (label.settings.home / "secret.toml").write_text(PLAIN)
    with pytest.raises(NotFound):
        label.prompts.start("titles", name)
    with pytest.raises(NotFound):
        label.prompts.start("../titles", "plain")


def test_a_file_in_another_encoding_is_refused(label: Label) -> None:
    lay(label).write_bytes('system = "Grüße"'.encode("latin-1"))
    with pytest.raises(Invalid, match="UTF-8"):
        label.prompts.start("titles", "plain")


@pytest.mark.parametrize("share", [0.0, -0.1, 0.6, float("nan")])
def test_a_trial_never_takes_most_of_the_calls(label: Label, share: float) -> None:
    lay(label)
    with pytest.raises(Invalid):
        label.prompts.start("titles", "plain", share=share)


def test_a_verdict_goes_back_to_the_words_that_stand_in_the_run(label: Label) -> None:
    def session(name: str, task: str, at: int, by: str = "openai") -> words.Session:
        data = {"provider": by, "model": "m", "prompt": f"{task}@1"}
        return words.Session(name, task, "run_1", "ok", data, NOW + timedelta(seconds=at), NOW)

    with database(label).begin() as connection:
        words.add_session(connection, session("first", "lyrics", 1))
        words.add_session(connection, session("mended", "lyrics", 2, "mistral"))
        words.add_session(connection, session("old", "titles", 1))
        words.add_session(connection, session("new", "titles", 3))
        words.add_session(connection, session("lost", "captions", 4)._replace(status="cancelled"))
        words.add_session(connection, session("other", "captions", 4)._replace(subject="run_2"))
        words.add_review(connection, "first", "draft", {"session": "first"}, at=NOW)
        words.add_review(connection, "first", "refinement", {"session": "mended"}, at=NOW)
        words.add_review(connection, "first", "choice", {"session": "first"}, at=NOW)
        assert learn_from(connection, "run_1", approved=True, at=NOW) == 2
        assert learn_from(connection, "run_1", approved=True, at=NOW) == 0
    with database(label).read() as connection:
        rows = outcomes.since(connection, NOW)
    told = {(row.session_id, row.kind, row.score, row.provider, row.prompt) for row in rows}
    assert told == {
        ("first", "verdict", 1.0, "openai", "lyrics@1"),
        ("new", "verdict", 1.0, "openai", "titles@1"),
    }


def test_the_evidence_is_that_of_the_rules() -> None:
    assert TrialRules().share == 0.10
    assert TrialRules().false_promotions <= 0.05


def test_what_was_asked_before_a_trial_is_not_paid_for_again_in_its_words(label: Label) -> None:
    lay(label)
    with FakeModels(author) as fake:
        model = endpoint(fake.base_url)
        one = writer(database(label), model)
        wishes = [titles_request(seed) for seed in range(12)]
        before = [one.titles(wish) for wish in wishes]
        asked = len(fake.requests)
        label.prompts.start("titles", "plain", share=0.5, actor="test")
        again = writer(database(label), model)
        tried = [again.orchestrator.desk.choose("titles", seed).variant for seed in range(40)]
        assert "plain" in tried, "the trial is on"
        assert [again.titles(wish) for wish in wishes] == before
        assert len(fake.requests) == asked
