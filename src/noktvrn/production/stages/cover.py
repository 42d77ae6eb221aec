"""Cover: painted in the artist's identity, judged, and painted anew when it does not pass."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from noktvrn.kernel.errors import Refused
from noktvrn.kernel.seeds import derive_seed
from noktvrn.model.brief import Brief
from noktvrn.model.finding import Report
from noktvrn.model.picture import Picture
from noktvrn.model.run import StageName
from noktvrn.model.track import Track
from noktvrn.picture.compose import PREVIEW
from noktvrn.production.chain import Chain
from noktvrn.production.results import Words
from noktvrn.production.scene import Outcome, Scene
from noktvrn.production.songs import track_shown
from noktvrn.roles.illustrator import Illustrator, Painting
from noktvrn.storage.ledger import works
from noktvrn.visuals.cover import paint_cover
from noktvrn.visuals.critic import examine_picture
from noktvrn.visuals.prints import may_copy_any, prints_of

TRIES = 3
"""Covers one illustrator may paint. What one that costs money has painted is not bought a second time."""

PROOFS = 40
"""How many small proofs the embedded painter may look at for one that is like no cover of the catalogue: the
covers of one artist are kin, and of twenty a third of the next ones would be taken for one of them."""

PROOF_SIDE = PREVIEW
"""As many pixels as the words of a full cover are placed on: on fewer they might stand elsewhere."""

ROOM_BY = 3
"""The try at which a cover may go as far as the camera can from the artist's usual composition: the first one
stays with it, and the covers of a short catalogue all do."""


def cover(scene: Scene) -> Outcome:
    """A cover that passes, within a few tries of every illustrator.

    Raises:
        Refused: none did.
    """
    take = track_shown(scene)
    chain = Chain(scene, "cover", scene.studio.cast.illustrators())
    tries: Counter[str] = Counter()
    drawn: Counter[str] = Counter()
    while True:
        order = partial(_paint, scene, chain, take, drawn)
        painting, illustrator = chain.played(order)
        tries[illustrator.name] += 1
        report = _judge(scene, painting)
        if report.passed:
            kept = _keep(scene, painting, report, _seed(scene, drawn[illustrator.name]))
            return replace(kept, findings=(*chain.findings, *kept.findings))
        most = 1 if scene.studio.cast.paid(illustrator.name) else TRIES
        if tries[illustrator.name] < most:
            continue
        found = "; ".join(finding.message for finding in report.findings)
        if chain.players == (illustrator,):
            raise Refused(
                f"No cover out of {most} passed: {found}",
                code="cover.refused",
                hint=f"Another title often helps: `noktvrn run remake {scene.run.id} --only title`.",
            )
        chain.judged(illustrator, f"none of {most} covers passed: {found}")


def _title(scene: Scene) -> str:
    """What the song is called now: another title may have been found since the take was recorded."""
    return scene.result(StageName.LYRICS, Words).title


def _seed(scene: Scene, number: int) -> int:
    return derive_seed(scene.seed, "try", number)


def variety_of(number: int) -> float:
    """How far the cover of a try may go from the artist's usual composition, 0..1."""
    return min(1.0, (number - 1) / (ROOM_BY - 1))


def _paint(
    scene: Scene, chain: Chain[Illustrator], take: Track, drawn: Counter[str], illustrator: Illustrator
) -> Painting:
    """The next cover of an illustrator. `drawn` counts the seeds each has used up."""
    profile, first = scene.artist.profile, drawn[illustrator.name] + 1
    paint = partial(
        paint_cover,
        illustrator,
        look=profile.look,
        artist_name=profile.stage_name,
        title=_title(scene),
        mood=scene.result(StageName.BRIEF, Brief).mood,
        energy=take.figures.energy_curve,
        prompt=profile.visual_identity_prompt,
    )
    embedded = illustrator is chain.players[-1] and not scene.studio.cast.paid(illustrator.name)
    number = _unlike(scene, paint, first) if embedded else first
    drawn[illustrator.name] = number
    return paint(
        seed=_seed(scene, number),
        variety=variety_of(number),
        folder=scene.folder,
        errand=chain.errand(first, TRIES),
    )


def _unlike(scene: Scene, paint: Callable[..., Painting], first: int) -> int:
    """The number, from `first` on, of the first seed whose small proof is like no cover of the catalogue; the
    last one looked at where all are."""
    others = [mark for _, mark in _catalogue(scene)]
    if not others:
        return first
    folder = scene.folder / "proofs"
    folder.mkdir(exist_ok=True)
    for number in range(first, first + PROOFS):
        proof = paint(seed=_seed(scene, number), variety=variety_of(number), folder=folder, side=PROOF_SIDE)
        if not may_copy_any(prints_of(proof.path)[0], others):
            break
    return number


def _catalogue(scene: Scene) -> tuple[tuple[str, str], ...]:
    """Title and fingerprint of every other cover of the label."""
    with scene.studio.database.read() as connection:
        return tuple(works.others(connection, run_id=scene.run.id, kind="cover"))


def _judge(scene: Scene, painting: Painting) -> Report:
    return examine_picture(
        painting,
        kind="cover",
        expected_text=(_title(scene), scene.artist.profile.stage_name),
        look=scene.artist.profile.look,
        catalogue=_catalogue(scene),
    )


def _keep(scene: Scene, painting: Painting, report: Report, seed: int) -> Outcome:
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
