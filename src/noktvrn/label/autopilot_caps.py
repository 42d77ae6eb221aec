"""Autopilot's limits: the settings' word, the label's switch for it, and caps for one day."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from noktvrn.kernel.errors import NotAllowed
from noktvrn.model.run import Run
from noktvrn.model.verdict import ReviewItem
from noktvrn.production.studio import Studio
from noktvrn.storage import audit
from noktvrn.storage.ledger import desk, reviews

DAY = timedelta(days=1)
FLAG = "autopilot"


def is_on(connection: sa.Connection, studio: Studio) -> bool:
    """Whether autopilot may give verdicts, caps aside."""
    return studio.settings.autopilot_allowed and desk.flag(connection, FLAG) != "off"


def turn(connection: sa.Connection, on: bool, *, by: str, at: datetime) -> None:
    """Turns the label's switch for it."""
    value = "on" if on else "off"
    desk.set_flag(connection, FLAG, value, by=by, at=at)
    audit.record(connection, f"autopilot.{value}", artist_id=audit.LABEL, subject=FLAG, actor=by, at=at)


def may_serve(connection: sa.Connection, studio: Studio) -> tuple[ReviewItem, ...]:
    """What autopilot may decide now, longest first."""
    settings = studio.settings
    given = desk.approvals(connection, studio.clock.now() - DAY, door="autopilot")
    if not is_on(connection, studio) or sum(given.values()) >= settings.autopilot_label_daily:
        return ()
    full = [artist for artist, number in given.items() if number >= settings.autopilot_artist_daily]
    return desk.for_autopilot(connection, besides=full) if settings.autopilot_artist_daily else ()


def check(connection: sa.Connection, studio: Studio, run: Run) -> None:
    """Passes where autopilot may approve this run now. Counting and approving is one transaction.

    Raises:
        NotAllowed: it is off, a person took its verdict back, or a cap is reached.
    """
    settings = studio.settings
    since = studio.clock.now() - DAY
    reviews.lock_door(connection, "autopilot")
    given = desk.approvals(connection, since, door="autopilot")
    mine, label = given.get(run.artist_id, 0), sum(given.values())
    hint = f"`noktvrn review approve {run.id}` is a person's verdict."
    if not is_on(connection, studio):
        raise NotAllowed("Autopilot is switched off for this label.", code="autopilot.off", hint=hint)
    if run.autopilot and reviews.is_for_people(connection, run.id):
        raise NotAllowed("A person has taken this run over.", code="autopilot.taken_over", hint=hint)
    if mine >= settings.autopilot_artist_daily:
        raise NotAllowed(
            f"Autopilot approved {mine} release(s) of this artist in 24 hours; that is its cap.",
            code="autopilot.artist_cap",
            hint=hint,
        )
    if label >= settings.autopilot_label_daily:
        raise NotAllowed(
            f"Autopilot approved {label} releases in 24 hours; that is the label's cap.",
            code="autopilot.label_cap",
            hint=hint,
        )
