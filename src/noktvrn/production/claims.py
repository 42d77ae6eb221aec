"""The rights in every part of a run: where it comes from, when it was made, and the terms of that day."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa

from noktvrn.distribution.rights import Claim
from noktvrn.model.provenance import Provenance
from noktvrn.model.run import StageName
from noktvrn.production.dossiers import dossier_of
from noktvrn.production.scene import Scene
from noktvrn.storage.ledger import runs, terms, tickets

MADE_IN = {
    "track": StageName.TRACK,
    "voice": StageName.TRACK,
    "cover": StageName.COVER,
    "video": StageName.VIDEO,
    "teaser": StageName.TEASER,
}


def claims_of(scene: Scene) -> tuple[Claim, ...]:
    """One for each made thing of the run's release."""
    made = dossier_of(scene).sources
    with scene.studio.database.read() as connection:
        begun = {record.stage: record.started_at for record in runs.holding(connection, scene.run)}
        days = {part: _made_on(connection, one, begun[_stage(part)]) for part, one in made.items()}
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


def _stage(part: str) -> StageName:
    """`video: shot 3` was made in the stage of the video."""
    return MADE_IN[part.partition(":")[0]]


def _made_on(connection: sa.Connection, made: Provenance, begun: datetime) -> date:
    """The day (UTC) it was ordered outside; of what was not, the day its stage began."""
    ordered = tickets.get(connection, made.ticket, lock=False).opened_at if made.ticket else begun
    return min(ordered, begun).astimezone(UTC).date()
