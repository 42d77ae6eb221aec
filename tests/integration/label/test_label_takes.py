"""Takes: several of one brief, the best laid out, another one chosen, and nothing made twice or lost."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa
from tests.integration.label.label_samples import (
    draft,
    enter_artist,
    item_of,
    label_at,
    settle,
    times_enqueued,
)
from tests.integration.label.shell import noktvrn
from tests.unit.release import release_samples as samples

from noktvrn.kernel.errors import Conflict, NotAllowed, NotFound, NotReady
from noktvrn.label.label import Label
from noktvrn.model.evaluation import Evaluation
from noktvrn.model.finding import Finding, Report, Severity
from noktvrn.model.run import Run, RunState, StageName
from noktvrn.production import engine, workflows
from noktvrn.production.dispatcher import Named
from noktvrn.production.scene import Outcome, Scene, Stage
from noktvrn.settings import Settings
from noktvrn.storage import tables
from noktvrn.storage.ledger import choices, reviews, runs

PROMPT = "Slow neon rain over an empty arcade"


def the_stages(scores: dict[int, float], called: list[tuple[StageName, int]]) -> dict[StageName, Stage]:
    """Stages that cost nothing. `scores` of each take by its evaluators; a negative one does not pass."""

    def stage(scene: Scene) -> Outcome:
        called.append((scene.stage, scene.attempt))
        make = {StageName.TRACK: record, StageName.CRITIC: judge, StageName.VALIDATE: validate}
        return make.get(scene.stage, desk if scene.stage is StageName.PREVIEW else nothing)(scene)

    def nothing(scene: Scene) -> Outcome:
        return Outcome(Report(subject=scene.stage.value, checked=1))

    def record(scene: Scene) -> Outcome:
        track = samples.track("Glass Hours", artist_id=scene.artist.id)
        master = track.master.model_copy(update={"pcm_sha256": f"{scene.attempt:064x}"})
        return Outcome(track.model_copy(update={"take": scene.attempt, "seed": scene.seed, "master": master}))

    def judge(scene: Scene) -> Outcome:
        value = scores[scene.attempt]
        bad = Finding(rule="audio.crest", severity=Severity.ERROR, message="Flat.")
        said = Evaluation(
            evaluator="ears", version="1", licence_class="procedural", scores={"all": abs(value)}
        )
        found = (bad,) if value < 0 else ()
        report = Report(subject="track", checked=1, findings=found, evaluations=(said,))
        return Outcome(report, findings=found, checked=1, passed=report.passed)

    def validate(scene: Scene) -> Outcome:
        return Outcome(work_of(scene))

    def desk(scene: Scene) -> Outcome:
        item = item_of(work_of(scene), scene.studio.clock.now())
        return Outcome(
            Report(subject="preview", checked=1),
            commits=[lambda connection: reviews.open_(connection, item)],
        )

    return dict.fromkeys(StageName, stage)


def work_of(scene: Scene) -> Any:
    from noktvrn.model.track import Track

    take = scene.result(StageName.TRACK, Track)
    work = draft(scene.artist, scene.run.id)
    parts = tuple(
        part.model_copy(update={"asset": take.master}) if part.path.endswith(".flac") else part
        for part in work.parts
    )
    return work.model_copy(update={"parts": parts})


class Floor:
    """A label whose worker makes takes of known worth."""

    def __init__(self, label: Label, scores: dict[int, float], takes: int) -> None:
        self.label = label
        self.called: list[tuple[StageName, int]] = []
        self.stages = the_stages(scores, self.called)
        self.run = label.runs.start(enter_artist(label).id, takes=takes)

    def work(self) -> Run:
        with engine.running(self.label.office.studio, self.stages):
            return settle(self.label, self.run.id)

    def attempts(self, stage: StageName) -> list[int]:
        return [attempt for name, attempt in self.called if name is stage]

    def chosen(self) -> int:
        with self.label.office.studio.database.read() as connection:
            record = runs.result(connection, self.run, StageName.TRACK)
        assert record is not None
        return record.attempt


@pytest.fixture
def label(settings: Settings) -> Iterator[Label]:
    """A label on SQLite, and one on PostgreSQL."""
    with label_at(settings) as label:
        yield label


def test_the_best_of_the_takes_is_laid_out(label: Label) -> None:
    floor = Floor(label, {1: 0.3, 2: 0.9, 3: -1.0}, takes=3)
    assert floor.work().state is RunState.AWAITING_REVIEW
    assert floor.attempts(StageName.TRACK) == floor.attempts(StageName.CRITIC) == [1, 2, 3]
    assert floor.attempts(StageName.COVER) == [1]
    assert floor.chosen() == 2
    choice = label.takes.choices(floor.run.id)[-1]
    assert (choice.by, choice.take, choice.over, choice.number) == ("critic", 2, (1, 3), 1)
    assert [one.take for one in choice.ranking] == [2, 1, 3] and choice.reason
    # Their files are not in the vault, as after a rule let go of them: what is known is shown all the same.
    sights = label.takes.of(floor.run.id)
    assert [(one.take, one.preview, bool(one.gone)) for one in sights] == [
        (take, None, True) for take in (2, 1, 3)
    ]


@pytest.mark.parametrize(
    ("scores", "takes", "recorded", "chosen"),
    [
        ({1: -1.0, 2: 0.5}, 1, [1, 2], 2),
        ({1: -1.0, 2: -1.0, 3: 0.2}, 2, [1, 2, 3], 3),
        ({1: 0.5, 2: -1.0}, 2, [1, 2], 1),
    ],
)
def test_more_takes_are_made_only_while_none_passes(
    scores: dict[int, float], takes: int, recorded: list[int], chosen: int, label: Label
) -> None:
    floor = Floor(label, scores, takes)
    assert floor.work().state is RunState.AWAITING_REVIEW
    assert (floor.attempts(StageName.TRACK), floor.chosen()) == (recorded, chosen)


def test_patience_ends_two_takes_after_those_that_were_asked_for(label: Label) -> None:
    floor = Floor(label, dict.fromkeys(range(1, 9), -1.0), takes=2)
    run = floor.work()
    assert (run.state, floor.attempts(StageName.TRACK)) == (RunState.FAILED, [1, 2, 3, 4])
    assert "No take out of 4" in run.error
    assert label.takes.choices(floor.run.id) == ()


def test_another_take_makes_what_follows_anew_and_nothing_else(label: Label) -> None:
    floor = Floor(label, {1: 0.3, 2: 0.9, 3: 0.5}, takes=3)
    floor.work()
    before = label.desk.show(floor.run.id)[0]
    floor.called.clear()
    assert label.takes.choose(floor.run.id, 3, by="person:a", reason="warmer").state is RunState.PRODUCING
    assert label.desk.queue() == ()
    assert floor.work().state is RunState.AWAITING_REVIEW
    assert floor.called == [
        (StageName.VIDEO, 2),
        (StageName.TEASER, 2),
        (StageName.VALIDATE, 2),
        (StageName.PREVIEW, 2),
    ]
    after = label.desk.show(floor.run.id)[0]
    assert after.approval_hash != before.approval_hash
    with pytest.raises(Conflict) as changed:
        label.desk.approve(floor.run.id, by="a", door="cli", approval_hash=before.approval_hash)
    assert changed.value.code == "review.changed"
    assert floor.chosen() == 3
    told = label.takes.choices(floor.run.id)
    assert [(one.by, one.take, one.over) for one in told] == [
        ("critic", 2, (3, 1)),
        ("person:a", 3, (2, 1)),
    ]
    with label.office.studio.database.read() as connection:
        learnt = choices.of_artist(connection, floor.run.artist_id)
    assert [(one.take, one.reason) for one in learnt] == [(3, "warmer")]
    assert [record.attempt for record in label.runs.holding(floor.run.id)] == [1, 1, 1, 3, 3, 1, 2, 2, 2, 2]
    assert label.house.verify_audit().passed


def test_back_and_forth_ends_where_it_began(label: Label) -> None:
    floor = Floor(label, {1: 0.3, 2: 0.9}, takes=2)
    floor.work()
    first = label.desk.show(floor.run.id)[0].approval_hash
    for take in (1, 2):
        label.takes.choose(floor.run.id, take, by="person:a")
        floor.work()
    assert label.desk.show(floor.run.id)[0].approval_hash == first
    assert floor.attempts(StageName.VIDEO) == [1, 2, 3]
    assert floor.attempts(StageName.TRACK) == [1, 2]


def test_a_verdict_falls_with_the_take_it_was_about(label: Label) -> None:
    floor = Floor(label, {1: 0.3, 2: 0.9}, takes=2)
    floor.work()
    label.desk.reject(floor.run.id, by="a", door="cli", reason="thin")
    assert label.artists.get(floor.run.artist_id).consecutive_rejections == 1
    label.takes.choose(floor.run.id, 1, by="person:a")
    assert label.desk.show(floor.run.id)[1] is None
    assert label.artists.get(floor.run.artist_id).consecutive_rejections == 0
    floor.work()
    label.desk.approve(floor.run.id, by="a", door="cli")
    label.takes.choose(floor.run.id, 2, by="person:a")  # nobody has begun to seal it
    assert floor.work().state is RunState.AWAITING_REVIEW
    assert StageName.SEAL not in {name for name, _ in floor.called}
    label.desk.approve(floor.run.id, by="a", door="cli")
    assert floor.work().state is RunState.COMPLETED
    assert floor.attempts(StageName.SEAL) == [1]
    assert times_enqueued(label, "release", floor.run.id) == 2
    with pytest.raises(Conflict) as late:
        label.takes.choose(floor.run.id, 1, by="person:a")
    assert late.value.code == "take.too_late"


def test_a_workflow_that_died_at_its_last_step_lays_no_earlier_take_on_the_desk(label: Label) -> None:
    floor = Floor(label, {1: 0.3, 2: 0.9}, takes=2)
    floor.work()
    label.takes.choose(floor.run.id, 1, by="person:a")
    workflows.use(workflows.House(label.office.studio, floor.stages, label.office.dispatcher))
    workflows._move(Named(floor.run.id, "produce", 1), RunState.AWAITING_REVIEW, "", "", 0)
    assert label.runs.get(floor.run.id).state is RunState.PRODUCING
    with pytest.raises(NotReady):
        label.desk.approve(floor.run.id, by="a", door="cli")
    assert floor.work().state is RunState.AWAITING_REVIEW and floor.chosen() == 1


@pytest.mark.both
def test_choosing_and_deciding_at_once_give_one_winner(label: Label) -> None:
    floor = Floor(label, {1: 0.3, 2: 0.9}, takes=2)
    floor.work()
    lined_up = Barrier(3)

    def attempt(deed: Callable[[], object]) -> str:
        lined_up.wait(timeout=30)
        try:
            deed()
        except (Conflict, NotReady) as lost:
            return lost.code
        return "won"

    deeds = (
        lambda: label.takes.choose(floor.run.id, 1, by="person:a"),
        lambda: label.desk.approve(floor.run.id, by="b", door="cli"),
        lambda: label.desk.reject(floor.run.id, by="c", door="cli", reason="thin"),
    )
    with ThreadPoolExecutor(3) as people:
        told = list(people.map(attempt, deeds))
    state, verdict = label.runs.get(floor.run.id).state, label.desk.show(floor.run.id)[1]
    assert told[1:].count("won") <= 1
    if told[0] == "won":  # whatever was decided before has fallen
        assert (state, verdict) == (RunState.PRODUCING, None)
    else:
        assert verdict is not None and state.value == verdict.decision
    assert label.house.verify_audit().passed


def test_what_cannot_be_chosen(label: Label) -> None:
    floor = Floor(label, {1: 0.3, 2: 0.9, 3: -1.0}, takes=3)
    with pytest.raises(NotReady):
        label.takes.choose(floor.run.id, 1, by="person:a")
    floor.work()
    for take, kind in ((2, Conflict), (3, NotAllowed), (7, NotFound)):
        with pytest.raises(kind) as refused:
            label.takes.choose(floor.run.id, take, by="person:a")
        assert refused.value.hint
    with label.office.studio.database.read() as connection:
        rows = connection.execute(sa.select(sa.func.count()).select_from(tables.take_choices)).scalar_one()
    assert (rows, label.runs.get(floor.run.id).state) == (1, RunState.AWAITING_REVIEW)


def test_a_run_that_stops_after_a_choice_goes_on_with_that_take(label: Label) -> None:
    floor = Floor(label, {1: 0.3, 2: 0.9}, takes=2)
    floor.work()
    label.takes.choose(floor.run.id, 1, by="person:a")
    label.runs.cancel(floor.run.id)
    label.runs.resume(floor.run.id)
    assert floor.work().state is RunState.AWAITING_REVIEW
    assert (floor.chosen(), floor.attempts(StageName.VIDEO)) == (1, [1, 2])


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    home = tmp_path_factory.mktemp("takes") / "home"
    words = ("debut", "--prompt", PROMPT, "--seed", "7", "--duration", "32", "--no-video", "--takes", "2")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NOKTVRN_HOME", str(home))
        said = noktvrn(*words, "--json")
    assert said.data["state"] == "awaiting_review", said.err
    return home, said.data


@pytest.mark.long
def test_real_takes_are_two_songs_over_the_same_words(
    recorded: tuple[Path, dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(recorded[0], tmp_path / "copy")
    monkeypatch.setenv("NOKTVRN_HOME", str(tmp_path / "copy"))
    run_id = recorded[1]["run_id"]
    shown = noktvrn("review", "takes", run_id, "--json").data
    assert sorted(take["take"] for take in shown) == [1, 2]
    assert [take["chosen"] for take in shown] == [True, False]
    assert len({take["seed"] for take in shown}) == 2
    assert all(Path(take["preview"]).is_file() and take["evaluations"] for take in shown)
    assert shown[0]["ranked"]["score"] >= shown[1]["ranked"]["score"]
    findings = noktvrn("run", "show", run_id, "--json").data["stages"]
    assert not [f for s in findings for f in s["findings"] if f["rule"] == "audio.same_take"]
    other = str(shown[1]["take"])
    said = noktvrn("review", "choose", run_id, other, "--reason", "closer", "--json")
    assert (said.code, said.data["state"]) == (0, "awaiting_review"), said.err
    assert noktvrn("review", "approve", run_id).code == 0
    release = noktvrn("release", "list", "--json").data[0]
    assert noktvrn("release", "check", release["draft"]["id"]).code in (0, 1)
    after = noktvrn("review", "takes", release["draft"]["id"], "--json").data
    assert [take["take"] for take in after if take["chosen"]] == [int(other)]
    assert noktvrn("audit", "verify").code == 0
