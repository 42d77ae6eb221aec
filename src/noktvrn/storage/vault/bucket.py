"""A bucket of an S3 server as a vault's keeper, with a cache of copies on this machine.

Puts are create-only (If-None-Match) up to `LARGE`, and go in parts above it; what would be overwritten there
are the same bytes. A server that is away is waited for.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import obstore
from obstore.exceptions import AlreadyExistsError

from noktvrn.kernel.errors import NotReady
from noktvrn.storage.vault.cache import Cache
from noktvrn.storage.vault.files import checked, exhaust, pieces_of, pour
from noktvrn.storage.vault.keeper import Held
from noktvrn.storage.vault.outage import Outage

if TYPE_CHECKING:
    from obstore.store import S3Store

LARGE = 16 << 20
PART = 16 << 20
AT_ONCE = 3
"""How many parts of one file are on their way at once; each is held in memory."""
FRESH = timedelta(hours=12)
"""A kept file that is put again is sent again when it is older: a bucket has no other way to date it."""


class BucketKeeper:
    """Keeps files in `<bucket>/<prefix>/assets`."""

    def __init__(self, store: S3Store, cache: Cache, outage: Outage, *, prefix: str = "") -> None:
        self._store = store
        self._cache = cache
        self._outage = outage
        self._root = f"{prefix.strip('/')}/assets".lstrip("/")

    @property
    def where(self) -> str:
        """The bucket."""
        return self._outage.where

    def ask(self) -> None:
        """See Keeper."""
        # A missing bucket and a missing file are one answer where a single file is asked for.
        self._outage.waited_out(lambda: list(islice(obstore.list(self._store, self._root, chunk_size=1), 1)))

    def put(self, source: Path, artist_id: str, sha256: str, *, soon: bool = True) -> None:
        """See Keeper. Raises Unavailable when the server stays away."""
        held = self.find(artist_id, sha256)
        size = source.stat().st_size
        if held is None or held.size != size or held.at < datetime.now(UTC) - FRESH:
            key = self._key(artist_id, sha256)
            self._outage.waited_out(lambda: self._send(source, key, sha256, anew=held is None))
        copy = f"{artist_id}/{sha256}"
        if soon and self._cache.find(copy) is None:
            self._cache.add(copy, checked(pieces_of(source), sha256, _changed(source)))

    def fetch(self, artist_id: str, sha256: str) -> Path | None:
        """See Keeper. Raises Unavailable when the server stays away, Fault when it has other bytes."""
        name = f"{artist_id}/{sha256}"
        copy = self._cache.find(name)
        if copy is not None:
            return copy
        key = self._key(artist_id, sha256)
        try:
            return self._outage.waited_out(lambda: self._cache.add(name, self._read(key, sha256)))
        except FileNotFoundError:
            return None

    def copy(self, held: Held, target: Path) -> None:
        """See Keeper. Raises Unavailable when the server stays away."""
        key = self._key(held.artist_id, held.sha256)
        self._outage.waited_out(
            lambda: pour(self._read(key, held.sha256), target, prefix=f".{target.name[:12]}-")
        )

    def verify(self, held: Held) -> None:
        """See Keeper. Raises Unavailable when the server stays away."""
        key = self._key(held.artist_id, held.sha256)
        self._outage.waited_out(lambda: exhaust(self._read(key, held.sha256)))

    def find(self, artist_id: str, sha256: str) -> Held | None:
        """See Keeper."""
        key = self._key(artist_id, sha256)
        try:
            told = self._outage.waited_out(lambda: obstore.head(self._store, key))
        except FileNotFoundError:
            return None
        return Held(artist_id, sha256, told["size"], told["last_modified"])

    def every(self) -> Iterator[Held]:
        """See Keeper."""
        listed = self._outage.waited_out(lambda: obstore.list(self._store, self._root).collect())
        for told in listed:
            artist_id, _, sha256 = told["path"].removeprefix(self._root + "/").partition("/")
            yield Held(artist_id, sha256, told["size"], told["last_modified"])

    def delete(self, held: Held) -> bool:
        """See Keeper. A bucket cannot look and delete in one: between the two lie some milliseconds, and
        what is put in them is lost. Only files that nothing has named for days get here."""
        now = self.find(held.artist_id, held.sha256)
        if now is None or now.at > held.at:
            return False
        key = self._key(held.artist_id, held.sha256)
        self._outage.waited_out(lambda: obstore.delete(self._store, key))
        self._cache.forget(f"{held.artist_id}/{held.sha256}")
        return True

    def sweep(self) -> int:
        """See Keeper: the copies above the quota. Broken-off uploads have no name; a rule of the bucket
        removes them (docs/vault.md)."""
        return self._cache.trim()

    def _key(self, artist_id: str, sha256: str) -> str:
        return f"{self._root}/{artist_id}/{sha256}"

    def _send(self, source: Path, key: str, sha256: str, *, anew: bool) -> None:
        told = _changed(source)
        try:
            if source.stat().st_size > LARGE:
                # The last piece is followed by an error where the hash is another: no upload completes then.
                pieces = checked(pieces_of(source), sha256, told)
                obstore.put(
                    self._store, key, pieces, use_multipart=True, chunk_size=PART, max_concurrency=AT_ONCE
                )
                return
            whole = b"".join(checked(pieces_of(source), sha256, told))
            obstore.put(self._store, key, whole, mode="create" if anew else "overwrite", use_multipart=False)
        except AlreadyExistsError:
            return  # somebody put the same bytes at the same moment
        except FileNotFoundError as error:
            if not source.exists():
                raise
            raise NotReady(
                f"There is no {self.where}.",
                code="vault.no_bucket",
                hint="Make the bucket, or set S3_BUCKET_NAME to one there is.",
            ) from error

    def _read(self, key: str, sha256: str) -> Iterator[bytes]:
        pieces = (bytes(piece) for piece in obstore.get(self._store, key).stream())
        return checked(pieces, sha256, f"A file in {self.where} was damaged ({sha256[:12]}).")


def _changed(source: Path) -> str:
    return f"{source.name} changed while it was put into the vault."


def open_store(
    bucket: str,
    *,
    region: str,
    endpoint: str | None,
    key: str | None,
    secret: str | None,
    token: str | None,
) -> S3Store:
    """The bucket. Without a key the machine's own role is asked for one (obstore's default)."""
    from obstore.store import S3Store

    config: dict[str, object] = {"region": region}
    config |= {"access_key_id": key, "secret_access_key": secret, "session_token": token}
    if endpoint:
        # Servers other than Amazon's know buckets by path.
        config |= {"endpoint": endpoint.rstrip("/"), "virtual_hosted_style_request": False}
    retry = {"max_retries": 0, "retry_timeout": timedelta(seconds=1)}  # `Outage` waits, and tells
    options = {"timeout": timedelta(seconds=60), "connect_timeout": timedelta(seconds=5)}
    if endpoint and endpoint.startswith("http://"):
        options |= {"allow_http": True}  # type: ignore[dict-item]
    given = {name: value for name, value in config.items() if value is not None}
    return S3Store(bucket, config=given, client_options=options, retry_config=retry)  # type: ignore[arg-type]
