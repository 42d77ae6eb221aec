"""What keeps the files of a vault: a folder or a bucket. The vault itself asks no more of either."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Held:
    """A file that is kept: whose, which, how many bytes, and when it was last put (aware UTC)."""

    artist_id: str
    sha256: str
    size: int
    at: datetime


class Keeper(Protocol):
    """Keeps files by artist and hash. Any number of processes may use the same one at once."""

    @property
    def where(self) -> str:
        """Where that is, in words for people; no secret."""

    def ask(self) -> None:
        """Passes where it is there and lets us look.

        Raises:
            Refused: there is no such place. NotAllowed, Unavailable: it does not let us in, or is away.
        """

    def put(self, source: Path, artist_id: str, sha256: str, *, soon: bool = True) -> None:
        """Keeps a file whose hash is `sha256`; it is safe when this returns. One that is kept already is only
        dated anew, so that nobody takes it for an old one that nothing needs. `soon`: it is read here soon.

        Raises:
            Fault: the file changed while it was read.
        """

    def fetch(self, artist_id: str, sha256: str) -> Path | None:
        """A file on this machine with these bytes, for reading only; None: it is not kept."""

    def copy(self, held: Held, target: Path) -> None:
        """Copies a file to a place of its own, whole or not at all, its hash compared.

        Raises:
            Fault: the bytes are not the ones that were put in.
            FileNotFoundError: it is not kept any more.
        """

    def verify(self, held: Held) -> None:
        """Reads a file as a whole and compares its hash. Raises as `copy` does."""

    def find(self, artist_id: str, sha256: str) -> Held | None:
        """What is known of a file; None: it is not kept."""

    def every(self) -> Iterator[Held]:
        """Every file, in no order."""

    def delete(self, held: Held) -> bool:
        """Removes a file that was not put again since it was looked at; returns whether it did."""

    def sweep(self) -> int:
        """Removes what broken-off work left behind long ago; returns how many. Work under way stays."""
