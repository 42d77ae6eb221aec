"""How closely a slow property is looked at: a little at every run, all of it under `--long`."""

from __future__ import annotations

import os

LONG = "NOKTVRN_TESTS_LONG"
"""Set for all processes of the tests while the long suites run."""


def looks(few: int, many: int) -> int:
    """How many songs, covers or examples: `few`, or `many` under `--long`."""
    return many if os.environ.get(LONG) else few
