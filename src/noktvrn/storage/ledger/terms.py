"""Records of providers' plans and terms. A row is written once and never changed."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from noktvrn.model.terms import Terms
from noktvrn.model.terms import covering as _covering
from noktvrn.storage.tables import provider_terms


def add(connection: sa.Connection, record: Terms) -> None:
    """Enters a record as the provider's next one."""
    last = sa.select(sa.func.max(provider_terms.c.number)).where(provider_terms.c.provider == record.provider)
    number = (connection.execute(last).scalar_one_or_none() or 0) + 1
    connection.execute(
        provider_terms.insert().values(
            provider=record.provider, number=number, data=record.as_data(), recorded_at=record.recorded_at
        )
    )


def of_provider(connection: sa.Connection, provider: str) -> tuple[Terms, ...]:
    """What was ever recorded of a provider, oldest first."""
    query = sa.select(provider_terms.c.data).where(provider_terms.c.provider == provider)
    rows = connection.execute(query.order_by(provider_terms.c.number)).scalars()
    return tuple(Terms.model_validate(data) for data in rows)


def covering(connection: sa.Connection, provider: str, day: date) -> Terms | None:
    """The record that holds for a provider on a day, or None."""
    return _covering(of_provider(connection, provider), day)
