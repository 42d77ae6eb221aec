"""Sealed packages come back out of the vault as they were sealed, on a machine that never saw them."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from tests.unit.release.release_samples import seal_vault, vault

from noktvrn.kernel.clock import SystemClock
from noktvrn.kernel.errors import NotFound
from noktvrn.model.release import Release
from noktvrn.production.shelf import keep_package, package_of
from noktvrn.production.studio import Studio
from noktvrn.settings import Settings
from noktvrn.storage.database import Database
from noktvrn.storage.packages import differences
from noktvrn.storage.vault import Vault


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    settings = Settings(home=tmp_path / "second", _env_file=None)
    database = Database(settings)
    shared = Vault(tmp_path / "shared")
    yield Studio(settings, database, shared, SystemClock(), cast=cast("Any", None))
    database.close()


@pytest.fixture
def sealed(tmp_path: Path) -> tuple[Release, Path]:
    (tmp_path / "made").mkdir()
    folder = tmp_path / "first" / "package"
    return seal_vault(vault(tmp_path / "made", film=False), folder), folder


def test_a_package_is_laid_out_from_the_vault_to_the_byte(
    studio: Studio, sealed: tuple[Release, Path]
) -> None:
    release, folder = sealed
    keep_package(studio.vault, release, folder)
    before = sorted(held.sha256 for held in studio.vault.every())
    keep_package(studio.vault, release, folder)
    assert sorted(held.sha256 for held in studio.vault.every()) == before
    assert set(before) == {sha256 for _, sha256 in release.files}

    place = package_of(studio, release)
    assert place == studio.packages / release.draft.id
    assert differences(place, release.files) == ()
    assert {stat.S_IMODE(path.stat().st_mode) for path in place.rglob("*") if path.is_file()} == {0o444}
    assert [path.name for path in studio.packages.iterdir()] == [release.draft.id]
    at = place.stat().st_mtime_ns
    assert package_of(studio, release).stat().st_mtime_ns == at, "one that is here is left as it is"


def test_one_of_which_a_file_is_nowhere_is_told_and_half_of_it_is_never_shown(
    studio: Studio, sealed: tuple[Release, Path]
) -> None:
    release, folder = sealed
    keep_package(studio.vault, release, folder)
    page = dict(release.files)["index.html"]
    gone = next(held for held in studio.vault.every() if held.sha256 == page)
    assert studio.vault.delete(gone)
    with pytest.raises(NotFound, match=r"not on this machine, and index\.html is not in the vault"):
        package_of(studio, release)
    assert list(studio.packages.iterdir()) == []


def test_one_that_was_damaged_in_the_vault_is_not_laid_out(
    studio: Studio, sealed: tuple[Release, Path], tmp_path: Path
) -> None:
    release, folder = sealed
    keep_package(studio.vault, release, folder)
    place = tmp_path / "shared" / "assets" / release.draft.artist_id / dict(release.files)["index.html"]
    place.chmod(0o644)
    place.write_bytes(b"another page")
    with pytest.raises(NotFound, match=r"index\.html was changed"):
        package_of(studio, release)
