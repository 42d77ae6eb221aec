"""What the disk, the ledger and the scratch folder may do to us."""

from __future__ import annotations

import os
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.integration.durability.durability_samples import both, enter_artist, opened

from noktvrn.kernel.errors import Fault, NotReady, Unavailable
from noktvrn.production import patience, scratch
from noktvrn.production.patience import patiently
from noktvrn.settings import Settings
from noktvrn.storage import audit, migrate, tables
from noktvrn.storage import database as databases
from noktvrn.storage.database import Database
from noktvrn.storage.vault import STALE_S, Vault

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def at_home(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", _env_file=None)


def put(vault: Vault, path: Path) -> str:
    return vault.put(path, artist_id="art_a", media_type="text/plain", name=path.name).sha256


def test_scratch_of_the_dead_goes_and_of_the_living_stays(tmp_path: Path) -> None:
    dead = tmp_path / "stage-dead"
    dead.mkdir()
    (dead / "half.wav").write_bytes(b"half")
    with scratch.fresh_folder(tmp_path) as living:
        (living / "work").write_bytes(b"work")
        assert scratch.sweep(tmp_path) == 1
        assert not dead.exists()
        assert (living / "work").exists()
    assert list(tmp_path.iterdir()) == []


def test_scratch_is_made_and_swept_by_many_at_once(tmp_path: Path) -> None:
    stop, broken = threading.Event(), list[str]()

    def sweep() -> None:
        while not stop.is_set():
            scratch.sweep(tmp_path)

    def work() -> None:
        for _ in range(100):
            with scratch.fresh_folder(tmp_path) as folder:
                if not folder.is_dir():
                    broken.append(folder.name)

    sweeper, workers = threading.Thread(target=sweep), [threading.Thread(target=work) for _ in range(3)]
    for thread in (sweeper, *workers):
        thread.start()
    for worker in workers:
        worker.join()
    stop.set()
    sweeper.join()
    assert broken == []


def test_a_file_cut_short_in_the_vault_is_mended_by_the_next_put(tmp_path: Path) -> None:
    vault, source = Vault(tmp_path / "vault"), tmp_path / "song"
    source.write_bytes(b"the whole song")
    place = tmp_path / "vault" / "assets" / "art_a" / put(vault, source)
    place.chmod(0o644)
    place.write_bytes(b"the who")
    asset = vault.put(source, artist_id="art_a", media_type="text/plain", name="song")
    assert asset.size == 14
    assert vault.check(asset, artist_id="art_a").read_bytes() == b"the whole song"


def test_many_writers_of_the_same_bytes_leave_one_whole_file(tmp_path: Path) -> None:
    vault, source = Vault(tmp_path / "vault"), tmp_path / "song"
    source.write_bytes(os.urandom(3 << 20))
    writers = [threading.Thread(target=put, args=(vault, source)) for _ in range(6)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    (place,) = (tmp_path / "vault" / "assets" / "art_a").iterdir()
    assert place.read_bytes() == source.read_bytes()


def test_copies_broken_off_long_ago_are_swept_and_fresh_ones_stay(tmp_path: Path) -> None:
    folder = tmp_path / "vault" / "assets" / "art_a"
    folder.mkdir(parents=True)
    old, fresh, kept = folder / ".incoming-old", folder / ".incoming-new", folder / ("a" * 64)
    for path in (old, fresh, kept):
        path.write_bytes(b"x")
        os.utime(path, (time.time(), time.time() - (0 if path == fresh else 2 * STALE_S)))
    assert Vault(tmp_path / "vault").sweep() == 1
    assert {path.name for path in folder.iterdir()} == {fresh.name, kept.name}


@both
def test_a_reader_sees_one_moment_while_others_write(settings: Settings) -> None:
    with opened(settings) as label:
        enter_artist(label)
        database = label.office.studio.database

        def write() -> None:
            with database.begin() as connection:
                audit.record(connection, "act", artist_id="label", subject="s", actor="t", at=NOW)
                audit.seal(connection)

        write()
        with database.read() as connection:
            before = connection.execute(sa.select(sa.func.count()).select_from(tables.audit)).scalar_one()
            writer = threading.Thread(target=write)
            writer.start()
            writer.join()
            after = connection.execute(sa.select(sa.func.count()).select_from(tables.audit)).scalar_one()
        assert before == after


@both
def test_the_trail_is_never_called_changed_while_it_grows(settings: Settings) -> None:
    with opened(settings) as label:
        database, stop = label.office.studio.database, threading.Event()

        def write(artist: str) -> None:
            while not stop.is_set():
                with database.begin() as connection:
                    audit.record(connection, "act", artist_id=artist, subject="s", actor="t", at=NOW)
                with database.begin() as connection:
                    audit.seal(connection)

        writers = [threading.Thread(target=write, args=(f"art_{number}",)) for number in range(3)]
        for writer in writers:
            writer.start()
        reports = [label.house.verify_audit() for _ in range(15)]
        stop.set()
        for writer in writers:
            writer.join()
        assert all(report.passed for report in reports)
        assert label.house.verify_audit().checked > 0


def test_a_clock_that_goes_backwards_breaks_no_chain(settings: Settings) -> None:
    with opened(settings) as label, label.office.studio.database.begin() as connection:
        for day in (21, 20, 22, 1):
            at = datetime(2026, 11, day, tzinfo=UTC)
            audit.record(connection, "act", artist_id="label", subject="s", actor="t", at=at)
        audit.seal(connection)
        assert audit.verify(connection).passed


def test_a_ledger_that_stays_busy_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(databases, "BUSY_TIMEOUT_MS", 50)
    with opened(at_home(tmp_path)) as label:
        other = Database(label.settings)
        with other.begin(), pytest.raises(Unavailable) as caught, label.office.studio.database.begin():
            pass
        other.close()
    assert caught.value.code == "database.busy"


def test_a_ledger_that_is_busy_for_a_moment_is_waited_for() -> None:
    troubles = iter(["database.busy", "database.unavailable"])

    def act() -> int:
        for code in troubles:
            raise Unavailable("", code=code)
        return 7

    assert patiently(act) == 7


class FastClock:
    """A clock by which every pause lasts so long, and a thing done as long as it says."""

    def __init__(self, pause_s: float) -> None:
        self.now_s, self.pause_s = 0.0, pause_s

    def monotonic(self) -> float:
        return self.now_s

    def sleep(self, _seconds: float) -> None:
        self.now_s += self.pause_s


@pytest.mark.parametrize(
    ("code", "pause_s", "times"),
    [
        ("ledger.full", 1e6, 5),  # for as long as it takes
        ("database.unavailable", 600.0, 5),  # a server that is upgraded
        ("database.busy", 600.0, 5),  # a writer that was put to sleep
    ],
)
def test_a_ledger_that_comes_back_is_waited_for(
    monkeypatch: pytest.MonkeyPatch, code: str, pause_s: float, times: int
) -> None:
    monkeypatch.setattr(patience, "time", FastClock(pause_s))
    troubles = iter([code] * times)

    def act() -> int:
        for trouble in troubles:
            raise Unavailable("", code=trouble)
        return 7

    assert patiently(act) == 7


def test_a_long_stage_that_meets_an_outage_at_its_end_waits_as_long_as_a_short_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock, done = FastClock(10.0), []
    monkeypatch.setattr(patience, "time", clock)

    def act() -> int:
        clock.now_s += 4000.0
        done.append("stage")
        if len(done) < 5:
            raise Unavailable("", code="database.unavailable")
        return 7

    assert patiently(act) == 7


@pytest.mark.parametrize("code", ["database.busy", "database.unavailable", "disk.full"])
def test_nobody_waits_for_ever_or_for_anything_else(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    clock = FastClock(20.0)
    monkeypatch.setattr(patience, "time", clock)

    def act() -> int:
        raise Unavailable("", code=code)

    with pytest.raises(Unavailable):
        patiently(act)
    assert clock.now_s == (0.0 if code == "disk.full" else 3600.0)


@pytest.mark.parametrize("broken", ["file", "row"])
def test_a_damaged_ledger_says_so_in_one_line(tmp_path: Path, broken: str) -> None:
    settings = at_home(tmp_path)
    with opened(settings) as label:
        enter_artist(label)
    database = Database(settings)
    if broken == "file":
        database.close()
        (settings.home / "label.db").write_bytes(b"not a ledger at all" * 1000)
    else:
        with database.begin() as connection:
            connection.execute(sa.text("UPDATE artists SET data = '{half'"))
    with pytest.raises(Fault, match="damaged") as caught, database.read() as connection:
        connection.execute(sa.select(tables.artists.c.data)).all()
    database.close()
    assert caught.value.code == "database.damaged"
    assert "backup" in caught.value.hint


@both
def test_a_ledger_of_a_newer_house_is_left_alone(settings: Settings) -> None:
    database = Database(settings)
    migrate.upgrade(database)
    with database.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(NotReady, match="newer"):
        migrate.upgrade(database)
    database.close()


@pytest.mark.usefixtures("real_migrations")
def test_a_house_whose_making_was_interrupted_is_made_whole(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(_database: Database) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(migrate, "upgrade", die)
        with pytest.raises(KeyboardInterrupt), opened(settings):
            pass
    with opened(settings) as label:
        run = label.runs.start(enter_artist(label).id)
        assert label.office.dispatcher.last("produce", run.id) == (1, True)
