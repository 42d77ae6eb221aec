"""What every table's columns are made of: one set of tables, aware times, ids, nouns as JSON."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcTime(TypeDecorator[datetime]):
    """Aware UTC in, aware UTC out, on both databases (SQLite itself keeps no zone)."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Refuses a naive time."""
        if value is not None and value.tzinfo is None:
            raise ValueError("naive time on its way into the ledger")
        return value.astimezone(UTC) if value is not None else None

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> datetime | None:
        """Puts the zone back."""
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def id_column(name: str, **more: Any) -> sa.Column[str]:
    """An id or another short name; never null."""
    return sa.Column(name, sa.String(32), nullable=False, **more)


def data_column() -> sa.Column[Any]:
    """The noun itself, as JSON."""
    return sa.Column("data", sa.JSON, nullable=False)


def time_column(name: str, *, nullable: bool = False) -> sa.Column[datetime]:
    """A moment."""
    return sa.Column(name, UtcTime, nullable=nullable)


def where(told: str) -> dict[str, Any]:
    """The condition of a partial index, for both databases."""
    return {"sqlite_where": sa.text(told), "postgresql_where": sa.text(told)}
