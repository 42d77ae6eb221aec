"""The version of the workflows: the contract between what is under way and the code that goes on with it."""

from __future__ import annotations

APP = "noktvrn"

PIPELINE_VERSION = "2"
"""The order of the steps in the workflows, as a whole number. Change it only where a patch does not do
(docs/decisions/0017-versions.md): work of an older version is then begun anew from the ledger's records."""


def older() -> tuple[str, ...]:
    """Every version before this one."""
    return tuple(str(number) for number in range(1, int(PIPELINE_VERSION)))
