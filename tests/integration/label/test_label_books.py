"""Backups under load, restores into an empty home, moves between databases: the same label afterwards, and
nothing it did is done again."""

from __future__ import annotations

import json
import resource
import shutil
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.integration.durability.durability_samples import (
    _seal,
    enter_artist,
    light_stages,
    opened,
    until,
    working,
)

from noktvrn.kernel.clock import SystemClock
from noktvrn.kernel.errors import Conflict, Fault, NotFound, NotReady
from noktvrn.label import moving, restoring
from noktvrn.label.backup import backup
from noktvrn.label.house import BEGUN
from noktvrn.label.label import Label
from noktvrn.label.moving import move
from noktvrn.label.restoring import restore
from noktvrn.model.release import Release
from noktvrn.model.run import RunState, StageName
from noktvrn.production.scene import Outcome, Scene, Stage
from noktvrn.production.shelf import keep_package
from noktvrn.settings import Settings
from noktvrn.storage import audit, migrate, tables
from noktvrn.storage.books import manifest as papers
from noktvrn.storage.books import shape
from noktvrn.storage.books.tally import tallies
from noktvrn.storage.database import Database
from noktvrn.storage.ledger import switch
from noktvrn.storage.vault import Vault

both = pytest.mark.parametrize(
    "settings", ["sqlite", pytest.param("postgres", marks=pytest.mark.long)], indirect=True
)
ENDS = {RunState.COMPLETED, RunState.FAILED}


def _kept_seal(scene: Scene) -> Outcome:
    outcome = _seal(scene)
    assert isinstance(outcome.result, Release)
    keep_package(scene.studio.vault, outcome.result, scene.studio.packages / outcome.result.draft.id)
    return outcome


def stages(pause_s: float = 0.02) -> Mapping[StageName, Stage]:
    return light_stages(pause_s, seal=_kept_seal)


@pytest.fixture
def shared(settings: Settings, tmp_path: Path) -> Settings:
    """Delivers to a place outside of the home, as a store is."""
    return settings.model_copy(update={"delivery_dir": tmp_path / "store"})


@pytest.fixture
def second(request: pytest.FixtureRequest, shared: Settings, tmp_path: Path) -> Iterator[Settings]:
    """An empty machine: another home, and another database of the same kind."""
    url = None
    if shared.database_url is not None:
        from tests.conftest import _ask_server

        server = request.getfixturevalue("postgres_server")
        _ask_server(server, "CREATE DATABASE restored")
        url = server.replace("/postgres?", "/restored?")
    yield Settings(
        home=tmp_path / "second", database_url=url, delivery_dir=shared.delivery_dir, _env_file=None
    )
    if url is not None:
        _ask_server(server, "DROP DATABASE restored WITH (FORCE)")


def start_runs(label: Label, number: int, prefix: str = "song") -> None:
    for count in range(number):
        artist = enter_artist(label, f"Vesper Quill {prefix} {count}")
        label.runs.start(artist.id, name=f"{prefix} {count}")


def approve_what_waits(label: Label) -> bool:
    """True when nothing is left to wait for."""
    for run in label.runs.every():
        if run.state is RunState.AWAITING_REVIEW:
            label.desk.approve(run.id, by="person:test", door="cli")
    return all(run.state in ENDS for run in label.runs.every())


def rows(settings: Settings, table: sa.Table) -> int:
    database = Database(settings)
    with database.read() as connection:
        count = connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
    database.close()
    return int(count)


@both
def test_a_backup_under_load_is_restored_whole_and_repeats_nothing(
    shared: Settings, second: Settings, tmp_path: Path
) -> None:
    with opened(shared) as label, working(label, stages()):
        start_runs(label, 2)
        until(lambda: rows(shared, tables.run_stages) > 14, "runs under way")
        approve_what_waits(label)
        until(lambda: rows(shared, tables.deliveries) > 0 or approve_what_waits(label), "a delivery")
        loading = threading.Thread(target=start_runs, args=(label, 1, "more"))
        loading.start()
        made = label.books.backup(tmp_path / "backups")
        loading.join()
        until(lambda: approve_what_waits(label), "the end of every run")
    told = made.manifest
    assert told.tables["runs"].rows >= 2 and told.tables["audit"].rows > 20 and told.files > 0
    delivered = sorted(path.name for path in (tmp_path / "store").iterdir())

    restored = restore(second, tmp_path / "backups", SystemClock(), by="person:test")
    assert restored.folder == made.folder
    found = Database(second)
    with found.read() as connection:
        now = tallies(connection, shape.names())
        assert audit.verify(connection).passed
        chains = papers.chain_ends(connection)
    found.close()
    changed = {
        "audit",
        "events",
        "switch",
        "runs",
        "roster",
    }  # the restore itself, its stop and what it holds
    assert {name: now[name] for name in now if name not in changed} == {
        name: told.tables[name] for name in told.tables if name not in changed
    }
    assert now["runs"].rows == told.tables["runs"].rows
    assert all(chains[name].number >= end.number for name, end in told.chains.items())
    files = {one.sha256 for one in papers.read_files(made.folder)}

    with opened(second) as label:
        assert {held.sha256 for held in label.office.studio.vault.every()} == files
        assert not [one for one in label.books.check().findings if one.rule != "vault.missing"]
        assert label.switch.state() is not None
        states = Counter(run.state for run in label.runs.every())
        assert states[RunState.HELD] == restored.held
        assert not {RunState.PRODUCING, RunState.RELEASING, RunState.APPROVED} & states.keys()
        label.switch.start(by="person:test")
        with working(label, stages(0.0)):
            until(lambda: approve_what_waits(label), "the end of every restored run")
        assert {run.state for run in label.runs.every()} == {RunState.COMPLETED}
        assert label.house.verify_audit().passed
    # What had been delivered was found delivered: no release lies there twice.
    again = Counter(path.name.rsplit("-", 1)[0] for path in (tmp_path / "store").glob("rel_*"))
    assert set(again.values()) == {1} and set(delivered) <= {p.name for p in (tmp_path / "store").iterdir()}
    told_twice = Counter(
        json.loads(line)["key"] for line in (second.home / "notices.jsonl").read_text().splitlines()
    )
    before = {json.loads(line)["key"] for line in (shared.home / "notices.jsonl").read_text().splitlines()}
    assert max(told_twice.values()) == 1
    assert len(before & told_twice.keys()) <= states[RunState.HELD]


@pytest.fixture
def backed_up(tmp_path: Path) -> Path:
    """A folder with one backup of a small label."""
    settings = Settings(home=tmp_path / "home", _env_file=None)
    with opened(settings) as label:
        artist = enter_artist(label)
        (tmp_path / "song").write_bytes(b"a song")
        label.office.studio.vault.put(
            tmp_path / "song", artist_id=artist.id, media_type="audio/flac", name="song"
        )
        (settings.home / "spool" / "tkt_a" / "1").mkdir(parents=True)
        (settings.home / "spool" / "tkt_a" / "1" / "song.part").write_bytes(b"paid for")
        (settings.home / "studio" / "profile").mkdir(parents=True)
        (settings.home / "studio" / "profile" / "cookies").write_text("secret")
        first = label.books.backup(tmp_path / "backups")
        assert first.manifest.folders == ("spool", "studio")
    return tmp_path / "backups"


def test_a_restore_brings_the_papers_and_never_writes_over_a_home(backed_up: Path, tmp_path: Path) -> None:
    other = Settings(home=tmp_path / "other", _env_file=None)
    restore(other, backed_up, SystemClock(), by="person:test")
    assert (other.home / "spool" / "tkt_a" / "1" / "song.part").read_bytes() == b"paid for"
    assert not (other.home / "studio" / "profile").exists()
    assert not (other.home / BEGUN).exists()
    with pytest.raises(Conflict, match="is not empty"):
        restore(other, backed_up, SystemClock(), by="person:test")
    url = f"sqlite:///{other.home}/label.db"
    elsewhere = Settings(home=tmp_path / "third", database_url=url, _env_file=None)
    with pytest.raises(Conflict, match="There is a label in"):
        restore(elsewhere, backed_up, SystemClock(), by="person:test")
    with pytest.raises(NotFound, match="is no backup"):
        restore(Settings(home=tmp_path / "x", _env_file=None), tmp_path / "y", SystemClock(), by="x")


def test_a_damaged_backup_is_refused_and_the_home_may_be_restored_into_again(
    backed_up: Path, tmp_path: Path
) -> None:
    (copy,) = (path for path in (backed_up / "vault").rglob("*") if path.is_file())
    whole = copy.read_bytes()
    copy.chmod(0o644)
    copy.write_bytes(b"a gong")
    other = Settings(home=tmp_path / "other", _env_file=None)
    with pytest.raises(Fault):
        restore(other, backed_up, SystemClock(), by="person:test")
    copy.unlink()
    with pytest.raises(Fault, match="neither in the backup nor in the vault"):
        restore(other, backed_up, SystemClock(), by="person:test")
    copy.write_bytes(whole)
    (made,) = (path for path in backed_up.iterdir() if path.name != "vault")
    ledger = made / "ledger" / "artists.jsonl.gz"
    rows = ledger.read_bytes()
    ledger.write_bytes(rows[:-20])
    with pytest.raises(Fault, match="cannot be read"):
        restore(other, backed_up, SystemClock(), by="person:test")
    ledger.write_bytes(rows)
    assert restore(other, backed_up, SystemClock(), by="person:test").manifest.files == 1


def test_a_second_backup_copies_only_what_is_new_and_one_that_fails_is_none(
    backed_up: Path, tmp_path: Path
) -> None:
    (copy,) = (path for path in (backed_up / "vault").rglob("*") if path.is_file())
    at = copy.stat().st_mtime_ns
    with opened(Settings(home=tmp_path / "home", _env_file=None)) as label:
        until(lambda: _made(label, backed_up), "another second")
        assert copy.stat().st_mtime_ns == at
        assert len([path for path in backed_up.iterdir() if path.name != "vault"]) == 2
        place = next(path for path in (tmp_path / "home" / "vault").rglob("*") if path.is_file())
        place.chmod(0o644)
        place.write_bytes(b"a gong")
        shutil.rmtree(backed_up / "vault")
        until(lambda: _fails(label, backed_up), "another second")
    assert len([path for path in backed_up.iterdir() if path.name != "vault"]) == 2


def test_a_full_disk_leaves_nothing_that_looks_like_a_backup(backed_up: Path, tmp_path: Path) -> None:
    before = sorted(backed_up.iterdir())
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    with opened(Settings(home=tmp_path / "home", _env_file=None)) as label:
        until(lambda: not _of_this_second(backed_up), "another second")
        resource.setrlimit(resource.RLIMIT_FSIZE, (200, hard))
        try:
            with pytest.raises(OSError, match="File too large"):
                label.books.backup(backed_up)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert sorted(backed_up.iterdir()) == before


def _of_this_second(backups: Path) -> bool:
    return (backups / f"{SystemClock().now():%Y%m%dT%H%M%SZ}").exists()


def _made(label: Label, to: Path) -> bool:
    try:
        label.books.backup(to)
    except Conflict:  # there is one of this second
        return False
    return True


def _fails(label: Label, to: Path) -> bool:
    try:
        with pytest.raises(Fault, match="was damaged"):
            label.books.backup(to)
    except Conflict:
        return False
    return True


def test_a_label_moves_to_a_server_and_back_with_nobody_working(tmp_path: Path, postgres_server: str) -> None:
    from tests.conftest import _ask_server

    here = Settings(home=tmp_path / "home", _env_file=None)
    with opened(here) as label:
        start_runs(label, 2)
        with working(label, stages(0.05)):
            until(lambda: rows(here, tables.run_stages) > 3, "runs under way")
            with pytest.raises(NotReady, match=r"1 worker\(s\) are at work"):
                move(here, "sqlite:////nowhere/label.db", SystemClock(), by="person:test")
    _ask_server(postgres_server, "CREATE DATABASE moved")
    url = postgres_server.replace("/postgres?", "/moved?")
    moved = move(here, url, SystemClock(), by="person:test")
    assert moved.held == 2 and moved.tables["runs"].rows == 2
    with pytest.raises(Conflict, match="There is a label in"):
        move(here, url, SystemClock(), by="person:test")
    with opened(here) as label:
        stop = label.switch.state()
        assert stop is not None and "moves to postgresql" in stop.reason
    there = here.model_copy(update={"database_url": Settings(database_url=url, _env_file=None).database_url})
    with opened(there) as label:
        assert label.switch.state() is None
        assert label.switch.let_go_on(by="worker") == 2
        with working(label, stages(0.0)):
            until(lambda: approve_what_waits(label), "the end of both runs")
        assert label.house.verify_audit().passed
    back = move(there, f"sqlite:///{tmp_path}/back/label.db", SystemClock(), by="person:test")
    assert back.held == 0 and back.tables["releases"].rows == 2
    _ask_server(postgres_server, "DROP DATABASE moved WITH (FORCE)")


class PowerCutError(Exception):
    """What stands for the end of a process in the middle of its work."""


def cut(*_given: object, **_named: object) -> None:
    raise PowerCutError


@contextmanager
def dying_in(monkeypatch: pytest.MonkeyPatch, room: object, name: str) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setattr(room, name, cut)
        yield


@pytest.mark.parametrize("older", [True, False])
def test_a_restore_that_dies_leaves_no_label_or_a_stopped_one_and_is_done_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, older: bool
) -> None:
    here, other = (Settings(home=tmp_path / name, _env_file=None) for name in ("home", "other"))
    with opened(here) as label:
        artist = enter_artist(label)
        (tmp_path / "song").write_bytes(b"a song")
        label.office.studio.vault.put(
            tmp_path / "song", artist_id=artist.id, media_type="audio/flac", name="song"
        )
        if older:
            migrate.downgrade(label.office.studio.database, "0008")
        backup(label.office.studio, tmp_path / "backups")
    for room, name in ((Vault, "keep"), (restoring, "_read"), (switch, "stop")):
        with dying_in(monkeypatch, room, name), pytest.raises(PowerCutError):
            restore(other, tmp_path / "backups", SystemClock(), by="person:test")
        with pytest.raises(NotReady, match="was not finished"), opened(other):
            pass
    restore(other, tmp_path / "backups", SystemClock(), by="person:test")
    (other.home / BEGUN).touch()  # it died before it took its mark away
    with opened(other) as label:
        assert label.switch.state() is not None
        assert [one.id for one in label.artists.every()] == [artist.id]
    assert not (other.home / BEGUN).exists()


def test_nothing_is_laid_into_a_home_whose_ledger_is_another_labels(backed_up: Path, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/home/label.db"
    elsewhere = Settings(home=tmp_path / "third", database_url=url, _env_file=None)
    with pytest.raises(Conflict, match="There is a label in"):
        restore(elsewhere, backed_up, SystemClock(), by="person:test")
    assert [path.name for path in elsewhere.home.iterdir()] == [BEGUN]


def test_a_move_that_dies_never_leaves_two_labels_at_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = Settings(home=tmp_path / "home", _env_file=None)
    url = f"sqlite:///{tmp_path}/there/label.db"
    there = Settings(home=tmp_path / "home", database_url=url, _env_file=None)
    with opened(here) as label:
        enter_artist(label)
        label.switch.stop(by="person:test", reason="holidays")
    with dying_in(monkeypatch, moving, "copy"), pytest.raises(PowerCutError):
        move(here, url, SystemClock(), by="person:test")
    assert reason_of(here) == "holidays"
    with dying_in(monkeypatch, moving, "Moved"), pytest.raises(PowerCutError):  # with its last row
        move(here, url, SystemClock(), by="person:test")
    assert reason_of(here).startswith("the label moves to sqlite")
    assert reason_of(there) == "holidays"
    with pytest.raises(Conflict, match="There is a label in"):
        move(here, url, SystemClock(), by="person:test")
    url = f"sqlite:///{tmp_path}/again/label.db"
    move(here, url, SystemClock(), by="person:test")
    again = Settings(home=tmp_path / "home", database_url=url, _env_file=None)
    assert reason_of(again).startswith("the label moves"), "nobody knows how it stood, so it stands still"


def reason_of(settings: Settings) -> str:
    """Why a label is stopped; empty where it is not."""
    database = Database(settings)
    with database.read() as connection:
        stop = switch.stopped(connection)
    database.close()
    return stop.reason if stop is not None else ""
