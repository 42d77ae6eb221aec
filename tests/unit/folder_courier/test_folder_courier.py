"""The folder courier: whole or not at all, once, and never over anything."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from noktvrn.kernel.errors import Conflict, Refused, Unavailable
from noktvrn.providers.folder_courier import distributor as courier_module
from noktvrn.providers.folder_courier.distributor import FolderCourier
from noktvrn.roles.distributor import Consignment
from noktvrn.storage.packages import listing, package_hash

NAMES = ("a.xml", "b.txt", "resources/c.flac", "d.mp4")


def consignment(folder: Path) -> Consignment:
    """The courier asks a release for its id, its package hash and its files, and for nothing else."""
    for name in NAMES:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode() * 50_000)
    files = tuple(sorted(listing(folder).items()))
    release: Any = SimpleNamespace(
        draft=SimpleNamespace(id="rel_0000000000000"), package_hash=package_hash(files), files=files
    )
    return Consignment.model_construct(release=release, package=folder, key="k" * 64)


@pytest.fixture
def sent(tmp_path: Path) -> Consignment:
    return consignment(tmp_path / "package")


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "delivered"


def shown(target: Path) -> list[Path]:
    return sorted(path for path in target.iterdir() if not path.name.startswith("."))


def test_the_whole_package_arrives(sent: Consignment, target: Path) -> None:
    receipt = FolderCourier(target).deliver(sent)
    assert [Path(receipt.place)] == shown(target)
    assert listing(Path(receipt.place)) == listing(sent.package)


def test_twice_is_once(sent: Consignment, target: Path) -> None:
    first = FolderCourier(target).deliver(sent)
    before = {path: path.stat().st_mtime_ns for path in target.rglob("*") if path.name != ".lock"}
    assert FolderCourier(target).deliver(sent) == first
    assert {path: path.stat().st_mtime_ns for path in target.rglob("*") if path.name != ".lock"} == before


def test_a_package_taken_away_is_not_delivered_again(sent: Consignment, target: Path, tmp_path: Path) -> None:
    receipt = FolderCourier(target).deliver(sent)
    Path(receipt.place).rename(tmp_path / "taken")
    assert FolderCourier(target).deliver(sent) == receipt
    assert shown(target) == []


@pytest.mark.parametrize("crash_after", range(len(NAMES) + 2))
def test_a_crash_between_any_two_writes_ends_in_one_delivery(
    crash_after: int, sent: Consignment, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Writes are the files and the receipt; the power goes after `crash_after` of them."""

    class PowerCutError(Exception):
        pass

    written = 0
    whole = courier_module._part_of

    def counted(path: Path) -> Any:
        nonlocal written
        if written == crash_after:
            raise PowerCutError
        written += 1
        return whole(path)

    with monkeypatch.context() as patch:
        patch.setattr(courier_module, "_part_of", counted)
        if crash_after <= len(NAMES):
            with pytest.raises(PowerCutError):
                FolderCourier(target).deliver(sent)
        else:
            FolderCourier(target).deliver(sent)
    assert len(shown(target)) == (crash_after >= len(NAMES))
    FolderCourier(target).deliver(sent)
    assert [listing(place) for place in shown(target)] == [listing(sent.package)]
    assert list((target / ".incoming").iterdir()) == [target / ".incoming" / ".lock"]


_KILLED = """
import sys, time
from pathlib import Path
from types import SimpleNamespace
from noktvrn.providers.folder_courier import distributor
from noktvrn.roles.distributor import Consignment
from noktvrn.storage.packages import listing, package_hash

package, target, ready = map(Path, sys.argv[1:])
files = tuple(sorted(listing(package).items()))
release = SimpleNamespace(
    draft=SimpleNamespace(id="rel_0000000000000"), package_hash=package_hash(files), files=files
)
copy, count = distributor.shutil.copyfileobj, 0

def slow(reader, writer, length):
    global count
    count += 1
    if count == 3:
        writer.write(reader.read(100))
        writer.flush()
        ready.touch()
        time.sleep(60)
    copy(reader, writer, length)

distributor.shutil.copyfileobj = slow
sent = Consignment.model_construct(release=release, package=package, key="k" * 64)
distributor.FolderCourier(target).deliver(sent)
"""


def test_kill_9_in_the_middle_of_a_file_ends_in_one_delivery(
    sent: Consignment, target: Path, tmp_path: Path
) -> None:
    ready = tmp_path / "ready"
    process = subprocess.Popen([sys.executable, "-c", _KILLED, str(sent.package), str(target), str(ready)])
    deadline = time.monotonic() + 30
    while not ready.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait(10) == -signal.SIGKILL
    assert ready.exists() and shown(target) == []
    left = [path for path in (target / ".incoming").rglob("*") if path.name.startswith(".part-")]
    assert left, "the kill came too late to prove anything"
    FolderCourier(target).deliver(sent)
    assert [listing(place) for place in shown(target)] == [listing(sent.package)]


def test_what_lies_at_the_place_is_never_overwritten(sent: Consignment, target: Path) -> None:
    place = target / f"rel_0000000000000-{sent.release.package_hash[:12]}"
    place.mkdir(parents=True)
    (place / "mine.txt").write_text("keep me")
    with pytest.raises(Conflict, match="already holds"):
        FolderCourier(target).deliver(sent)
    assert (place / "mine.txt").read_text() == "keep me"


def test_a_changed_file_does_not_arrive(sent: Consignment, target: Path) -> None:
    (sent.package / "b.txt").write_bytes(b"other")
    with pytest.raises(Refused, match=r"b\.txt was changed"):
        FolderCourier(target).deliver(sent)
    assert shown(target) == []


def test_a_link_planted_in_the_waiting_room_is_not_followed(
    sent: Consignment, target: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "outside.xml"
    outside.write_bytes((sent.package / "a.xml").read_bytes())
    staging = target / ".incoming" / f"rel_0000000000000-{sent.release.package_hash[:12]}"
    staging.mkdir(parents=True)
    (staging / "a.xml").symlink_to(outside)
    place = Path(FolderCourier(target).deliver(sent).place)
    assert not (place / "a.xml").is_symlink()


def test_a_target_that_is_no_folder_is_told(sent: Consignment, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(Unavailable) as caught:
        FolderCourier(tmp_path / "file").deliver(sent)
    assert caught.value.code == "courier.unwritable"
    assert "NOKTVRN_DELIVERY_DIR" in caught.value.hint


def test_delivered_files_are_read_only(sent: Consignment, target: Path) -> None:
    place = Path(FolderCourier(target).deliver(sent).place)
    digest = hashlib.sha256((place / "a.xml").read_bytes()).hexdigest()
    assert dict(sent.release.files)["a.xml"] == digest
    assert (place / "a.xml").stat().st_mode & 0o222 == 0
