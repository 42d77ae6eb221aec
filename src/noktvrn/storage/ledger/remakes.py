"""What people wanted made anew of a run, and when. Rows are only ever added."""

from __future__ import annotations

import sqlalchemy as sa

from noktvrn.model.remake import Remake
from noktvrn.storage.tables import remakes


def add(connection: sa.Connection, remake: Remake) -> None:
    """Enters a remake. Hold its run before."""
    connection.execute(
        remakes.insert().values(
            artist_id=remake.artist_id,
            run_id=remake.run_id,
            number=remake.number,
            data=remake.as_data(),
            at=remake.at,
        )
    )


def of_run(connection: sa.Connection, run_id: str) -> tuple[Remake, ...]:
    """The remakes of a run, oldest first."""
    rows = connection.execute(
        sa.select(remakes.c.data).where(remakes.c.run_id == run_id).order_by(remakes.c.number)
    )
    return tuple(Remake.model_validate(data) for data in rows.scalars())
