"""What a provider is handed when it is opened: a thin layer, so that a provider needs nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from noktvrn.kernel.clock import Clock
from noktvrn.kernel.errors import Fault
from noktvrn.model.provenance import Rights
from noktvrn.storage.database import Database

if TYPE_CHECKING:
    from noktvrn.outbound.jobs.service import Jobs


@dataclass(frozen=True, slots=True)
class Kit:
    """`scratch` is a folder the provider may write in; nothing in it outlives the process.

    `jobs` orders what comes from outside as files; `rights` tells under which rights a provider's work is
    made today (its manifest's, and what a person has recorded of plan and terms). `database` is the ledger,
    for players whose work waits for a person; rows are its only use.
    """

    clock: Clock
    scratch: Path
    jobs: Jobs | None = None
    rights: Callable[[str], Rights] | None = None
    database: Database | None = None

    @property
    def desk(self) -> Jobs:
        """The desk for outside jobs. Raises Fault where the house opened this provider without one."""
        if self.jobs is None:
            raise Fault("This provider was opened without a desk for outside jobs.")
        return self.jobs


@dataclass(frozen=True, slots=True)
class Health:
    """What a free question to a service came to: whether it would play, in its own words, and what is left
    there by unit (`suno credits`). What is not told is not in it."""

    well: bool
    said: str
    left: tuple[tuple[str, int], ...] = ()
