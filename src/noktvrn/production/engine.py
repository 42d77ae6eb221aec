"""The workflow engine in this process, and the way in for those who only enqueue.

The rules it follows are those measured for DBOS: own serializer, explicit version, our own SQLite engine in
WAL mode, a fresh executor id per process, and life shown by a held lock.
"""

from __future__ import annotations

import contextlib
import secrets
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from dbos import DBOS, DBOSClient, DBOSConfig
from sqlalchemy import event

from noktvrn.kernel.errors import LabelError
from noktvrn.production import workflows
from noktvrn.production.leases import Leases
from noktvrn.production.serializer import JsonSerializer
from noktvrn.production.studio import Studio
from noktvrn.storage.database import BUSY_TIMEOUT_MS, Database

APP = "noktvrn"
QUEUES = {"produce": 1, "release": 2}
"""Queue and how many of its workflows one worker runs at once: renders fill the machine by themselves."""
POLL_S = 0.2
REAP_EVERY_S = 1.0


class Dispatcher:
    """Enqueues workflows, also inside a caller's transaction. Runs no workflow itself."""

    def __init__(self, database: Database, durability: str) -> None:
        self._engine = engine_for(database, durability)
        self._client = DBOSClient(
            system_database_engine=self._engine,
            system_database_url=_plain_url(database),
            serializer=JsonSerializer(),
            application_name=APP,
            lazy=True,
        )

    def enqueue(self, connection: sa.Connection, workflow: str, run_id: str, *, again: int) -> None:
        """Enqueues in the caller's transaction: it and its rows happen together or not at all.

        `again` counts repetitions: the same number twice is one workflow.
        """
        self._client.enqueue_in_transaction(
            connection,
            {
                "queue_name": workflow,
                "workflow_name": workflow,
                "workflow_id": workflow_id(workflow, run_id, again),
                "app_version": workflows.PIPELINE_VERSION,
            },
            run_id,
        )

    def status(self, workflow: str, run_id: str) -> tuple[int, str | None]:
        """Number and status of the last repetition; (0, None) when there was none."""
        number, status = 0, None
        for entry in self._client.list_workflows(workflow_id_prefix=f"{run_id}:{workflow}:"):
            place = int(entry.workflow_id.rsplit(":", 1)[1])
            if place >= number:
                number, status = place, entry.status
        return number, status

    def cancel(self, workflow: str, run_id: str) -> None:
        """Stops a workflow before its next step."""
        number, _ = self.status(workflow, run_id)
        if number:
            self._client.cancel_workflow(workflow_id(workflow, run_id, number))

    def close(self) -> None:
        """Lets go of every connection."""
        self._client.destroy()
        if self._engine is not None:
            self._engine.dispose()


def workflow_id(workflow: str, run_id: str, again: int) -> str:
    """The engine's id of the `again`-th time a workflow was asked for."""
    return f"{run_id}:{workflow}:{again}"


def migrate(database: Database) -> None:
    """Makes or updates the engine's own tables."""
    DBOS.migrate(_plain_url(database))


@contextmanager
def running(studio: Studio, stages: workflows.Stages) -> Iterator[None]:
    """An executor in this process, taking work until the block ends."""
    executor_id = f"exec-{secrets.token_hex(8)}"
    leases = Leases(studio.database, studio.settings.home)
    lock = leases.enlist(executor_id, studio.clock.now())
    workflows.use(studio, stages)
    engine = engine_for(studio.database, studio.settings.durability)
    stop = threading.Event()
    reaper = threading.Thread(target=_reap, args=(leases, executor_id, stop), daemon=True)
    try:
        DBOS(config=_config(studio, executor_id, engine))
        DBOS.launch()
        for queue, concurrency in QUEUES.items():
            DBOS.register_queue(queue, worker_concurrency=concurrency, polling_interval_sec=POLL_S)
        reaper.start()
        yield
        if not _pending(executor_id):
            leases.strike(executor_id)
    finally:
        stop.set()
        DBOS.destroy()
        if engine is not None:
            engine.dispose()
        lock.release()


def _config(studio: Studio, executor_id: str, engine: sa.Engine | None) -> DBOSConfig:
    config: DBOSConfig = {
        "name": APP,
        "executor_id": executor_id,
        "application_version": workflows.PIPELINE_VERSION,
        "serializer": JsonSerializer(),
        "log_level": "CRITICAL",
        "notification_listener_polling_interval_sec": POLL_S,
    }
    if engine is not None:
        config["system_database_engine"] = engine
    else:
        config["system_database_url"] = _plain_url(studio.database)
    return config


def _reap(leases: Leases, mine: str, stop: threading.Event) -> None:
    while not stop.wait(REAP_EVERY_S):
        # A database that is away for a moment is no reason to stop looking.
        with contextlib.suppress(LabelError, sa.exc.SQLAlchemyError):
            leases.bury_dead(mine, _take_over)


def _take_over(dead: str) -> bool:
    DBOS._recover_pending_workflows([dead])
    return not _pending(dead)


def _pending(executor_id: str) -> bool:
    return bool(DBOS.list_workflows(status="PENDING", executor_id=executor_id, limit=1))


def engine_for(database: Database, durability: str) -> sa.Engine | None:
    """The engine's own connections: SQLite in WAL mode; None lets it connect to PostgreSQL by itself."""
    if not database.is_sqlite:
        return None
    engine = sa.create_engine(database.url, connect_args={"check_same_thread": False})

    @event.listens_for(engine, "connect")
    def _pragmas(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = "IMMEDIATE"
        for pragma in (
            "journal_mode=WAL",
            f"synchronous={'FULL' if durability == 'full' else 'NORMAL'}",
            f"busy_timeout={BUSY_TIMEOUT_MS}",
            "foreign_keys=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    return engine


def _plain_url(database: Database) -> str:
    url = database.url if database.is_sqlite else database.url.set(drivername="postgresql")
    return url.render_as_string(hide_password=False)
