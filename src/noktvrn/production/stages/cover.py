"""Cover: painted in the artist's identity, judged, and painted anew when it does not pass."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import partial

from noktvrn.kernel.errors import Refused
from noktvrn.kernel.seeds import derive_seed
from noktvrn.model.brief import Brief
from noktvrn.model.finding import Report
from noktvrn.model.picture import Picture
from noktvrn.model.run import StageName
from noktvrn.model.track import Track
from noktvrn.production.chain import Chain
from noktvrn.production.results import Words
from noktvrn.production.scene import Outcome, Scene
from noktvrn.production.songs import track_shown
from noktvrn.roles.illustrator import Illustrator, Painting
from noktvrn.storage.ledger import works
from noktvrn.visuals.cover import paint_cover
from noktvrn.visuals.critic import examine_picture
from noktvrn.visuals.prints import prints_of

TRIES = 3
"""Covers one illustrator may paint. What one that costs money has painted is not bought a second time."""


def cover(scene: Scene) -> Outcome:
    """A cover that passes, within a few tries of every illustrator.

    Raises:
        Refused: none did.
    """
    take = track_shown(scene)
    chain = Chain(scene, "cover", scene.studio.cast.illustrators())
    tries: Counter[str] = Counter()
    while True:
        order = partial(_paint, scene, chain, take, tries)
        painting, illustrator = chain.played(order)
        tries[illustrator.name] += 1
        report = _judge(scene, painting, take)
        if report.passed:
            kept = _keep(scene, painting, report, take, _seed(scene, tries[illustrator.name]))
            return replace(kept, findings=(*chain.findings, *kept.findings))
        most = 1 if scene.studio.cast.paid(illustrator.name) else TRIES
        if tries[illustrator.name] < most:
            continue
        found = "; ".join(finding.message for finding in report.findings)
        if chain.players == (illustrator,):
            raise Refused(
                f"No cover out of {most} passed: {found}",
                code="cover.refused",
                hint="A shorter title often helps: `noktvrn run start ... --title`.",
            )
        chain.judged(illustrator, f"none of {most} covers passed: {found}")


def _title(scene: Scene) -> str:
    """What the song is called now: another title may have been found since the take was recorded."""
    return scene.result(StageName.LYRICS, Words).title


def _seed(scene: Scene, number: int) -> int:
    return derive_seed(scene.seed, "try", number)


def _paint(
    scene: Scene, chain: Chain[Illustrator], take: Track, tries: Counter[str], illustrator: Illustrator
) -> Painting:
    profile, number = scene.artist.profile, tries[illustrator.name] + 1
    return paint_cover(
        illustrator,
        look=profile.look,
        artist_name=profile.stage_name,
        title=_title(scene),
        mood=scene.result(StageName.BRIEF, Brief).mood,
        energy=take.figures.energy_curve,
        seed=_seed(scene, number),
        folder=scene.folder,
        prompt=profile.visual_identity_prompt,
        errand=chain.errand(number, TRIES),
    )


def _judge(scene: Scene, painting: Painting, take: Track) -> Report:
    with scene.studio.database.read() as connection:
        catalogue = works.others(connection, run_id=scene.run.id, kind="cover")
    return examine_picture(
        painting,
        kind="cover",
        expected_text=(_title(scene), scene.artist.profile.stage_name),
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
                title=_title(scene),
                mark=mark,
            )
        ],
    )
