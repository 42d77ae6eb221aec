"""Critic: the house's own checks on the take. A take that does not pass is made again with another seed."""

from __future__ import annotations

from noktvrn.model.brief import Brief
from noktvrn.model.run import StageName
from noktvrn.model.song import SongPlan
from noktvrn.model.track import Track
from noktvrn.music.critic import examine_file
from noktvrn.production.scene import Outcome, Scene
from noktvrn.reference import Mood, load
from noktvrn.storage.ledger import works


def critic(scene: Scene) -> Outcome:
    """Reads the master back from the vault and judges the file itself, not what its maker said of it."""
    take = scene.result(StageName.TRACK, Track)
    with scene.studio.database.read() as connection:
        catalogue = works.others(connection, run_id=scene.run.id, kind="track")
    report = examine_file(
        scene.file(take.master),
        plan=scene.result(StageName.PLAN, SongPlan),
        timeline=take.timeline,
        provenance=take.provenance,
        wanted_duration_s=scene.result(StageName.BRIEF, Brief).duration_s,
        catalogue=catalogue,
        target_lufs=take.target_lufs,
        mood=_mood(scene),
        score=take.score_figures,
    )
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


def _mood(scene: Scene) -> Mood | None:
    """The row of the label's table for the mood asked for; None for a mood in words of one's own."""
    return load(scene.studio.settings).moods.get(scene.result(StageName.BRIEF, Brief).mood.strip().lower())
