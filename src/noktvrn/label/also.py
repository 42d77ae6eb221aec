"""What a door adds to a verb: rows of its own that are committed with it, or refuse it."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

Also = Callable[[sa.Connection], None]


def nothing(_connection: sa.Connection) -> None:
    """Nothing beside the verb."""
