"""What listeners did with a release, handed back to the words in it: who wrote them, asked in which words.

Router and prompt trials learn from these rows. A release is held against its own artist's usual, once for
each month its figures reach; what was entered for a month stands, whatever is corrected later.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import sqlalchemy as sa

from noktvrn.audience.fraud import flag_suspicious
from noktvrn.evolution.standing import standings
from noktvrn.kernel.ids import ReleaseId
from noktvrn.label.verdict_outcomes import outcome, standing_sessions
from noktvrn.model.performance import Performance
from noktvrn.storage.ledger import audience, outcomes, releases

KIND: outcomes.Kind = "performance"


def learn_from_figures(connection: sa.Connection, artist_id: str, *, at: datetime) -> int:
    """Enters how the artist's releases did, for the words in them; returns how many outcomes are new."""
    rows = [row for row in flag_suspicious(audience.of_artist(connection, artist_id)) if not row.suspicious]
    scores = standings(rows)
    run_of = {r.draft.id: r.draft.run_id for r in releases.every(connection, artist_id=artist_id)}
    return sum(
        _enter(connection, run_of[release], _month(rows, release), score, at)
        for release, score in scores.items()
        if release in run_of
    )


def _enter(connection: sa.Connection, run_id: str, month: int, score: float, at: datetime) -> int:
    fresh = 0
    for session in standing_sessions(connection, run_id):
        known = outcomes.of_session(connection, session.session_id)
        if not any(row.kind == KIND and row.number == month for row in known):
            fresh += outcomes.add(connection, outcome(session, KIND, month, score, at))
    return fresh


def _month(rows: Sequence[Performance], release: ReleaseId) -> int:
    """The month the release's figures reach, counted from the year 0."""
    last: date = max(row.period_end for row in rows if row.release_id == release)
    return last.year * 12 + last.month
