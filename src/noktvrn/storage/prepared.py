"""Statements for the hot path: compiled once per database, executed by the driver with bound values.

SQLAlchemy spends 50 microseconds and more of every execution on parameters, events and result types; these
spend about ten. Values still go through the column types, and nothing is ever formatted into the text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa

_Convert = Callable[[Any], Any]


class Prepared:
    """One statement of SQLAlchemy's language."""

    def __init__(self, statement: sa.ClauseElement) -> None:
        self._statement = statement
        self._forms: dict[str, _Form] = {}

    def rows(self, connection: sa.Connection, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Executes it inside the connection's transaction and returns what it returns, as the driver makes
        it: ask for text and whole numbers only.

        Raises:
            DBAPIError: as SQLAlchemy itself would.
        """
        found: list[tuple[Any, ...]] = self._executed(connection, values).fetchall()
        return found

    def count(self, connection: sa.Connection, values: Mapping[str, Any]) -> int:
        """Executes it and returns how many rows it touched. Raises as `rows` does."""
        touched: int = self._executed(connection, values).rowcount
        return touched

    def _executed(self, connection: sa.Connection, values: Mapping[str, Any]) -> Any:
        dialect = connection.dialect
        form = self._forms.get(dialect.name)
        if form is None:
            form = self._forms[dialect.name] = _Form(self._statement, dialect)
        errors: Any = dialect.loaded_dbapi.Error
        driver: Any = connection.connection.dbapi_connection
        bound = form.bound(values)
        try:
            return driver.execute(form.text, bound)
        except errors as error:
            raise sa.exc.DBAPIError.instance(form.text, None, error, errors, dialect=dialect) from error


class _Form:
    """What a statement is on one database."""

    def __init__(self, statement: sa.ClauseElement, dialect: sa.Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        assert isinstance(compiled, sa.sql.compiler.SQLCompiler)  # noqa: S101 - statements compile to that
        self.text = str(compiled)
        self._positional = compiled.positiontup is not None
        self._fixed = {name: bind.value for name, bind in compiled.binds.items() if not bind.required}
        self._converted = {
            name: convert
            for name, bind in compiled.binds.items()
            if (convert := bind.type.dialect_impl(dialect).bind_processor(dialect)) is not None
        }
        self._names = tuple(compiled.positiontup or compiled.binds)

    def bound(self, values: Mapping[str, Any]) -> Any:
        """The values as the driver takes them."""
        told = {**self._fixed, **values}
        for name, convert in self._converted.items():
            told[name] = convert(told[name])
        return tuple([told[name] for name in self._names]) if self._positional else told
