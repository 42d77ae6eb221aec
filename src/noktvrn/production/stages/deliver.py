"""Deliver: every cast courier carries the sealed package out, each at most once."""

from __future__ import annotations

from noktvrn.distribution.delivery import deliver as hand_over
from noktvrn.distribution.rights import Claim
from noktvrn.kernel import checkpoint
from noktvrn.kernel.errors import NotAllowed
from noktvrn.model.release import Delivery, Release
from noktvrn.model.run import StageName
from noktvrn.model.verdict import Verdict
from noktvrn.production.claims import claims_of, cleared
from noktvrn.production.consents import still_given
from noktvrn.production.results import Delivered
from noktvrn.production.scene import Outcome, Scene
from noktvrn.production.shelf import package_of
from noktvrn.production.songs import recordings
from noktvrn.storage import audit
from noktvrn.storage.ledger import releases, reviews, runs, switch


def deliver(scene: Scene) -> Outcome:
    """Where the package arrived. A courier that already has it hands back the same receipt."""
    release = scene.result(StageName.SEAL, Release)
    for track in recordings(scene):
        still_given(scene, track.voice_consent)
    verdict = _verdict(scene)
    claims = claims_of(scene)
    places = []
    for courier in scene.studio.cast.couriers():
        _may_leave(scene)
        package = package_of(scene.studio, release)
        at = scene.studio.clock.now()
        delivery = hand_over(release, package, verdict, courier, claims=claims, at=at)
        _enter(scene, delivery, claims)
        places.append(delivery.place)
    return Outcome(Delivered(places=tuple(places)))


def _may_leave(scene: Scene) -> None:
    """Passes while the label works. Raises NotReady where it was stopped since the last courier."""
    checkpoint.reached()
    with scene.studio.database.read() as connection:
        switch.check(connection)


def _verdict(scene: Scene) -> Verdict:
    with scene.studio.database.read() as connection:
        verdict = reviews.verdict_of(connection, scene.run.id)
    if verdict is None:
        raise NotAllowed(
            f"Run {scene.run.id} has no verdict.",
            code="release.unapproved",
            hint=f"`noktvrn review approve {scene.run.id}` gives one.",
        )
    return verdict


def _enter(scene: Scene, delivery: Delivery, claims: tuple[Claim, ...]) -> None:
    with scene.studio.database.begin() as connection:
        runs.held(connection, scene.run.id)  # one worker at a time: the delivery is recorded once
        known = {one.key for one in releases.deliveries_of(connection, delivery.release_id)}
        releases.put_delivery(connection, delivery, artist_id=scene.artist.id)
        if delivery.key not in known:
            audit.record(
                connection,
                "release.delivered",
                artist_id=scene.artist.id,
                subject=delivery.release_id,
                actor="production",
                at=delivery.at,
                detail={"courier": delivery.courier, "place": delivery.place, **cleared(claims)},
            )
