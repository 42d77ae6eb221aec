"""Voices of people: their consents, recorded, listed and revoked."""

from __future__ import annotations

import mimetypes
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from pydantic import ValidationError

from noktvrn.kernel.errors import Conflict, Invalid, NotFound
from noktvrn.kernel.ids import ArtistId, ConsentId, derive, parse
from noktvrn.label.names import full_name
from noktvrn.label.office import Office
from noktvrn.model.asset import Asset
from noktvrn.model.consent import VoiceConsent, VoiceUse
from noktvrn.storage import audit
from noktvrn.storage.ledger import artists, consents

LARGEST_EVIDENCE = 100_000_000


class Voices:
    """Verbs about people's voices."""

    def __init__(self, office: Office) -> None:
        self._studio = office.studio

    def consent(
        self,
        artist_id: str,
        *,
        voice: str,
        person: str,
        uses: Sequence[VoiceUse],
        given_on: date,
        evidence: Path,
        expires_on: date | None = None,
        actor: str = "person",
    ) -> VoiceConsent:
        """Records a consent; the evidence is copied into the vault and named by its hash.

        Raises:
            NotFound: no such artist or file. Invalid: a value cannot be, such as an end before the beginning.
            Conflict: the same consent with the same evidence is recorded already.
        """
        now = self._studio.clock.now()
        person = full_name(person)
        with self._studio.database.read() as connection:
            artist = artists.get(connection, parse("artist", artist_id))
        if expires_on is not None and expires_on < given_on:
            raise Invalid(
                "The consent ends before it begins.", code="consent.bad_dates", hint="Check the dates."
            )
        kept = self._keep(evidence, artist.id)
        key = (artist.id, voice, person, *sorted(uses), given_on, expires_on, kept.sha256)
        made = _consent(
            {
                "id": ConsentId(derive("consent", *key)),
                "artist_id": artist.id,
                "voice": voice,
                "person": person,
                "uses": tuple(sorted(set(uses))),
                "given_on": given_on,
                "expires_on": expires_on,
                "evidence": kept,
                "recorded_by": actor,
                "recorded_at": now,
            }
        )
        with self._studio.database.begin() as connection:
            consents.add(connection, made)
            audit.record(
                connection,
                "voice.consented",
                artist_id=artist.id,
                subject=made.id,
                actor=actor,
                at=now,
                detail={"voice": voice, "uses": list(made.uses), "evidence": kept.sha256},
            )
        return made

    def consents(self, artist_id: str | None = None) -> tuple[VoiceConsent, ...]:
        """Every consent, or an artist's, oldest first; revoked ones too."""
        with self._studio.database.read() as connection:
            if artist_id is None:
                return consents.every(connection)
            artist = artists.get(connection, parse("artist", artist_id))
            return consents.every(connection, artist_id=artist.id)

    def revoke(self, consent_id: str, *, reason: str, actor: str = "person") -> VoiceConsent:
        """Ends a consent at once, for good: no new take uses the voice by it.

        Raises:
            NotFound: no such consent. Conflict: it was revoked before.
        """
        now = self._studio.clock.now()
        with self._studio.database.begin() as connection:
            consent = consents.get(connection, parse("consent", consent_id))
            ended = consent.model_copy(
                update={"revoked_at": now, "revoked_by": actor, "reason": reason[:300]}
            )
            if not consents.revoke(connection, ended):
                raise Conflict(
                    f"The consent {consent.id} was revoked before.",
                    code="consent.revoked",
                    hint="`noktvrn voice consent list` shows when and by whom.",
                )
            audit.record(
                connection,
                "voice.revoked",
                artist_id=consent.artist_id,
                subject=consent.id,
                actor=actor,
                at=now,
                detail={"voice": consent.voice, "reason": ended.reason},
            )
        return ended

    def _keep(self, evidence: Path, artist_id: ArtistId) -> Asset:
        if not evidence.is_file():
            raise NotFound(f"There is no file {evidence}.", code="consent.no_file", hint="Check the path.")
        size = evidence.stat().st_size
        if not 0 < size <= LARGEST_EVIDENCE:
            raise Invalid(
                f"{evidence.name} has {size:,} bytes.",
                code="consent.bad_file",
                hint=f"Evidence is a signed paper or a recording of at most {LARGEST_EVIDENCE:,} bytes.",
            )
        kind = mimetypes.guess_type(evidence.name)[0] or "application/octet-stream"
        return self._studio.vault.put(evidence, artist_id=artist_id, media_type=kind, name=evidence.name)


def _consent(values: dict[str, object]) -> VoiceConsent:
    try:
        return VoiceConsent.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        raise Invalid(
            f"The consent's {first['loc'][0]} cannot be: {first['msg']}.",
            code="consent.invalid",
            hint="A voice has a short name (a-z, 0-9, . _ -); a person has first and last name.",
        ) from error
