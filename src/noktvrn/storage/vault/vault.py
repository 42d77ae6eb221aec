"""The vault as everybody uses it, whoever keeps its files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from pydantic import SecretStr

from noktvrn.kernel.errors import Fault, NotFound
from noktvrn.model.asset import Asset
from noktvrn.settings import Settings
from noktvrn.storage.vault.files import file_sha256
from noktvrn.storage.vault.folder import FolderKeeper
from noktvrn.storage.vault.keeper import Held, Keeper

GIGABYTE = 10**9

Story = Callable[[str, str], str]
"""Why a file of an artist was removed, by its hash, as a sentence; empty where nobody removed it."""


def _never_removed(_artist_id: str, _sha256: str) -> str:
    return ""


class Vault:
    """Content-addressed files of a keeper; a path stands for the folder there."""

    def __init__(self, keeper: Keeper | Path, story: Story = _never_removed) -> None:
        self._keeper: Keeper = FolderKeeper(keeper) if isinstance(keeper, Path) else keeper
        self._story = story

    @property
    def where(self) -> str:
        """Where its files are kept, in words for people."""
        return self._keeper.where

    def put(self, path: Path, *, artist_id: str, media_type: str, name: str) -> Asset:
        """Copies a file in and returns its asset; the bytes are safe before this returns.

        Raises:
            OSError: the disk takes no more.
            Unavailable: the server stays away.
            Fault: the file changed meanwhile.
        """
        sha256 = file_sha256(path)
        size = path.stat().st_size
        self._keeper.put(path, artist_id, sha256)
        return Asset(sha256=sha256, size=size, media_type=media_type, name=name)

    def path(self, asset: Asset, *, artist_id: str) -> Path:
        """Where an asset lies on this machine. The file is read-only; never write to it, and ask again rather
        than keep the path for hours.

        Raises:
            NotFound: it is not there any more; where a rule of the label removed it, that is told.
            Unavailable: the server stays away.
        """
        found = self.find_path(artist_id, asset.sha256)
        if found is None:
            raise self._missing(asset.name, artist_id, asset.sha256)
        return found

    def find_path(self, artist_id: str, sha256: str) -> Path | None:
        """Like `path`, by hash; None: it is not there."""
        return self._keeper.fetch(artist_id, sha256)

    def check(self, asset: Asset, *, artist_id: str) -> Path:
        """Like `path`, but reads the whole file and compares the hash.

        Raises:
            Fault: the bytes are not the ones that were put in.
        """
        place = self.path(asset, artist_id=artist_id)
        if file_sha256(place) != asset.sha256:
            raise Fault(
                f"{asset.name} in the vault was damaged.",
                code="vault.damaged",
                hint="Restore the vault from a backup.",
            )
        return place

    def keep(self, source: Path, artist_id: str, sha256: str) -> None:
        """Takes a file back from a backup. Raises as `put` does; Fault where it has another hash."""
        self._keeper.put(source, artist_id, sha256, soon=False)

    def copy(self, held: Held, target: Path) -> None:
        """Copies a file to a place of its own, for a backup; whole or not at all.

        Raises:
            Fault: the bytes are not the ones that were put in.
            FileNotFoundError: it is not there any more.
            Unavailable: the server stays away.
        """
        self._keeper.copy(held, target)

    def verify(self, held: Held) -> None:
        """Reads a file as a whole and compares its hash. Raises as `copy` does."""
        self._keeper.verify(held)

    def ask(self) -> None:
        """Passes where the place is there and lets us look. Raises as Keeper.ask does."""
        self._keeper.ask()

    def find(self, artist_id: str, sha256: str) -> Held | None:
        """What is known of a file; None: it is not there."""
        return self._keeper.find(artist_id, sha256)

    def every(self) -> Iterator[Held]:
        """Every file, in no order."""
        return self._keeper.every()

    def delete(self, held: Held) -> bool:
        """Removes a file that was not put again since it was looked at; returns whether it did. Only for who
        knows that nothing needs it: `label.vault`."""
        return self._keeper.delete(held)

    def sweep(self) -> int:
        """Removes what broken-off work left behind long ago; returns how many. Work under way stays."""
        return self._keeper.sweep()

    def _missing(self, name: str, artist_id: str, sha256: str) -> NotFound:
        story = self._story(artist_id, sha256)
        if story:
            return NotFound(
                f"{name} was removed: {story}",
                code="vault.removed",
                hint="Make the run anew, or bring the file back from a backup.",
            )
        return NotFound(
            f"{name} is missing from the vault.",
            code="vault.missing",
            hint="Restore the vault from a backup, or make the run anew.",
        )


def open_vault(settings: Settings, story: Story = _never_removed) -> Vault:
    """The vault of these settings: a bucket where one is named, else a folder in the home."""
    if settings.s3_bucket is None:
        return Vault(settings.home / "vault", story)
    return Vault(_bucket(settings), story)


def _bucket(settings: Settings) -> Keeper:
    from noktvrn.storage.vault.bucket import BucketKeeper, open_store
    from noktvrn.storage.vault.cache import Cache
    from noktvrn.storage.vault.outage import Outage

    store = open_store(
        settings.s3_bucket or "",
        region=settings.aws_region,
        endpoint=settings.s3_endpoint,
        key=_secret(settings.aws_access_key_id),
        secret=_secret(settings.aws_secret_access_key),
        token=_secret(settings.aws_session_token),
    )
    outage = Outage(f"bucket {settings.s3_bucket}", settings.vault_patience_s)
    cache = Cache(settings.home / "cache" / "vault", int(settings.vault_cache_gb * GIGABYTE))
    return BucketKeeper(store, cache, outage, prefix=settings.s3_prefix)


def _secret(value: SecretStr | None) -> str | None:
    return value.get_secret_value() or None if value is not None else None
