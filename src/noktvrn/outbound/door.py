"""The one download door: whatever comes in as a file comes through here, and is what it was asked for.

The address is checked on every hop after its name was looked up, the bytes are counted, the first of them say
what it is, and all of it is decoded before anybody gets it. What its sender calls it, in an address or
a header, is no path and proves nothing.
"""

from __future__ import annotations

import stat
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from noktvrn.kernel.errors import Refused
from noktvrn.outbound.address import Resolver
from noktvrn.outbound.badge import Badge
from noktvrn.outbound.download import SOURCE, Download, Order, unfit
from noktvrn.outbound.inspection.sniff import Kind
from noktvrn.outbound.spool import Spooled, discard, spooled
from noktvrn.storage.vault import file_sha256

if TYPE_CHECKING:
    from noktvrn.outbound.inspection.unfit import Found

MOST_BYTES: dict[Kind, int] = {"audio": 200_000_000, "picture": 50_000_000, "film": 1_000_000_000}


__all__ = ["MOST_BYTES", "Checked", "Door", "Kind"]


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that is what it was asked for. `media_type` is by its bytes; seconds and pixels by decoding."""

    path: Path
    sha256: str
    size: int
    media_type: str
    duration_s: float | None = None
    width: int | None = None
    height: int | None = None


class Door:
    """`ffmpeg` finds the program when a film or AAC comes; `resolver` is for tests."""

    def __init__(self, ffmpeg: Callable[[], Path], resolver: Resolver | None = None) -> None:
        self._ffmpeg = ffmpeg
        self._resolver = resolver

    def fetch(
        self,
        url: str,
        into: Path,
        *,
        kind: Kind,
        named: str,
        private_hosts: Collection[str] = (),
        duration_s: float | None = None,
        max_bytes: int | None = None,
        deadline_s: float = 600.0,
        badge: Badge | None = None,
    ) -> Checked:
        """Fetches a file to the path `into`, whose folder is there. `named` is what errors call the service.

        `private_hosts` may be fetched from although they lie inside, this machine included
        (`address.asset_hosts`). `duration_s` is the length the service told. `badge` is the service's key,
        for files under its own address. The same call after a crash goes on with what came, and finds a file
        that came whole.

        Raises:
            NotAllowed: an address on the way is not one the house goes to.
            Unavailable: trouble TRANSIENT: it may be fetched again.
            Refused: trouble EXPIRED: the file is no longer there. Trouble CONTRACT: it is no such file.
        """
        most = max_bytes or MOST_BYTES[kind]
        order = Order(url, into, named, most, deadline_s, private_hosts, self._resolver, badge)
        whole = spooled(into)
        if whole is None or whole.headers.get(SOURCE) != order.source:
            # It has its name before the look at it: a crash, or a missing ffmpeg, must not cost a file whose
            # address lives for an hour. Nobody takes it but through here.
            whole = Download(order).fetch()
        try:
            return self._judged(whole, kind, order.max_bytes, duration_s, named)
        except Refused:
            discard(into)
            raise

    def check(self, path: Path, *, kind: Kind, duration_s: float | None = None) -> Checked:
        """The same look at a file that lies here already: it came with an answer, or from a folder.

        It stays where it is, whatever it is.

        Raises:
            Refused: trouble CONTRACT: it is no such file.
        """
        whole = Spooled(path, 0, "")
        return self._judged(whole, kind, MOST_BYTES[kind], duration_s, "the service")

    def _judged(self, whole: Spooled, kind: Kind, most: int, duration_s: float | None, named: str) -> Checked:
        from noktvrn.outbound.inspection.unfit import Unfit

        try:
            size = _size(whole.path, most)
            media_type, found = self._looked(whole.path, kind, duration_s)
        except Unfit as error:
            why = str(error)
        else:
            sha256 = whole.sha256 or file_sha256(whole.path)
            return Checked(whole.path, sha256, size, media_type, found.duration_s, found.width, found.height)
        raise unfit(named, why)

    def _looked(self, path: Path, kind: Kind, duration_s: float | None) -> tuple[str, Found]:
        from noktvrn.outbound.inspection.inspector import inspected

        return inspected(path, kind, duration_s, self._ffmpeg)


def _size(path: Path, most: int) -> int:
    from noktvrn.outbound.inspection.unfit import Unfit

    try:
        told = path.stat()
    except OSError:
        raise Unfit("it is not there") from None
    if not stat.S_ISREG(told.st_mode):
        raise Unfit("it is no file")
    if not 0 < told.st_size <= most:
        raise Unfit(f"it has {told.st_size} bytes")
    return told.st_size
