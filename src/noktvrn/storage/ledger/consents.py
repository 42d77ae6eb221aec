"""Voice consents. A row is written once; only its revocation is added, and never taken back."""

from __future__ import annotations

import sqlalchemy as sa

from noktvrn.kernel.errors import Conflict, NotFound
from noktvrn.model.consent import VoiceConsent
from noktvrn.storage.tables import voice_consents


def add(connection: sa.Connection, consent: VoiceConsent) -> None:
    """Enters a consent.

    Raises:
        Conflict: this very consent was entered before.
    """
    if _find(connection, consent.id) is not None:
        raise Conflict(
            f"The consent {consent.id} is in the books already.",
            code="consent.known",
            hint="`noktvrn voice consent list` shows it.",
        )
    connection.execute(
        voice_consents.insert().values(
            artist_id=consent.artist_id,
            consent_id=consent.id,
            voice=consent.voice,
            data=consent.as_data(),
            recorded_at=consent.recorded_at,
            revoked_at=None,
        )
    )


def get(connection: sa.Connection, consent_id: str) -> VoiceConsent:
    """A consent by its id.

    Raises:
        NotFound: there is none.
    """
    found = _find(connection, consent_id)
    if found is None:
        raise NotFound(
            f"There is no consent {consent_id}.",
            code="consent.not_found",
            hint="`noktvrn voice consent list` shows those there are.",
        )
    return found


def every(connection: sa.Connection, *, artist_id: str | None = None) -> tuple[VoiceConsent, ...]:
    """All consents, or an artist's, oldest first; revoked ones too."""
    query = sa.select(voice_consents.c.data)
    if artist_id is not None:
        query = query.where(voice_consents.c.artist_id == artist_id)
    rows = connection.execute(query.order_by(voice_consents.c.recorded_at, voice_consents.c.consent_id))
    return tuple(VoiceConsent.model_validate(data) for data in rows.scalars())


def of_voice(connection: sa.Connection, artist_id: str, voice: str) -> tuple[VoiceConsent, ...]:
    """What was ever agreed on this artist's use of a voice, oldest first."""
    return tuple(one for one in every(connection, artist_id=artist_id) if one.voice == voice)


def revoke(connection: sa.Connection, consent: VoiceConsent) -> bool:
    """Writes the revocation `consent` carries. False: it was revoked before, and nothing was written."""
    change = voice_consents.update().where(
        voice_consents.c.artist_id == consent.artist_id,
        voice_consents.c.consent_id == consent.id,
        voice_consents.c.revoked_at.is_(None),
    )
    done = connection.execute(change.values(data=consent.as_data(), revoked_at=consent.revoked_at))
    return bool(done.rowcount)


def _find(connection: sa.Connection, consent_id: str) -> VoiceConsent | None:
    row = connection.execute(
        sa.select(voice_consents.c.data).where(voice_consents.c.consent_id == consent_id)
    ).scalar_one_or_none()
    return VoiceConsent.model_validate(row) if row is not None else None
