"""The way into the workflow engine for those who run no workflow themselves: enqueue, look, cancel.

Everything that is enqueued is enqueued in a transaction of the ledger, together with the rows it follows
from. A production goes through admission: an artist's second one stays queued until the first has ended.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from dbos import DBOSClient, EnqueueOptions
from dbos._utils import INTERNAL_QUEUE_NAME

from noktvrn.model.run import Run, RunState
from noktvrn.production import admission, connections
from noktvrn.production.legs import WAYS, Leg, Outside, legs_of
from noktvrn.production.queues import Queue
from noktvrn.production.serializer import JsonSerializer
from noktvrn.production.version import APP, PIPELINE_VERSION
from noktvrn.storage.database import Database
from noktvrn.storage.ledger import runs

ALIVE = ("ENQUEUED", "PENDING", "DELAYED")
"""What a workflow is called that will go on, now or after somebody took it over."""
ENDED = ("SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")
BETTER_AGAIN = ("", "ERROR", "CANCELLED")
"""Ends of a workflow, or none, after which another one may fare better. One that ended in good order, or with
its worker so often that the engine begins it no more, would only do the same again."""
PRODUCTION = "produce"
"""The workflow an artist has one of at a time."""


@dataclass(frozen=True, slots=True)
class Named:
    """A workflow by its name: whose, of which kind, the how manieth of its kind."""

    run_id: str
    workflow: str
    number: int

    @classmethod
    def of(cls, workflow_id: str) -> Named:
        """The name in the engine's id of a workflow."""
        run_id, workflow, number = workflow_id.split(":")
        return cls(run_id, workflow, int(number))

    @property
    def id(self) -> str:
        """The engine's id of it."""
        return workflow_id(self.workflow, self.run_id, self.number)


@dataclass(frozen=True, slots=True)
class Going:
    """A workflow that has not ended: whose, the how manieth of its kind, of which version, by which executor
    (empty: it waits in its queue)."""

    run_id: str
    workflow: str
    number: int
    version: str
    executor_id: str


@dataclass(frozen=True, slots=True)
class Claimed:
    """A workflow that is an executor's."""

    workflow_id: str
    executor_id: str
    version: str


def _nobody(_role: str) -> bool:
    return False


class Dispatcher:
    """Enqueues workflows in a caller's transaction. Runs no workflow itself."""

    def __init__(self, database: Database, durability: str, outside: Outside = _nobody) -> None:
        self._outside = outside
        self._database = database
        self._engine = connections.engine_for(database, durability, connections.CLIENT_CONNECTIONS)
        # Left to itself the client asks a ledger that is away again and again, for ever and more and more
        # seldom. Whoever asks here hears it, and has a pace and an end of its own.
        self._client = DBOSClient(
            system_database_engine=self._engine,
            serializer=JsonSerializer(),
            application_name=APP,
            lazy=True,
            retry_connection_errors=False,
        )

    def enqueue(
        self,
        connection: sa.Connection,
        workflow: str,
        run_id: str,
        *,
        again: int,
        legs: Sequence[Leg] = (),
        queue: Queue = Queue.LIGHT,
        delay_s: float = 0.0,
    ) -> bool:
        """Enqueues in the caller's transaction: it and its rows happen together or not at all.

        `again` counts repetitions: the same number twice is one workflow. `legs` are what is left of a
        production (unset: all of it), `queue` is for workflows that have none. `delay_s`: it begins so much
        later, and can be cancelled until then.

        False: the artist has another production under way. The run then waits for its turn as `queued`.
        """
        run = runs.get(connection, run_id)
        if workflow == PRODUCTION and run.parent is None and not self._admitted(connection, run):
            return False
        legs = legs or self._legs(connection, workflow, run)
        options: EnqueueOptions = {
            "queue_name": legs[0].queue.value if legs else queue.value,
            "workflow_name": workflow,
            "workflow_id": workflow_id(workflow, run_id, again),
            "app_version": PIPELINE_VERSION,
            "priority": run.priority + 1,
        }
        if delay_s:
            options["delay_seconds"] = delay_s
        told = [[leg.as_data() for leg in legs]] if legs else []
        self._client.enqueue_in_transaction(connection, options, run_id, *told)
        return True

    def admit(self, connection: sa.Connection, artist_id: str) -> Run | None:
        """Enqueues the artist's next production, if it is anybody's turn. Call it whenever one has ended.

        It writes no audit row: whoever calls it last in a transaction waits for nobody who waits for them.
        """
        run = admission.next_one(connection, artist_id)
        if run is None:
            return None
        # One that still breathes is no reason to enqueue none: it is about to end, and has no say any more.
        number, _ = self.last(PRODUCTION, run.id)
        self.enqueue(connection, PRODUCTION, run.id, again=number + 1)
        return run

    def _admitted(self, connection: sa.Connection, run: Run) -> bool:
        """Whether it is this run's turn, noted in the run; one that was on its way already is queued."""
        free = admission.is_free(connection, run)
        if not free and run.state is not RunState.QUEUED:
            run = runs.move(connection, run.id, RunState.QUEUED, run.updated_at)
        if run.admitted is not free:
            runs.admit(connection, run, admitted=free)
        return free

    def _legs(self, connection: sa.Connection, workflow: str, run: Run) -> tuple[Leg, ...]:
        if workflow not in WAYS:
            return ()
        return legs_of(workflow, runs.brief(connection, run.artist_id, run.brief_id), self._outside)

    def last(self, workflow: str, run_id: str) -> tuple[int, bool]:
        """Number of the last repetition and whether it is still going; (0, False) when there was none."""
        number, alive = 0, False
        for entry in self._listed(workflow_id_prefix=f"{run_id}:{workflow}:"):
            place = int(entry.workflow_id.rpartition(":")[2])
            if place >= number:
                number, alive = place, entry.status in ALIVE
        return number, alive

    def at_work(self) -> frozenset[str]:
        """The ids of the runs that have a workflow which will go on."""
        query = sa.select(self._rows.c.workflow_uuid).where(self._rows.c.status.in_(ALIVE))
        with self._database.read() as connection:
            found = self._asked(connection, query).scalars().all()
        return frozenset(workflow_id.partition(":")[0] for workflow_id in found)

    def end_of(self, connection: sa.Connection, named: Named) -> str:
        """How a workflow stands or ended, by the engine's word; empty: there is none."""
        query = sa.select(self._rows.c.status).where(self._rows.c.workflow_uuid == named.id)
        return self._asked(connection, query).scalar() or ""

    def going(self, versions: Sequence[str]) -> tuple[Going, ...]:
        """Every workflow of these versions that has not ended."""
        if not versions:
            return ()
        found = self._listed(status=list(ALIVE), app_version=list(versions))
        return tuple(_going(entry) for entry in found if entry.workflow_id.count(":") == 2)

    def cancel(self, workflow: str, run_id: str, number: int) -> None:
        """Stops one repetition of a workflow before its next step; one that has ended stays as it is."""
        with self._database.answering():
            self._client.cancel_workflow(workflow_id(workflow, run_id, number))

    def call_back(self, connection: sa.Connection, workflow: str, run_id: str, number: int) -> bool:
        """Cancels a workflow that has not begun, in the caller's transaction; False: it has begun or ended.

        The engine's own cancelling is a transaction of its own, which could hold without the caller's.
        """
        rows, ended = self._rows, int(time.time() * 1000)
        cancelled = (
            sa.update(rows)
            .where(rows.c.workflow_uuid == workflow_id(workflow, run_id, number))
            .where(rows.c.status.in_(["DELAYED", "ENQUEUED"]))
            .values(
                status="CANCELLED",
                queue_name=None,
                deduplication_id=None,
                updated_at=ended,
                completed_at=ended,
            )
        )
        return self._asked(connection, cancelled).rowcount == 1

    def waits_s(self, connection: sa.Connection, named: Named) -> float:
        """How much later a workflow begins that was enqueued with a delay; 0: it may have begun."""
        rows = self._rows
        query = sa.select(rows.c.delay_until_epoch_ms).where(
            rows.c.workflow_uuid == named.id, rows.c.status == "DELAYED"
        )
        until = self._asked(connection, query).scalar()
        return max(0.0, until / 1000 - time.time()) if until else 0.0

    def is_there(self, connection: sa.Connection, named: Named) -> bool:
        """Whether a workflow was ever enqueued, in the caller's transaction."""
        return bool(self.end_of(connection, named))

    def is_followed(self, connection: sa.Connection, named: Named) -> bool:
        """Whether its run was enqueued once more after this workflow: by whoever it handed over to, or
        because somebody let the run go on without it."""
        return self.is_there(connection, replace(named, number=named.number + 1))

    @property
    def _rows(self) -> sa.Table:
        return self._client._sys_db.tables.workflow_status

    def _asked(self, connection: sa.Connection, query: sa.Executable) -> sa.CursorResult[Any]:
        """The engine's rows in the caller's transaction; they carry a stand-in for their schema."""
        placed = {self._rows.schema: self._client._sys_db.schema}  # None on SQLite
        return connection.execute(query, execution_options={"schema_translate_map": placed})

    def forget(self, before: datetime, most: int = 500) -> int:
        """Removes what the engine still keeps of workflows that ended before a moment; returns how many."""
        old = self._listed(status=list(ENDED), completed_before=before.isoformat(), limit=most)
        if old:
            with self._database.answering():
                self._client.delete_workflows([entry.workflow_id for entry in old])
        return len(old)

    def claimed(self) -> tuple[Claimed, ...]:
        """Every workflow that an executor has taken from its queue and not ended."""
        entries = self._listed(status="PENDING")
        return tuple(
            Claimed(one.workflow_id, one.executor_id or "", one.app_version or "") for one in entries
        )

    def put_back(self, claimed: Claimed) -> bool:
        """Puts a workflow back into its queue; False: it is not that executor's any more."""
        with self._database.answering():
            return self._client._sys_db.reenqueue_for_recovery(
                claimed.workflow_id, [claimed.executor_id], INTERNAL_QUEUE_NAME
            )

    def _listed(self, **wanted: Any) -> Sequence[Any]:
        with self._database.answering():
            return self._client.list_workflows(**wanted, load_input=False, load_output=False)

    def close(self) -> None:
        """Lets go of every connection."""
        self._client.destroy()
        connections.let_go(self._engine)


def workflow_id(workflow: str, run_id: str, again: int) -> str:
    """The engine's id of the `again`-th time a workflow was asked for."""
    return f"{run_id}:{workflow}:{again}"


def _going(entry: Any) -> Going:
    named = Named.of(entry.workflow_id)
    by = entry.executor_id if entry.status == "PENDING" else ""
    return Going(named.run_id, named.workflow, named.number, entry.app_version or "", by or "")
