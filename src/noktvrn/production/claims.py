"""The rights in every part of a run: where it comes from, when it was made, and the terms of that day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa

from noktvrn.distribution.rights import Claim
from noktvrn.model.provenance import Provenance
from noktvrn.model.run import Run, StageName
from noktvrn.production.dossiers import dossier_of
from noktvrn.production.scene import Scene
from noktvrn.production.songs import songs
from noktvrn.storage.ledger import runs, terms, tickets

MADE_IN = {
    "track": StageName.TRACK,
    "voice": StageName.TRACK,
    "cover": StageName.COVER,
    "video": StageName.VIDEO,
    "teaser": StageName.TEASER,
}
WHOLE = 0
"""The number of the run itself, beside those of a record's songs."""


def claims_of(scene: Scene) -> tuple[Claim, ...]:
    """One for each made thing of the run's release."""
    made = dossier_of(scene).sources
    parts_of = {song.number: song.scene.run for song in songs(scene)} if scene.brief.is_record else {}
    with scene.studio.database.read() as connection:
        begun = {number: _begun(connection, run) for number, run in (parts_of | {WHOLE: scene.run}).items()}
        days = {part: _made_on(connection, one, _when(part, begun)) for part, one in made.items()}
        return tuple(
            Claim(part, one, days[part], terms.covering(connection, one.made_by, days[part]))
            for part, one in made.items()
        )


def cleared(claims: tuple[Claim, ...]) -> dict[str, Any]:
    """For the audit trail: what only a later record of terms let through. Empty where nothing was."""
    let = [
        {
            "part": claim.part,
            "provider": claim.made.made_by,
            "plan": claim.record.plan,
            "since": claim.record.since.isoformat(),
            "recorded_by": claim.record.recorded_by,
        }
        for claim in claims
        if claim.cleared and claim.record is not None
    ]
    return {"rights_by_record": let} if let else {}


def _begun(connection: sa.Connection, run: Run) -> dict[StageName, datetime]:
    return {record.stage: record.started_at for record in runs.holding(connection, run)}


def _when(part: str, begun: Mapping[int, Mapping[StageName, datetime]]) -> datetime:
    """`video: shot 3` was made in the stage of the video; `track 2` in that of the record's second song."""
    name, _, number = part.partition(":")[0].partition(" ")
    return begun[int(number or WHOLE)][MADE_IN[name]]


def _made_on(connection: sa.Connection, made: Provenance, begun: datetime) -> date:
    """The day (UTC) it was ordered outside; of what was not, the day its stage began."""
    ordered = tickets.get(connection, made.ticket, lock=False).opened_at if made.ticket else begun
    return min(ordered, begun).astimezone(UTC).date()
