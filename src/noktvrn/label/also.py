"""What a door adds to a verb: rows of its own that are committed with it, or refuse it. A verb about a run
holds the run before, so that every door takes the rows in one order (docs/workers.md)."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

Also = Callable[[sa.Connection], None]


def nothing(_connection: sa.Connection) -> None:
    """Nothing beside the verb."""
