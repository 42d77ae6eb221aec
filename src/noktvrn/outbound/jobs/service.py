"""Service: what a provider that is asked for files tells the house. The house does all the rest.

A provider translates: an order into its service's request, an answer into `Submitted` or `Progress`, its
service's errors into `troubles`. It never retries, never sleeps, never writes a row and never downloads.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from noktvrn.outbound.badge import Badge
from noktvrn.outbound.jobs.nouns import Delivery, JobOrder, Progress, Submitted


@dataclass(frozen=True, slots=True)
class Caps:
    """What a service can do, and how it likes to be asked. Times in seconds.

    `finds`: it can tell which job an order became after its answer was lost. `cancels`: a job can be called
    off. `private_hosts`: asset hosts of the person's own, where downloads may go beside public ones; `badge`:
    the key for files that lie under the service's own address and ask for it.
    `at_once` jobs run at a time over all workers, `requests` are sent in any `per_s` seconds.
    """

    finds: bool = False
    cancels: bool = False
    first_look_s: float = 5.0
    longest_look_s: float = 30.0
    deadline_s: float = 900.0
    stale_s: float = 86_400.0
    at_once: int | None = None
    requests: int | None = None
    per_s: float = 1.0
    private_hosts: tuple[str, ...] = ()
    badge: Badge | None = None


@dataclass(frozen=True, slots=True)
class Slip:
    """What comes with an order when it is sent. `spool` is a folder whose files survive a crash: results that
    come with the answer are streamed there. `callback` is where the service may tell that something is ready;
    empty: there is no public address, and it is only asked."""

    ticket_id: str
    spool: Path
    callback: str = ""


class Service(Protocol):
    """Plays the outside's part. Every method is plain code, may take its time, and raises the kernel's errors
    by `troubles`."""

    caps: Caps

    def submit(self, order: JobOrder, slip: Slip) -> Submitted:
        """Sends the order, once."""

    def look(self, ref: str) -> Progress:
        """How the job stands. Free, and harmless however often."""

    def find(self, order: JobOrder) -> str | None:
        """The job an order became although its answer was lost; None: no such job was found, or nobody can
        tell. Only asked where `caps.finds`."""

    def cancel(self, ref: str) -> bool:
        """Calls a job off; False: it goes on. Only asked where `caps.cancels`."""


class Jobs(Protocol):
    """The house's part, as providers see it (`outbound.jobs.desk.JobDesk`)."""

    def done(
        self, order: JobOrder, service: Service, told: Callable[[float], None] | None = None
    ) -> Delivery:
        """Orders once per key, waits, fetches, checks and keeps; the same order again brings the same files.

        `told` hears the share that is done (0 to 1).

        Raises:
            BudgetSpent: a budget, or the account there, has no room for it.
            Outside: the service failed, refused, or nobody knows (`failures.outcome_unknown`).
            NotReady: it waits for a person, or the label is stopped.
        """


@runtime_checkable
class Salvages(Protocol):
    """A service whose inline answers are no files yet (JSON with base64 in it) may play this too."""

    def salvage(self, order: JobOrder, spool: Path) -> Submitted | None:
        """What `submit` would have said, from the whole answer a dead process left in `spool`; None: there is
        none in it. Nothing is sent."""
