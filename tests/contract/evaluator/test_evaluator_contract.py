"""What every player of the Evaluator role has to keep, run against the embedded one and a person's own."""

from __future__ import annotations

import os
import resource
import time
from pathlib import Path

import pytest
from tests.unit.music.test_music_critic import FORM, GOOD, PLAN

from noktvrn.kernel.clock import SystemClock
from noktvrn.kernel.errors import LabelError, Refused, TimedOut
from noktvrn.model.evaluation import Evaluation
from noktvrn.model.finding import Severity
from noktvrn.model.sound import ScoreFigures
from noktvrn.music.jury import hear
from noktvrn.providers._kit import Kit
from noktvrn.providers.registry import open_player
from noktvrn.roles.evaluator import EvaluationRequest, Evaluator
from noktvrn.settings import Settings

PROVIDERS = frozenset({"house_evaluator", "plugin_evaluators"})
OWN = """
import os, sys, time
from noktvrn.model.evaluation import Evaluation

class Ears:
    name = "ears"
    def evaluate(self, request):
        print("thinking aloud")
        assert "OPENAI_API_KEY" not in os.environ
        scores = {"length": min(request.figures.duration_s / 720, 1.0)}
        return Evaluation(evaluator="ears", version="2", licence_class="open_weights", scores=scores)

class Raising(Ears):
    def evaluate(self, request):
        raise ValueError("no weights were found")

class Talking(Ears):
    def evaluate(self, request):
        return Evaluation.model_construct(evaluator="x", version="1", licence_class="y", scores={"hook": 7.0})

class Dying(Ears):
    def evaluate(self, request):
        os._exit(139)

class Sleeping(Ears):
    def evaluate(self, request):
        time.sleep(600)

class Shouting(Ears):
    def evaluate(self, request):
        for _ in range(200):
            print("x" * (1 << 20))
            print("x" * (1 << 20), file=sys.stderr)
        return super().evaluate(request)

class Parting(Ears):
    def evaluate(self, request):
        if os.fork() == 0:
            os.setsid()
            time.sleep(20)
            os._exit(0)
        return super().evaluate(request)

class Flooding(Ears):
    def evaluate(self, request):
        while True:
            for number in range(3, 9):
                try:
                    os.write(number, b"x" * (1 << 16))
                except OSError:
                    pass

class Escaping(Ears):
    def evaluate(self, request):
        return Evaluation.model_construct(
            evaluator="\\x1b[31mred", version="1", licence_class="y", scores={"hook": 0.5}
        )
"""
GOOD_WORD = Evaluation(evaluator="ears", version="2", licence_class="open_weights", scores={"length": 0.4})


class Again:
    """What a program has said or failed with, once more, without starting it again."""

    name = "again"

    def __init__(self, outcome: Evaluation | LabelError) -> None:
        self._outcome = outcome

    def evaluate(self, request: EvaluationRequest) -> Evaluation:
        if isinstance(self._outcome, LabelError):
            raise self._outcome
        return self._outcome


WRITTEN = ScoreFigures(chord_tone_rate=0.8, motif_recurrence=0.6, groove=0.8, pitch_class_entropy=2.6)


def request_for(path: Path, score: ScoreFigures | None = WRITTEN, **changed: float) -> EvaluationRequest:
    figures = GOOD.model_copy(update=changed)
    return EvaluationRequest(path=path, plan=PLAN, timeline=FORM, figures=figures, score=score)


@pytest.fixture
def own_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "own_ears.py").write_text(OWN)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    return tmp_path


def own(*places: str, timeout_s: float = 60.0) -> tuple[Evaluator, ...]:
    settings = Settings(evaluators=places, evaluator_timeout_s=timeout_s, _env_file=None)
    found: tuple[Evaluator, ...] = open_player(
        "evaluator", "plugin_evaluators", settings, Kit(SystemClock(), Path())
    )
    return found


@pytest.fixture(params=["house", "own"])
def evaluator(request: pytest.FixtureRequest, own_module: Path) -> Evaluator:
    if request.param == "own":
        return own("own_ears:Ears")[0]
    player: Evaluator = open_player(
        "evaluator", "house_evaluator", Settings(_env_file=None), Kit(SystemClock(), own_module)
    )
    return player


def test_an_evaluation_names_its_judge_and_keeps_its_scale(evaluator: Evaluator, tmp_path: Path) -> None:
    said = evaluator.evaluate(request_for(tmp_path / "take.flac"))
    assert isinstance(said, Evaluation)
    assert said.evaluator and said.version and said.licence_class
    assert said.scores and all(0 <= value <= 1 for value in said.scores.values())
    assert 0 <= said.overall <= 1


def test_the_same_take_gets_the_same_evaluation(evaluator: Evaluator, tmp_path: Path) -> None:
    one, other = (evaluator.evaluate(request_for(tmp_path / "take.flac")) for _ in range(2))
    assert one == other


def test_a_take_without_a_score_is_judged_as_well(evaluator: Evaluator, tmp_path: Path) -> None:
    assert evaluator.evaluate(request_for(tmp_path / "take.flac", score=None)).scores


def test_the_house_prefers_the_better_figure(tmp_path: Path) -> None:
    house = open_player(
        "evaluator", "house_evaluator", Settings(_env_file=None), Kit(SystemClock(), tmp_path)
    )
    flat = house.evaluate(request_for(tmp_path, section_contrast_lu=0.5)).scores
    lifted = house.evaluate(request_for(tmp_path, section_contrast_lu=3.0)).scores
    assert lifted["contrast"] == 1.0 > flat["contrast"] > 0
    forgetful = WRITTEN.model_copy(update={"motif_recurrence": 0.1})
    assert (
        house.evaluate(request_for(tmp_path)).scores["hook"]
        > house.evaluate(request_for(tmp_path, forgetful)).scores["hook"]
    )
    odd = request_for(tmp_path, section_contrast_lu=float("nan"))
    assert house.evaluate(odd).scores["contrast"] == 0.0


@pytest.mark.parametrize(
    ("factory", "kind", "told"),
    [
        ("Raising", Refused, "no weights were found"),
        ("Talking", Refused, "no evaluation"),
        ("Dying", Refused, "139"),
        ("Missing", Refused, "Missing"),
        ("Flooding", Refused, "too long"),
        ("Escaping", Refused, "no evaluation"),
    ],
)
def test_an_evaluator_that_fails_is_told_and_breaks_nothing(
    factory: str, kind: type[LabelError], told: str, own_module: Path
) -> None:
    request = request_for(own_module / "take.flac")
    with pytest.raises(kind, match=told) as failed:
        own(f"own_ears:{factory}")[0].evaluate(request)
    said, notices = hear((Again(failed.value), Again(GOOD_WORD)), request)
    assert said == (GOOD_WORD,)
    assert [(n.rule, n.severity) for n in notices] == [("evaluator.absent", Severity.INFO)]
    assert told in notices[0].message and notices[0].hint


def test_an_evaluator_that_hangs_is_ended_in_time(own_module: Path) -> None:
    begun = time.monotonic()
    with pytest.raises(TimedOut) as late:
        own("own_ears:Sleeping", timeout_s=0.5)[0].evaluate(request_for(own_module / "take.flac"))
    assert time.monotonic() - begun < 30
    assert "NOKTVRN_EVALUATOR_TIMEOUT" in late.value.hint


def test_what_it_prints_takes_no_memory_and_what_it_leaves_behind_no_time(own_module: Path) -> None:
    begun, before = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for factory in ("Shouting", "Parting"):
        said = own(f"own_ears:{factory}")[0].evaluate(request_for(own_module / "take.flac"))
        assert said.evaluator == "ears"
    assert time.monotonic() - begun < 55
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


def test_a_player_in_this_process_may_raise_what_it_likes(tmp_path: Path) -> None:
    class Broken:
        name = "broken"

        def evaluate(self, request: EvaluationRequest) -> Evaluation:
            raise ZeroDivisionError(request.plan.seed)

    said, notices = hear([Broken()], request_for(tmp_path))
    assert said == () and "ZeroDivisionError" in notices[0].message


def test_entry_points_are_found_without_importing_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "ears-1.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: ears\nVersion: 1.0\n")
    (folder / "entry_points.txt").write_text("[noktvrn.evaluators]\nfine = nowhere.at_all:Ears\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert [player.name for player in own("other.place:Ears", "nowhere.at_all:Ears")] == [
        "fine",
        "other.place:Ears",
    ]
    assert os.environ.get("NOKTVRN_EVALUATORS") is None
