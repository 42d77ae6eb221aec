"""What every test stands on: no way out of the machine, no settings of the person, no shared state."""

from __future__ import annotations

import functools
import gc
import ipaddress
import os
import shutil
import signal
import socket
from collections.abc import Generator, Iterable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from tests import compiled
from tests.effort import LONG, looks

from noktvrn.storage import migrate

compiled.share()

_connect = socket.socket.connect
_connect_ex = socket.socket.connect_ex
_state, _upgrade = migrate.state, migrate.upgrade


class OutsideSocketError(RuntimeError):
    """A test tried to leave the machine."""


def _check(address: Any) -> None:
    if not isinstance(address, tuple):
        return
    host = str(address[0])
    if host in ("localhost", ""):
        return
    try:
        inside = ipaddress.ip_address(host.split("%")[0]).is_loopback
    except ValueError:
        inside = False
    if not inside:
        raise OutsideSocketError(f"a test tried to reach {host}")


def _guarded_connect(self: socket.socket, address: Any) -> None:
    _check(address)
    _connect(self, address)


def _guarded_connect_ex(self: socket.socket, address: Any) -> int:
    _check(address)
    return _connect_ex(self, address)


@pytest.fixture(autouse=True, scope="session")
def _no_outside_sockets() -> Iterator[None]:
    patch = pytest.MonkeyPatch()
    patch.setattr(socket.socket, "connect", _guarded_connect)
    patch.setattr(socket.socket, "connect_ex", _guarded_connect_ex)
    yield
    patch.undo()


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Ctrl-C as at a terminal: whoever started the tests in the background may have switched it off."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@functools.cache
def _variables() -> tuple[str, ...]:
    from noktvrn.settings import variables

    return variables()


def _set_among(names: Iterable[str]) -> list[str]:
    return [name for name in names if name in os.environ]


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No variable a setting reads, and a home and working folder of the test's own."""
    for name in _set_among(_variables()):
        monkeypatch.delenv(name)
    monkeypatch.setenv("NOKTVRN_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture(autouse=True, scope="session")
def _one_thread_per_library() -> None:
    """Two test workers share two cores."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--long` also runs what takes minutes."""
    parser.addoption("--long", action="store_true", default=False, help="also run the long suites")


def pytest_configure(config: pytest.Config) -> None:
    """What is imported with the tests asks the environment how closely to look."""
    if config.getoption("--long"):
        os.environ[LONG] = "1"
    # A busy machine is no falsifying example.
    hypothesis.settings.register_profile("house", deadline=None, max_examples=looks(40, 100))
    hypothesis.settings.load_profile("house")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is imported and collected stays: to look for garbage in it, over and over, takes half the time of
    collecting, and a little of every test after."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves the long suites out unless they are asked for."""
    if config.getoption("--long"):
        return
    left = [item for item in items if "long" in item.keywords or _is_second_look(item)]
    config.hook.pytest_deselected(items=left)
    out = set(left)
    items[:] = [item for item in items if item not in out]


def _is_second_look(item: pytest.Item) -> bool:
    """Whether a test is on PostgreSQL only because `settings` come on both databases: nothing in it races,
    counts money or has SQL of its own (`both`), and on SQLite it runs anyway."""
    params = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
    named = {name for mark in item.iter_markers("parametrize") for name in _names(mark.args[0])}
    return params.get("settings") == "postgres" and "settings" not in named and "both" not in item.keywords


def _names(told: str | Iterable[str]) -> list[str]:
    return told.replace(" ", "").split(",") if isinstance(told, str) else list(told)


class _Ledgers:
    """New SQLite ledgers as copies of one that was made, because making one costs more than most tests."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, database: Any, *, engine: bool) -> bool:
        """Lays a copy where no ledger is yet; `engine`: with the tables of the runs' engine, too."""
        place = Path(database.url.database or ":memory:")
        if not database.is_sqlite or not place.is_absolute() or place.exists():
            return False
        copy = place.with_name(f"{place.name}.{os.urandom(4).hex()}")
        try:
            shutil.copyfile(self._made(engine=engine), copy)
            os.link(copy, place)  # whole or not at all, and never over another's
        except OSError:
            return False  # a full disk, a folder that may not be written: the real one meets that, too
        finally:
            copy.unlink(missing_ok=True)
        return True

    def _made(self, *, engine: bool) -> Path:
        from noktvrn.production import engine as runs
        from noktvrn.settings import Settings
        from noktvrn.storage.database import Database

        home = self._folder / ("with_engine" if engine else "plain")
        if not home.exists():
            database = Database(Settings(home=home, database_url=None, _env_file=None))
            if engine:
                runs.migrate(database)
            _upgrade(database)
            with database.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            database.close()
        return home / "label.db"


@pytest.fixture(scope="session")
def _ledgers(tmp_path_factory: pytest.TempPathFactory) -> _Ledgers:
    return _Ledgers(tmp_path_factory.mktemp("ledgers"))


@pytest.fixture
def real_migrations() -> None:
    """For tests about the making of a ledger: nothing is copied, every migration runs."""


@pytest.fixture(autouse=True)
def _copied_ledgers(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, _ledgers: _Ledgers
) -> None:
    if "real_migrations" in request.fixturenames:
        return

    def state(database: Any) -> tuple[str | None, str]:
        _ledgers.put(database, engine=True)
        return _state(database)

    def upgrade(database: Any) -> None:
        if not _ledgers.put(database, engine=False):
            _upgrade(database)

    monkeypatch.setattr(migrate, "state", state)
    monkeypatch.setattr(migrate, "upgrade", upgrade)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A real PostgreSQL server, one per test process."""
    from tests.postgres import cluster

    with cluster() as url:
        yield url


@pytest.fixture(scope="session")
def _postgres_ledger(postgres_server: str) -> str:
    """The name of a database with a new ledger, to be copied: making one costs more than most tests."""
    from noktvrn.production import engine as runs
    from noktvrn.settings import Settings
    from noktvrn.storage.database import Database

    _ask_server(postgres_server, "CREATE DATABASE made")
    url = postgres_server.replace("/postgres?", "/made?")
    database = Database(Settings(database_url=url, _env_file=None))
    runs.migrate(database)
    _upgrade(database)
    database.close()
    return "made"


@pytest.fixture
def postgres_url(request: pytest.FixtureRequest, postgres_server: str) -> Iterator[str]:
    """A fresh database on it, with a new ledger in it unless the test wants `real_migrations`."""
    name = f"t{os.urandom(6).hex()}"
    bare = "real_migrations" in request.fixturenames
    ledger = "template1" if bare else request.getfixturevalue("_postgres_ledger")
    _ask_server(postgres_server, f"CREATE DATABASE {name} TEMPLATE {ledger}")
    yield postgres_server.replace("/postgres?", f"/{name}?")
    _ask_server(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


def _ask_server(server: str, words: str) -> None:
    import sqlalchemy as sa

    url = sa.make_url(server).set(drivername="postgresql+psycopg")
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(words))
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgres"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """Settings of a fresh home, on SQLite and on a real PostgreSQL; on that in the short form only with the
    marker `both`."""
    from noktvrn.settings import Settings

    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else None
    return Settings(home=tmp_path / "home", database_url=url, _env_file=None)
