"""Critic: the house's own checks on the take, and what evaluators say of it.

A take that does not pass is made again with another seed; those that pass are ranked where several were asked
for.
"""

from __future__ import annotations

from pathlib import Path

from noktvrn.model.brief import Brief
from noktvrn.model.finding import Report, Severity
from noktvrn.model.run import StageName
from noktvrn.model.song import SongPlan
from noktvrn.model.track import Track
from noktvrn.music.critic import examine_file
from noktvrn.music.jury import hear
from noktvrn.production.scene import Outcome, Scene
from noktvrn.production.takes import earlier_takes, plan_of_take
from noktvrn.reference import Mood, load
from noktvrn.roles.evaluator import EvaluationRequest
from noktvrn.storage.ledger import works

OF_THE_PLAN = frozenset(
    {
        "audio.brief_length",
        "audio.tempo",
        "audio.heard_tempo",
        "audio.key",
        "audio.heard_key",
        "audio.sections",
        "audio.long_section",
        "audio.hook",
        "audio.contrast",
        "audio.crest",
        "audio.range",
        "audio.tilt",
    }
)
"""Rules about what was asked for and about taste, not about what stores take."""


def critic(scene: Scene) -> Outcome:
    """Reads the master back from the vault and judges the file itself, not what its maker said of it."""
    take = scene.this_take(Track)
    plan = plan_of_take(scene.result(StageName.PLAN, SongPlan), scene.seeded)
    path = scene.file(take.master)
    examined = _examined(scene, take, plan, path)
    if take.provenance.licence_class not in ("procedural", "human"):
        examined = for_an_outside_engine(examined)
    report = _with_evaluations(scene, examined, take, plan, path)
    return Outcome(
        report,
        findings=report.findings,
        checked=report.checked,
        passed=report.passed,
        commits=[
            lambda connection: works.put(
                connection,
                artist_id=scene.artist.id,
                run_id=scene.run.id,
                kind="track",
                title=take.title,
                mark=take.figures.fingerprint,
            )
        ],
    )


def for_an_outside_engine(report: Report) -> Report:
    """The report on a song somebody else's engine made: it reads the plan as a wish, and each of its songs is
    an order, so where it left the plan a person is told, and the song is not thrown away."""
    softened = (
        found.model_copy(
            update={"severity": Severity.WARNING, "hint": "Its engine took the plan as a wish: listen."}
        )
        if found.rule in OF_THE_PLAN and found.severity is Severity.ERROR
        else found
        for found in report.findings
    )
    return report.model_copy(update={"findings": tuple(softened)})


def _examined(scene: Scene, take: Track, plan: SongPlan, path: Path) -> Report:
    with scene.studio.database.read() as connection:
        catalogue = works.others(connection, run_id=scene.run.id, kind="track")
        takes = earlier_takes(connection, scene.run, before=scene.attempt)
    return examine_file(
        path,
        plan=plan,
        timeline=take.timeline,
        provenance=take.provenance,
        wanted_duration_s=scene.result(StageName.BRIEF, Brief).duration_s,
        catalogue=catalogue,
        takes=takes,
        target_lufs=take.target_lufs,
        mood=_mood(scene),
        score=take.score_figures,
    )


def _with_evaluations(scene: Scene, report: Report, take: Track, plan: SongPlan, path: Path) -> Report:
    """The report with what evaluators say. A take that cannot pass is not worth their time."""
    if not report.passed:
        return report
    request = EvaluationRequest(
        path=path, plan=plan, timeline=take.timeline, figures=take.figures, score=take.score_figures
    )
    said, told = hear(scene.studio.cast.evaluators(), request)
    return report.model_copy(update={"evaluations": said, "findings": report.findings + told})


def _mood(scene: Scene) -> Mood | None:
    """The row of the label's table for the mood asked for; None for a mood in words of one's own."""
    return load(scene.studio.settings).moods.get(scene.result(StageName.BRIEF, Brief).mood.strip().lower())
