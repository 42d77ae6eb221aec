"""Cover: painted in the artist's identity, judged, and painted anew when it does not pass."""

from __future__ import annotations

from noktvrn.kernel.errors import Refused
from noktvrn.kernel.seeds import derive_seed
from noktvrn.model.brief import Brief
from noktvrn.model.finding import Report
from noktvrn.model.picture import Picture
from noktvrn.model.run import StageName
from noktvrn.model.track import Track
from noktvrn.production.scene import Outcome, Scene
from noktvrn.roles.illustrator import Painting
from noktvrn.storage.ledger import works
from noktvrn.visuals.cover import paint_cover
from noktvrn.visuals.critic import examine_picture
from noktvrn.visuals.prints import prints_of

TRIES = 3


def cover(scene: Scene) -> Outcome:
    """A cover that passes, within a few tries."""
    take = scene.result(StageName.TRACK, Track)
    for attempt in range(1, TRIES + 1):
        seed = derive_seed(scene.seed, "try", attempt)
        painting = _paint(scene, take, seed)
        report = _judge(scene, painting, take)
        if report.passed:
            return _keep(scene, painting, report, take, seed)
    found = "; ".join(finding.message for finding in report.findings)
    raise Refused(
        f"No cover out of {TRIES} passed: {found}",
        code="cover.refused",
        hint="A shorter title often helps: `noktvrn run start ... --title`.",
    )


def _paint(scene: Scene, take: Track, seed: int) -> Painting:
    profile = scene.artist.profile
    return paint_cover(
        scene.studio.cast.illustrator(),
        look=profile.look,
        artist_name=profile.stage_name,
        title=take.title,
        mood=scene.result(StageName.BRIEF, Brief).mood,
        energy=take.figures.energy_curve,
        seed=seed,
        folder=scene.folder,
    )


def _judge(scene: Scene, painting: Painting, take: Track) -> Report:
    with scene.studio.database.read() as connection:
        catalogue = works.others(connection, run_id=scene.run.id, kind="cover")
    return examine_picture(
        painting,
        kind="cover",
        expected_text=(take.title, scene.artist.profile.stage_name),
        look=scene.artist.profile.look,
        catalogue=catalogue,
    )


def _keep(scene: Scene, painting: Painting, report: Report, take: Track, seed: int) -> Outcome:
    mark, palette = prints_of(painting.path)
    picture = Picture(
        kind="cover",
        asset=scene.keep(painting.path, painting.media_type, f"cover{painting.path.suffix}"),
        width=painting.width,
        height=painting.height,
        seed=seed,
        shown_text=painting.shown_text,
        romanised=painting.romanised,
        palette=palette,
        fingerprint=mark,
        provenance=painting.provenance,
    )
    return Outcome(
        picture,
        findings=report.findings,
        checked=report.checked,
        commits=[
            lambda connection: works.put(
                connection,
                artist_id=scene.artist.id,
                run_id=scene.run.id,
                kind="cover",
                title=take.title,
                mark=mark,
            )
        ],
    )
