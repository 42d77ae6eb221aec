"""Critic: the house's own checks on the take. A take that does not pass is made again with another seed."""

from __future__ import annotations

from noktvrn.model.brief import Brief
from noktvrn.model.run import StageName
from noktvrn.model.song import SongPlan
from noktvrn.model.track import Track
from noktvrn.music.critic import examine_file
from noktvrn.production.scene import Outcome, Scene
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
