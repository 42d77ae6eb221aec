"""What every vault does, whoever keeps its files: a folder, or a bucket of an S3 server."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests import s3

from noktvrn.kernel.errors import NotFound
from noktvrn.model.asset import Asset
from noktvrn.settings import Settings
from noktvrn.storage.vault import Keeper, Vault, file_sha256, open_vault
from noktvrn.storage.vault.bucket import LARGE


@pytest.fixture(scope="module")
def s3_port() -> Iterator[int]:
    with s3.server() as port:
        yield port


@pytest.fixture(params=["folder", "bucket"])
def vault(request: pytest.FixtureRequest, tmp_path: Path) -> Vault:
    more: dict[str, Any] = {}
    if request.param == "bucket":
        port = request.getfixturevalue("s3_port")
        name = f"vault-{os.urandom(6).hex()}"
        s3.make_bucket(port, name)
        more = {
            "s3_bucket": name,
            "s3_prefix": "label",
            "s3_endpoint": f"http://127.0.0.1:{port}",
            "aws_access_key_id": s3.KEY,
            "aws_secret_access_key": s3.SECRET,
        }
    return open_vault(Settings(home=tmp_path / "home", _env_file=None, **more))


def made(folder: Path, content: bytes, name: str = "song") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def put(vault: Vault, path: Path, artist_id: str = "art_a") -> Asset:
    return vault.put(path, artist_id=artist_id, media_type="audio/flac", name=path.name)


def forget_copies(tmp_path: Path) -> None:
    """What another machine sees: the same vault, and nothing of it here yet."""
    for copy in (tmp_path / "home" / "cache").rglob("*"):
        if copy.is_file():
            copy.unlink()


def test_what_was_put_in_is_found_by_its_hash_read_only(vault: Vault, tmp_path: Path) -> None:
    asset = put(vault, made(tmp_path, b"a song"))
    assert (asset.sha256, asset.size) == (hashlib.sha256(b"a song").hexdigest(), 6)
    forget_copies(tmp_path)
    place = vault.path(asset, artist_id="art_a")
    assert place.read_bytes() == b"a song"
    assert place.stat().st_mode & 0o222 == 0
    assert vault.check(asset, artist_id="art_a") == place


def test_the_same_bytes_twice_are_one_file_and_another_artists_are_another(
    vault: Vault, tmp_path: Path
) -> None:
    source = made(tmp_path, b"a song")
    for artist in ("art_a", "art_a", "art_b"):
        put(vault, source, artist)
    assert sorted(held.artist_id for held in vault.every()) == ["art_a", "art_b"]
    assert {held.size for held in vault.every()} == {6}


def test_an_empty_file_and_one_sent_in_parts_come_back_as_they_were(vault: Vault, tmp_path: Path) -> None:
    for content in (b"", os.urandom(LARGE + 12_345)):
        asset = put(vault, made(tmp_path, content))
        forget_copies(tmp_path)
        assert file_sha256(vault.path(asset, artist_id="art_a")) == hashlib.sha256(content).hexdigest()


def test_what_was_never_put_in_is_missing_and_what_a_rule_removed_says_so(
    vault: Vault, tmp_path: Path
) -> None:
    asset = put(vault, made(tmp_path, b"a song"))
    with pytest.raises(NotFound) as missing:
        vault.path(asset, artist_id="art_b")
    assert missing.value.code == "vault.missing"
    keeper: Keeper = vault._keeper
    told = Vault(keeper, lambda _artist, _sha256: "takes are kept for 90 days.")
    with pytest.raises(NotFound, match=r"song was removed: takes are kept for 90 days\.") as removed:
        told.path(asset, artist_id="art_b")
    assert removed.value.code == "vault.removed"


def test_a_file_is_removed_only_as_it_was_looked_at(vault: Vault, tmp_path: Path) -> None:
    source = made(tmp_path, b"a song")
    asset = put(vault, source)
    (held,) = vault.every()
    assert vault.find("art_a", asset.sha256) == held
    earlier = held.at - timedelta(days=1)
    assert not vault.delete(type(held)(held.artist_id, held.sha256, held.size, earlier))
    assert vault.path(asset, artist_id="art_a").read_bytes() == b"a song"
    assert vault.delete(held)
    assert not vault.delete(held)
    assert vault.find("art_a", asset.sha256) is None
    forget_copies(tmp_path)
    with pytest.raises(NotFound):
        vault.path(asset, artist_id="art_a")
    assert put(vault, source) == asset
    assert datetime.now(UTC) - next(vault.every()).at < timedelta(minutes=5)


def test_a_source_that_changes_on_its_way_in_is_never_kept(
    vault: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from noktvrn.kernel.errors import Fault
    from noktvrn.storage.vault import vault as faces

    promised = hashlib.sha256(b"what it was a moment ago").hexdigest()
    monkeypatch.setattr(faces, "file_sha256", lambda _path: promised)
    for size in (10, LARGE + 1):
        with pytest.raises(Fault, match="song changed while it was put into the vault"):
            put(vault, made(tmp_path, b"x" * size))
    assert list(vault.every()) == []
