"""Release dates: after the lead time, on a Friday or the day a plan asked for, never close to another one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from noktvrn.model.brief import Brief
from noktvrn.model.release import ReleaseDraft
from noktvrn.model.run import StageName
from noktvrn.production.scene import Scene
from noktvrn.storage.ledger import releases

FRIDAY = 4
APART = timedelta(days=7)
"""Store releases of one artist; stores take more for spam."""


def take_release_date(scene: Scene, draft: ReleaseDraft, sealed_at: datetime) -> date:
    """The release's date, taken once for good: repeating a sealing after a crash finds the same one."""
    studio = scene.studio
    earliest = sealed_at.date() + timedelta(days=studio.settings.release_lead_days)
    wish = scene.result(StageName.BRIEF, Brief).due_on
    with studio.database.begin() as connection:
        return releases.take_date(
            connection,
            artist_id=draft.artist_id,
            release_id=draft.id,
            candidates=candidates(earliest, wish),
            apart=APART,
            at=sealed_at,
        )


def candidates(earliest: date, wish: date | None) -> Iterator[date]:
    """The wished day where the lead time allows it, then Fridays without end: the trade's release day."""
    if wish is not None and wish >= earliest:
        yield wish
    day = max(earliest, wish or earliest)
    day += timedelta(days=(FRIDAY - day.weekday()) % 7)
    while True:
        yield day
        day += timedelta(days=7)
