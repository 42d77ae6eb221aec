"""The workflow engine in this process: an executor that takes work from queues and takes over from the dead.

The rules it follows are those measured for DBOS: own serializer, explicit version, our own SQLite engine in
WAL mode, a fresh executor id per process, and life shown by a held lock.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import sqlalchemy as sa
from dbos import DBOS, DBOSConfig

from noktvrn.kernel.errors import Unavailable
from noktvrn.production import queues, scratch, workflows
from noktvrn.production.connections import engine_for, let_go, plain_url
from noktvrn.production.dispatcher import Dispatcher
from noktvrn.production.dropped import under_way
from noktvrn.production.queues import Queue
from noktvrn.production.reaper import Reaper
from noktvrn.production.serializer import JsonSerializer
from noktvrn.production.studio import Studio
from noktvrn.production.tempo import Tempo
from noktvrn.production.version import APP, PIPELINE_VERSION
from noktvrn.storage.database import Database

POLL_S = 0.2
LEAVE_WITHIN_S = 10.0
"""How long a worker that leaves waits for its stages to reach a checkpoint."""


def migrate(database: Database) -> None:
    """Makes or updates the engine's own tables."""
    with database.answering():
        DBOS.migrate(plain_url(database))


class Executor:
    """The executor of this process, as `running` hands it out."""

    def __init__(self, executor_id: str, house: workflows.House, tempo: Tempo) -> None:
        self.id = executor_id
        self._house = house
        self._tempo = tempo

    def leave(self, within_s: float = LEAVE_WITHIN_S) -> tuple[int, int]:
        """Takes no more work, and waits until what is under way has reached a checkpoint and is in its queue
        again. Returns how many pieces of work were under way, and how many have not come to that: others take
        these over when this process ends.
        """
        begun = self._under_way()
        self._tempo.rest()
        time.sleep(1.5 * POLL_S)  # a queue that was read before this is served once more by what it said then
        self._house.leaving.set()
        deadline = time.monotonic() + within_s
        while (left := self._under_way()) and time.monotonic() < deadline:
            time.sleep(POLL_S / 2)
        return max(begun, left), left

    def _under_way(self) -> int:
        """Pieces of work of this executor: by the ledger, or by its own memory while that is away."""
        try:
            return sum(one.executor_id == self.id for one in self._house.dispatcher.claimed())
        except Unavailable:
            return len(under_way())


@contextmanager
def running(
    studio: Studio, stages: workflows.Stages, serves: Sequence[Queue] = queues.EVERY
) -> Iterator[Executor]:
    """An executor in this process, taking work from the queues it `serves` until the block ends."""
    executor_id = f"exec-{secrets.token_hex(8)}"
    dispatcher = Dispatcher(studio.database, studio.settings.durability, studio.cast.outside)
    reaper = Reaper(studio, executor_id, dispatcher)
    scratch.sweep(studio.scratch)
    studio.vault.sweep()
    house = workflows.House(studio, stages, dispatcher)
    workflows.use(house)
    engine = engine_for(studio.database, studio.settings.durability)
    tempo = Tempo(queues.pace(studio.settings))
    try:
        with studio.database.answering():
            DBOS(config=_config(executor_id, engine))
            DBOS.listen_queues([queue.value for queue in serves])
            DBOS.launch()
            tempo.keep()
            for queue in queues.EVERY:
                DBOS.register_queue(queue.value, polling_interval_sec=POLL_S)
        reaper.start()
        yield Executor(executor_id, house, tempo)
    finally:
        reaper.stop()
        DBOS.destroy()
        let_go(engine)
        dispatcher.close()
        reaper.release()


def _config(executor_id: str, engine: sa.Engine) -> DBOSConfig:
    return {
        "name": APP,
        "executor_id": executor_id,
        "application_version": PIPELINE_VERSION,
        "serializer": JsonSerializer(),
        "log_level": "CRITICAL",
        "notification_listener_polling_interval_sec": POLL_S,
        "system_database_engine": engine,
    }
