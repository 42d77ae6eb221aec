"""The workflow engine in this process, and the way in for those who only enqueue.

The rules it follows are those measured for DBOS: own serializer, explicit version, our own SQLite engine in
WAL mode, a fresh executor id per process, and life shown by a held lock.
"""

from __future__ import annotations

import contextlib
import logging
import secrets
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from dbos import DBOS, DBOSClient, DBOSConfig, error
from sqlalchemy import event

from noktvrn.kernel.errors import LabelError
from noktvrn.production import scratch, workflows
from noktvrn.production.leases import Leases
from noktvrn.production.serializer import JsonSerializer
from noktvrn.production.studio import Studio
from noktvrn.storage.database import BUSY_TIMEOUT_MS, Database

APP = "noktvrn"
QUEUES = {"produce": 1, "release": 2}
"""Queue and how many of its workflows one worker runs at once: renders fill the machine by themselves."""
POLL_S = 0.2
REAP_EVERY_S = 1.0
STOP_WITHIN_S = 10.0
ALIVE = ("ENQUEUED", "PENDING", "DELAYED")
"""What a workflow is called that will go on, now or after somebody took it over."""

log = logging.getLogger("noktvrn.production")


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

    def last(self, workflow: str, run_id: str) -> tuple[int, bool]:
        """Number of the last repetition and whether it is still going; (0, False) when there was none."""
        number, alive = 0, False
        prefix = f"{run_id}:{workflow}:"
        for entry in self._client.list_workflows(
            workflow_id_prefix=prefix, load_input=False, load_output=False
        ):
            place = int(entry.workflow_id.removeprefix(prefix))
            if place >= number:
                number, alive = place, entry.status in ALIVE
        return number, alive

    def cancel(self, workflow: str, run_id: str, number: int) -> None:
        """Stops one repetition of a workflow before its next step; one that has ended stays as it is."""
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
    with database.answering():
        DBOS.migrate(_plain_url(database))


@contextmanager
def running(studio: Studio, stages: workflows.Stages) -> Iterator[None]:
    """An executor in this process, taking work until the block ends."""
    executor_id = f"exec-{secrets.token_hex(8)}"
    reaper = _Reaper(studio, executor_id)
    scratch.sweep(studio.scratch)
    studio.vault.sweep()
    workflows.use(studio, stages)
    engine = engine_for(studio.database, studio.settings.durability)
    try:
        DBOS(config=_config(studio, executor_id, engine))
        DBOS.launch()
        for queue, concurrency in QUEUES.items():
            DBOS.register_queue(queue, worker_concurrency=concurrency, polling_interval_sec=POLL_S)
        reaper.start()
        yield
    finally:
        reaper.stop()
        DBOS.destroy()
        if engine is not None:
            engine.dispose()
        reaper.release()


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


class _Reaper:
    """Keeps this executor's own lease, and takes over the work of those who lost theirs."""

    def __init__(self, studio: Studio, executor_id: str) -> None:
        self._clock = studio.clock
        self._mine = executor_id
        self._leases = Leases(studio.database, studio.settings.home)
        self._lock = self._leases.enlist(executor_id, studio.clock.now())
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="reaper", daemon=True)

    def start(self) -> None:
        """Begins to look, at once and then every second."""
        self._thread.start()

    def stop(self) -> None:
        """Ends the looking. The lease is still held."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(STOP_WITHIN_S)
        with contextlib.suppress(LabelError, sa.exc.SQLAlchemyError, error.DBOSException):
            if self._mine not in _working():
                self._leases.strike(self._mine)

    def release(self) -> None:
        """Lets go of the lease: from here on others may take over what is left."""
        self._lock.release()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._look()
            except Exception:  # a ledger or disk that is away for a moment is no reason to stop looking
                log.warning("looking for dead workers failed", exc_info=True)
            self._stop.wait(REAP_EVERY_S)

    def _look(self) -> None:
        self._lock = self._leases.renew(self._mine, self._lock, self._clock.now())
        self._leases.bury_dead(self._mine, _working(), _take_over)


def _take_over(dead: str) -> bool:
    DBOS._recover_pending_workflows([dead])
    return dead not in _working()


def _working() -> set[str]:
    """The executors that have unfinished workflows."""
    pending = DBOS.list_workflows(status="PENDING", load_input=False, load_output=False)
    return {workflow.executor_id for workflow in pending if workflow.executor_id}


def engine_for(database: Database, durability: str) -> sa.Engine | None:
    """The engine's own connections: SQLite in WAL mode; None lets it connect to PostgreSQL by itself."""
    if not database.is_sqlite:
        return None
    engine = sa.create_engine(database.url, connect_args={"check_same_thread": False})

    @event.listens_for(engine, "connect")
    def _pragmas(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = "IMMEDIATE"
        for pragma in (
            f"busy_timeout={BUSY_TIMEOUT_MS}",
            "journal_mode=WAL",
            f"synchronous={'FULL' if durability == 'full' else 'NORMAL'}",
            "foreign_keys=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    return engine


def _plain_url(database: Database) -> str:
    url = database.url if database.is_sqlite else database.url.set(drivername="postgresql")
    return url.render_as_string(hide_password=False)
