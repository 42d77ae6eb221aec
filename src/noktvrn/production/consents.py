"""Whose voice may sound: one that is not our own needs its person's consent, on the day it is used."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from noktvrn.kernel.errors import NotAllowed
from noktvrn.kernel.ids import ConsentId
from noktvrn.model.consent import VoiceConsent, VoiceUse
from noktvrn.production.scene import Scene
from noktvrn.roles.singer import SungStem
from noktvrn.storage import audit
from noktvrn.storage.ledger import consents

_OVER = "it was revoked or has expired"
_NEVER = "nobody has recorded one"


def outside(stem: SungStem) -> bool:
    """Whether the voice needs a person's consent: a named, recorded, cloned or trained one does; one our own
    rules made, and the stock voice of a licensed service, do not."""
    made = stem.provenance.licence_class
    return bool(stem.voice) or not (made == "procedural" or (made == "licensed" and stem.stock))


def require(scene: Scene, stem: SungStem) -> VoiceConsent | None:
    """The consent an outside voice sings by; None for our own. The refusal is written into the trail.

    Raises:
        NotAllowed: there is none that covers this use today.
    """
    if not outside(stem):
        return None
    return demand(scene, stem.voice, stem.use)


def demand(scene: Scene, voice: str, use: VoiceUse) -> VoiceConsent:
    """The consent by which this artist uses a voice today.

    Raises:
        NotAllowed: there is none.
    """
    now = scene.studio.clock.now()
    with scene.studio.database.read() as connection:
        known = consents.of_voice(connection, scene.artist.id, voice)
    valid = [consent for consent in known if consent.covers(use, now.date())]
    if valid:
        return valid[-1]
    why = _OVER if any(use in consent.uses for consent in known) else _NEVER
    with scene.studio.database.begin() as connection:
        _refuse(connection, scene, voice, use, why, now)
    raise NotAllowed(
        f"The voice {voice or 'without a name'} may not be used for {use}: there is no valid consent, {why}.",
        code="voice.no_consent",
        hint="Record one with `noktvrn voice consent add`, or cast formant_singer.",
    )


def still_given(scene: Scene, consent_id: ConsentId | None) -> None:
    """Passes if the consent a take was sung by holds to this day, revoked by nobody.

    Raises:
        NotAllowed: it does not; the refusal is in the trail.
    """
    if consent_id is None:
        return
    now = scene.studio.clock.now()
    with scene.studio.database.read() as connection:
        consent = consents.get(connection, consent_id)
    ended = _ended(consent, now)
    if ended is None:
        return
    with scene.studio.database.begin() as connection:
        _refuse(connection, scene, consent.voice, consent.uses[0], ended.message, now)
    raise ended


def none_taken_back(connection: sa.Connection, consent_id: ConsentId | None, now: datetime) -> None:
    """The same look once more, in the transaction that enters what was made meanwhile. Raises NotAllowed."""
    ended = _ended(consents.get(connection, consent_id), now) if consent_id is not None else None
    if ended is not None:
        raise ended


def _ended(consent: VoiceConsent, now: datetime) -> NotAllowed | None:
    """Why the consent holds no more, or None."""
    if consent.revoked_at is not None:
        return NotAllowed(
            f"{consent.person} took back the consent to use the voice {consent.voice}.",
            code="voice.revoked",
            hint="Make the song again with another voice.",
        )
    if consent.expires_on is not None and consent.expires_on < now.date():
        return NotAllowed(
            f"The consent of {consent.person} to use the voice {consent.voice} ended on "
            f"{consent.expires_on}.",
            code="voice.expired",
            hint="Make the song again with another voice, or by a new consent.",
        )
    return None


def _refuse(
    connection: sa.Connection, scene: Scene, voice: str, use: VoiceUse, why: str, now: datetime
) -> None:
    audit.record(
        connection,
        "voice.refused",
        artist_id=scene.artist.id,
        subject=scene.run.id,
        actor="production",
        at=now,
        detail={"voice": voice, "use": use, "why": why},
    )
