"""One engine on SQLite (WAL) or PostgreSQL, and transactions that are short and explicit."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import URL, make_url

from noktvrn.kernel.errors import Fault, Invalid, LabelError, NotAllowed, Unavailable
from noktvrn.settings import Settings
from noktvrn.storage.bell import Bell, HouseBell
from noktvrn.storage.shelf import Shelf
from noktvrn.storage.standing import AWAY, FULL, Standing, has_room
from noktvrn.storage.turnstile import LedgerTurnstile, Turnstile

BUSY_TIMEOUT_MS = 30_000
CONTENTION = ("40001", "40P01", "55P03")
"""SQLSTATEs of a transaction that lost against another one: serialization, dead-lock, lock."""
TOLD = "noktvrn.told"
"""The mark on a connection whose transaction has told an event."""
KEEPALIVES = "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=2"
"""A server notices within 20 s that a machine is gone, and drops the locks it held."""
ASLEEP_IN_TRANSACTION = "-c idle_in_transaction_session_timeout=300s"
"""A process that was put to sleep in the middle of a transaction (its machine still answers for it) keeps its
rows and locks for so long: nobody else could go on with that artist, or turn the label's switch."""
LINE = {
    "connect_timeout": 10,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 2,
    "tcp_user_timeout": 20_000,
    "options": f"-c timezone=utc {KEEPALIVES} {ASLEEP_IN_TRANSACTION}",
}
"""How one connects to a server, whose own machine may be gone as well: nobody waits for an answer of it for
longer than 20 s, where the system's own patience is a quarter of an hour."""


def database_url(settings: Settings) -> URL:
    """Where the ledger lives: `DATABASE_URL`, else `POSTGRES_*` or `DB_*`, else one SQLite file in the home.

    Raises:
        Invalid: the URL names something else than SQLite or PostgreSQL, or cannot be read.
    """
    if settings.database_url is not None:
        return _checked(settings.database_url.get_secret_value())
    if settings.postgres_host:
        return URL.create(
            "postgresql+psycopg",
            username=settings.postgres_user,
            password=settings.postgres_password.get_secret_value() or None,
            host=settings.postgres_host,
            port=settings.postgres_port,
            database=settings.postgres_db,
        )
    return URL.create("sqlite", database=str(settings.home / "label.db"))


def _checked(text: str) -> URL:
    hint = "Use postgresql://user:password@host:5432/name or sqlite:////absolute/path/label.db."
    if text.startswith("postgres://"):  # as many hosts of servers spell it
        text = text.replace("postgres://", "postgresql://", 1)
    try:
        url = make_url(text)
    except sa.exc.ArgumentError:
        raise Invalid("DATABASE_URL cannot be read.", code="database.bad_url", hint=hint) from None
    backend = url.get_backend_name()
    if backend == "postgresql":
        return url.set(drivername="postgresql+psycopg")
    if backend == "sqlite":
        return url
    raise Invalid(
        f"DATABASE_URL names {backend}, which noktvrn does not keep books in.",
        code="database.bad_url",
        hint=hint,
    )


class Database:
    """The ledger's engine. One per process; safe to share between threads."""

    def __init__(self, settings: Settings) -> None:
        url = database_url(settings)
        self.url = url
        self.is_sqlite = url.get_backend_name() == "sqlite"
        self.commits_at_once = self.is_sqlite and settings.durability == "normal"
        """Whether a commit waits for neither a server nor the disk."""
        self._closed = False
        self._standing = Standing(lambda: not self.is_sqlite or has_room(url.database))
        self.bell: Bell = HouseBell()
        """Rung after every transaction that told an event."""
        self.shelf: Shelf | None = None
        """Where copies of what was read lie nearer at hand."""
        self.turnstile: Turnstile = LedgerTurnstile()
        """Who hands out the turns of requests to services."""
        if self.is_sqlite:
            self.engine = self._snapshots = _sqlite(url, settings.durability)
        else:
            self.engine = sa.create_engine(
                url,
                pool_pre_ping=True,
                pool_size=5,
                max_overflow=20,
                connect_args=dict(LINE),
            )
            self._snapshots = self.engine.execution_options(isolation_level="REPEATABLE READ")

    @contextmanager
    def begin(self) -> Iterator[sa.Connection]:
        """One writing transaction: commits at the end, rolls back on any error.

        Raises:
            Unavailable: the server does not answer, the ledger is busy, or the disk is full.
            Fault: the ledger is damaged.
        """
        writing = self.engine.execution_options(writes=True)
        with self.answering(), writing.begin() as connection:
            connection.info.pop(TOLD, None)
            yield connection
            told = connection.info.pop(TOLD, False)
        if told:
            self.bell.ring()

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A reading transaction. It sees one moment of the ledger, whatever others write meanwhile."""
        with self.answering(), self._snapshots.connect() as connection:
            yield connection

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Lets whoever brings connections of its own fail in the same words as a transaction here."""
        try:
            with _translated(self.url):
                yield
        except Unavailable as error:
            if self._closed:  # whoever waits for it would keep the process from ending
                raise Unavailable(error.message, code="database.closed", hint=error.hint) from error
            if error.code in (AWAY, FULL):
                self._standing.away(error.message)
            raise
        self._standing.here()

    def close(self) -> None:
        """Lets go of every connection. What still goes on may connect again, but waits for it no longer."""
        self._closed = True
        self.engine.dispose()


@contextmanager
def _translated(url: URL) -> Iterator[None]:
    try:
        yield
    except sa.exc.TimeoutError as error:
        raise _busy() from error
    except (sa.exc.OperationalError, sa.exc.InterfaceError) as error:
        raise _plain(error, url) from error
    except (sa.exc.DatabaseError, json.JSONDecodeError) as error:
        if isinstance(error, sa.exc.DatabaseError) and error.connection_invalidated:
            raise _plain(error, url) from error  # a server throws out who slept in a transaction
        if isinstance(error, sa.exc.DatabaseError) and not _is_damage(str(error.orig)):
            raise
        raise _damaged(error, url) from error


def _busy() -> LabelError:
    return Unavailable(
        "The ledger is busy.", code="database.busy", hint="Others are writing; run it again in a moment."
    )


def _is_damage(text: str) -> bool:
    return "malformed" in text or "not a database" in text


def _damaged(error: Exception, url: URL) -> LabelError:
    reason = str(error.orig) if isinstance(error, sa.exc.DatabaseError) else f"a row is no JSON ({error})"
    return Fault(
        f"The ledger {url.database} is damaged: {reason}.",
        code="database.damaged",
        hint="Restore it from a backup.",
    )


def _plain(error: sa.exc.DBAPIError, url: URL) -> Exception:
    text = str(error.orig)
    if "is locked" in text or getattr(error.orig, "sqlstate", None) in CONTENTION:
        return _busy()
    if "disk is full" in text:
        return Unavailable(
            "The disk of the ledger is full.", code=FULL, hint="Free some space; what waits then goes on."
        )
    if "readonly database" in text or "unable to open database" in text:
        return NotAllowed(
            f"The ledger {url.database} cannot be written.",
            code="home.not_writable",
            hint="Give write access, or set NOKTVRN_HOME to a folder of yours.",
        )
    if url.get_backend_name() == "sqlite":
        return error
    where = url.set(password=None, query={}).render_as_string(hide_password=True)
    reason = text.strip().splitlines()[0] if text.strip() else "no answer"
    return Unavailable(
        f"The database {where} does not answer: {reason}",
        code=AWAY,
        hint="Check DATABASE_URL or POSTGRES_*, and that the server runs.",
    )


def _sqlite(url: URL, durability: str) -> sa.Engine:
    if url.database and url.database != ":memory:":
        _make_parent(Path(url.database))
    engine = sa.create_engine(
        url, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000, "check_same_thread": False}
    )

    @event.listens_for(engine, "connect")
    def _pragmas(connection: sqlite3.Connection, _record: Any) -> None:
        # The driver must not open transactions by itself: a writing one takes the write lock at its
        # start, so that two writers queue there and never dead-lock in the middle.
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            f"synchronous={'FULL' if durability == 'full' else 'NORMAL'}",
            f"busy_timeout={BUSY_TIMEOUT_MS}",
            "foreign_keys=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _make_parent(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise NotAllowed(
            f"The folder {path.parent} cannot be made: {error.strerror}.",
            code="home.not_writable",
            hint="Set NOKTVRN_HOME to a folder of yours.",
        ) from error
