"""Statements are compiled once for all databases of the tests.

SQLAlchemy keeps what it compiled with the engine it was compiled for. A process of the label has one; the
tests open thousands, and a third of what a test with a ledger took was compiling the same statements again.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import sqlalchemy as sa

MOST = 5000


class _Compiled(dict[tuple[Hashable, ...], Any]):
    """By the name of the database's kind, where the library's key has the engine's own dialect."""

    def get(self, key: tuple[Any, ...], default: Any = None) -> Any:
        """What was compiled, for whichever engine of the kind."""
        dialect, *rest = key
        return super().get((dialect.name, *rest), default)

    def __setitem__(self, key: tuple[Any, ...], compiled: Any) -> None:
        dialect, *rest = key
        if len(self) >= MOST:
            self.clear()
        super().__setitem__((dialect.name, *rest), compiled)


def share() -> None:
    """From now on, for every engine of this process."""
    compiled = _Compiled()

    @sa.event.listens_for(sa.Engine, "engine_connect")
    def hand_over(connection: sa.Connection) -> None:
        connection.execution_options(compiled_cache=compiled)
