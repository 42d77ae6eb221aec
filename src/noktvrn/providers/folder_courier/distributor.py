"""Copies a package file by file into a hidden folder, checks every hash, and shows it in one rename.

`<target>/<ReleaseId>-<start of the package hash>/` is the delivered package; `<target>/.receipts/` remembers
what was delivered, so that a package a person took away is not delivered again. After a crash the files that
arrived whole are kept and the rest is copied. A file lock, which ends with its process, keeps two deliveries
into one target apart.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from noktvrn.kernel.errors import Conflict, Refused, Unavailable
from noktvrn.roles.distributor import Consignment, CourierReceipt
from noktvrn.storage.packages import differences, sync
from noktvrn.storage.vault import CHUNK, file_sha256

NAME = "folder_courier"
_INCOMING, _RECEIPTS, _PART = ".incoming", ".receipts", ".part-"


class FolderCourier:
    """Plays Distributor into one folder. Any number of processes may use it at once."""

    name = NAME
    live = False

    def __init__(self, target: Path) -> None:
        self._target = target

    def deliver(self, consignment: Consignment) -> CourierReceipt:
        """Delivers; the same key twice delivers once.

        Raises:
            Conflict: another package lies at the place.
            Refused: a file did not arrive as it left.
            Unavailable: the target cannot be written.
        """
        release = consignment.release
        place = self._target / f"{release.draft.id}-{release.package_hash[:12]}"
        receipt = CourierReceipt(courier=NAME, key=consignment.key, place=str(place))
        note = self._target / _RECEIPTS / f"{consignment.key}.json"
        try:
            with self._alone():
                if note.exists():
                    return CourierReceipt.model_validate_json(note.read_bytes())
                if not place.exists():
                    self._bring(consignment, place)
                self._check_place(consignment, place)
                _write(note, receipt.model_dump_json().encode())
        except OSError as error:
            raise Unavailable(
                f"The package cannot be delivered into {self._target}: {error.strerror}.",
                code="courier.unwritable",
                hint="Check its free space and rights, or set NOKTVRN_DELIVERY_DIR to another folder.",
            ) from error
        return receipt

    @contextmanager
    def _alone(self) -> Iterator[None]:
        incoming = self._target / _INCOMING
        incoming.mkdir(parents=True, exist_ok=True)
        with (incoming / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _bring(self, consignment: Consignment, place: Path) -> None:
        """Copies everything into the hidden folder, checks it there, then shows it."""
        staging = self._target / _INCOMING / place.name
        files = consignment.release.files
        for path, sha256 in files:
            _copy(consignment.package / path, staging / path, sha256)
        _sweep(staging, {path for path, _ in files})
        _check(staging, files)
        staging.rename(place)
        sync(self._target)

    def _check_place(self, consignment: Consignment, place: Path) -> None:
        told = differences(place, consignment.release.files)
        if told:
            raise Conflict(
                f"{place} already holds something else: {told[0]}.",
                code="courier.occupied",
                hint="Move that folder away; nothing there is ever overwritten.",
            )


def _copy(source: Path, target: Path, sha256: str) -> None:
    """One file, whole or not at all; one that already arrived whole stays."""
    if target.is_file() and not target.is_symlink() and file_sha256(target) == sha256:
        return
    with _part_of(target) as writer, source.open("rb") as reader:
        shutil.copyfileobj(reader, writer, CHUNK)
    target.chmod(0o444)


def _write(path: Path, content: bytes) -> None:
    with _part_of(path) as writer:
        writer.write(content)


@contextmanager
def _part_of(target: Path) -> Iterator[BinaryIO]:
    """A file beside `target` that takes its place when all went well, and goes away when not."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(_PART + target.name)
    try:
        with part.open("wb") as writer:
            yield writer
            writer.flush()
            os.fsync(writer.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _sweep(staging: Path, wanted: set[str]) -> None:
    """Removes what an earlier, interrupted delivery left beside the files."""
    for path in sorted(staging.rglob("*")):
        plain = path.is_symlink() or not path.is_dir()
        if plain and path.relative_to(staging).as_posix() not in wanted:
            path.unlink()


def _check(staging: Path, files: tuple[tuple[str, str], ...]) -> None:
    told = differences(staging, files)
    if told:
        raise Refused(
            f"The package did not arrive as it left: {told[0]}.",
            code="courier.damaged",
            hint="Check the disk of the target and deliver again.",
        )
