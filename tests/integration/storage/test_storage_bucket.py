"""The bucket's keeper when the server, the disk and other processes misbehave."""

from __future__ import annotations

import errno
import logging
import os
import resource
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests import s3

from noktvrn.kernel.clock import SystemClock
from noktvrn.kernel.errors import Fault, NotAllowed, NotReady, Refused, Unavailable
from noktvrn.label.label import open_label
from noktvrn.label.restoring import restore
from noktvrn.model.asset import Asset
from noktvrn.model.finding import Severity
from noktvrn.production.perform import plain_os_error
from noktvrn.settings import Settings
from noktvrn.storage.vault import Vault, open_vault
from noktvrn.storage.vault.cache import Cache
from noktvrn.storage.vault.outage import Outage


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with s3.server() as port:
        yield port


@pytest.fixture
def door(port: int) -> Iterator[s3.FaultyDoor]:
    door = s3.FaultyDoor(port)
    yield door
    door.close()


@pytest.fixture
def bucket(port: int) -> str:
    name = f"vault-{os.urandom(6).hex()}"
    s3.make_bucket(port, name)
    return name


def settings_of(home: Path, port: int, bucket: str, *, patience_s: float = 20.0) -> Settings:
    return Settings(
        home=home,
        s3_bucket=bucket,
        s3_endpoint=f"http://127.0.0.1:{port}",
        aws_access_key_id=s3.KEY,
        aws_secret_access_key=s3.SECRET,
        vault_patience_s=patience_s,
        _env_file=None,
    )


def opened(home: Path, port: int, bucket: str, *, patience_s: float = 20.0) -> Vault:
    return open_vault(settings_of(home, port, bucket, patience_s=patience_s))


def put(vault: Vault, folder: Path, content: bytes = b"a song") -> Asset:
    path = folder / "song"
    path.write_bytes(content)
    return vault.put(path, artist_id="art_a", media_type="audio/flac", name="song")


def test_a_server_that_answers_503_is_waited_for_and_that_is_told_in_one_line(
    tmp_path: Path, door: s3.FaultyDoor, bucket: str, caplog: pytest.LogCaptureFixture
) -> None:
    vault = opened(tmp_path / "one", door.port, bucket)
    door.shut = True
    threading.Timer(1.0, lambda: setattr(door, "shut", False)).start()
    with caplog.at_level(logging.WARNING, "noktvrn.vault"):
        asset = put(vault, tmp_path)
    assert door.turned_away > 1
    assert [record.message for record in caplog.records] == [
        f"The vault (bucket {bucket}) does not answer: 503 Service Unavailable. Waiting up to 20 s.",
        f"The vault (bucket {bucket}) answers again.",
    ]
    another = opened(tmp_path / "two", door.port, bucket)
    assert another.check(asset, artist_id="art_a").read_bytes() == b"a song"


def test_one_that_stays_away_is_told_and_nothing_is_lost(
    tmp_path: Path, door: s3.FaultyDoor, bucket: str
) -> None:
    door.shut = True
    vault = opened(tmp_path / "one", door.port, bucket, patience_s=0.4)
    begun = time.monotonic()
    with pytest.raises(Unavailable, match=r"does not answer: 503 Service Unavailable\.") as told:
        put(vault, tmp_path)
    assert time.monotonic() - begun < 5
    assert told.value.code == "vault.unavailable" and told.value.retryable and "resume" in told.value.hint
    door.shut = False
    assert put(vault, tmp_path).size == 6


def test_the_doctor_says_where_the_vault_is_and_that_it_is_away(
    tmp_path: Path, door: s3.FaultyDoor, bucket: str
) -> None:
    settings = settings_of(tmp_path / "home", door.port, bucket)
    with open_label(settings) as label:
        told = {one.rule: one for one in label.house.doctor().findings}["doctor.vault"]
        assert (told.severity, told.message) == (Severity.INFO, f"vault bucket {bucket}")
        door.shut = True
        told = {one.rule: one for one in label.house.doctor().findings}["doctor.vault"]
        assert told.severity is Severity.ERROR and "503 Service Unavailable" in told.message


def test_the_doctor_misses_a_bucket_that_is_not_there(tmp_path: Path, port: int) -> None:
    with open_label(settings_of(tmp_path / "home", port, "a-bucket-nobody-made")) as label:
        told = {one.rule: one for one in label.house.doctor().findings}["doctor.vault"]
    assert told.severity is Severity.ERROR and "Check S3_BUCKET_NAME" in told.hint


def test_a_label_goes_from_a_folder_into_a_bucket_by_backup_and_restore(
    tmp_path: Path, port: int, bucket: str
) -> None:
    with open_label(Settings(home=tmp_path / "home", _env_file=None)) as label:
        asset = put(label.office.studio.vault, tmp_path)
        label.books.backup(tmp_path / "backups")
    settings = settings_of(tmp_path / "new", port, bucket)
    restore(settings, tmp_path / "backups", SystemClock(), by="person:test")
    with open_label(settings) as label:
        assert label.office.studio.vault.check(asset, artist_id="art_a").read_bytes() == b"a song"
        label.books.backup(tmp_path / "from the bucket")
    (copy,) = (tmp_path / "from the bucket" / "vault" / "assets" / "art_a").iterdir()
    assert copy.read_bytes() == b"a song"


def test_an_answer_cut_off_in_the_middle_leaves_no_half_copy(
    tmp_path: Path, door: s3.FaultyDoor, bucket: str
) -> None:
    content = os.urandom(3 << 20)
    asset = put(opened(tmp_path / "one", door.port, bucket), tmp_path, content)
    vault = opened(tmp_path / "two", door.port, bucket)
    door.cut_after = 1 << 20
    threading.Timer(0.7, lambda: setattr(door, "cut_after", None)).start()
    assert vault.path(asset, artist_id="art_a").read_bytes() == content
    assert {path.name for path in (tmp_path / "two").rglob("*") if path.is_file()} == {".lock", asset.sha256}


def test_nobody_there_no_bucket_and_a_name_no_server_takes_are_told_apart(
    tmp_path: Path, port: int, bucket: str
) -> None:
    with pytest.raises(NotReady, match="There is no bucket nowhere"):
        put(opened(tmp_path / "one", port, "nowhere"), tmp_path)
    with pytest.raises(Unavailable, match="does not answer: HTTP error"):
        put(opened(tmp_path / "two", 1, bucket, patience_s=0.0), tmp_path)


@pytest.mark.parametrize(
    ("kind", "said", "expected"),
    [
        ("PermissionDeniedError", "x - Server returned non-2xx status code: 403 Forbidden: ", NotAllowed),
        ("UnauthenticatedError", "x - Server returned non-2xx status code: 401 Unauthorized: ", NotAllowed),
        ("GenericError", "x - Server returned non-2xx status code: 400 Bad Request: ", Refused),
        ("GenericError", "x - this normally indicates an incorrectly configured region", Refused),
        ("GenericError", "x - Server returned non-2xx status code: 429 Too Many Requests: ", Unavailable),
        ("GenericError", "x - HTTP error: error sending request", Unavailable),
    ],
)
def test_what_is_refused_is_told_at_once_and_what_passes_is_waited_for(
    kind: str, said: str, expected: type[Exception]
) -> None:
    import obstore.exceptions

    asked = []

    def act() -> None:
        asked.append(1)
        raise getattr(obstore.exceptions, kind)(said)

    with pytest.raises(expected):
        Outage("bucket b", 0.4).waited_out(act)
    assert (len(asked) > 1) == (expected is Unavailable)


def test_other_bytes_under_a_files_name_are_damage(tmp_path: Path, port: int, bucket: str) -> None:
    import obstore

    from noktvrn.storage.vault.bucket import open_store

    vault = opened(tmp_path / "one", port, bucket)
    asset = put(vault, tmp_path)
    store = open_store(
        bucket,
        region="us-east-1",
        endpoint=f"http://127.0.0.1:{port}",
        key=s3.KEY,
        secret=s3.SECRET,
        token=None,
    )
    obstore.put(store, f"assets/art_a/{asset.sha256}", b"a gong")
    other = opened(tmp_path / "two", port, bucket)
    with pytest.raises(Fault, match="was damaged"):
        other.path(asset, artist_id="art_a")
    assert [path for path in (tmp_path / "two").rglob("*") if path.is_file()] == []


def test_a_full_disk_leaves_no_half_copy_and_the_next_one_brings_it(
    tmp_path: Path, port: int, bucket: str
) -> None:
    content = os.urandom(200_000)
    asset = put(opened(tmp_path / "one", port, bucket), tmp_path, content)
    vault = opened(tmp_path / "two", port, bucket)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with pytest.raises(OSError, match="File too large") as full:
            vault.path(asset, artist_id="art_a")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert full.value.errno == errno.EFBIG
    assert plain_os_error(full.value).code == "disk.full"
    assert vault.path(asset, artist_id="art_a").read_bytes() == content


def test_the_cache_keeps_its_quota_but_never_takes_away_what_was_just_handed_out(tmp_path: Path) -> None:
    for number in range(5):
        place = Cache(tmp_path, 10_000).add(f"art_a/{number}", [b"x" * 1000])
        os.utime(place, (time.time(), time.time() - 1000 + number))
    cache = Cache(tmp_path, 2500, in_use_s=60)
    assert cache.find("art_a/0") is not None
    assert cache.trim() == 3
    assert sorted(path.name for path in (tmp_path / "art_a").iterdir()) == ["0", "4"]


def test_many_readers_of_a_file_get_it_whole(tmp_path: Path, port: int, bucket: str) -> None:
    content = os.urandom(1 << 20)
    asset = put(opened(tmp_path / "one", port, bucket), tmp_path, content)
    vault = opened(tmp_path / "two", port, bucket)
    read: list[bytes] = []
    readers = [
        threading.Thread(target=lambda: read.append(vault.path(asset, artist_id="art_a").read_bytes()))
        for _ in range(6)
    ]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert read == [content] * 6
