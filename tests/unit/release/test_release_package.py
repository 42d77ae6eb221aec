"""Sealing: the same inputs give the same bytes, and nothing can be slipped in before or after."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from tests.unit.release.release_samples import NOW, RELEASE_ON, SCHEMAS, Vault, seal_vault, vault

from noktvrn.kernel.errors import Conflict, Fault, NotFound
from noktvrn.model.release import Release
from noktvrn.release.validator import validate_package
from noktvrn.sound.files.flac import pcm_sha256, read_tags
from noktvrn.storage.packages import listing, package_hash


@pytest.fixture
def source(tmp_path: Path) -> Vault:
    (tmp_path / "vault").mkdir()
    return vault(tmp_path / "vault")


@pytest.fixture
def package(tmp_path: Path) -> Path:
    return tmp_path / "package"


@pytest.mark.parametrize("sung", [False, True], ids=["instrumental", "sung"])
def test_a_sealed_package_passes_every_check(sung: bool, tmp_path: Path, package: Path) -> None:
    (tmp_path / "vault").mkdir()
    release = seal_vault(vault(tmp_path / "vault", sung=sung), package)
    report = validate_package(release, package, SCHEMAS)
    assert [finding.message for finding in report.findings] == []
    assert report.checked > 20
    assert (package / "lyrics.txt").exists() is sung


def test_two_seals_are_byte_equal(source: Vault, tmp_path: Path) -> None:
    one = seal_vault(source, tmp_path / "one")
    other = seal_vault(source, tmp_path / "other")
    assert one == other
    for path, _ in one.files:
        assert (tmp_path / "one" / path).read_bytes() == (tmp_path / "other" / path).read_bytes()


def test_other_dates_make_another_package_of_the_same_approval(source: Vault, tmp_path: Path) -> None:
    one = seal_vault(source, tmp_path / "one")
    later = seal_vault(source, tmp_path / "later", release_on=RELEASE_ON + timedelta(days=7))
    assert one.approval_hash == later.approval_hash
    assert one.package_hash != later.package_hash


def test_sealing_again_finds_the_package(source: Vault, package: Path) -> None:
    one = seal_vault(source, package)
    before = {path: (package / path).stat().st_ino for path, _ in one.files}
    assert seal_vault(source, package) == one
    assert {path: (package / path).stat().st_ino for path, _ in one.files} == before


def test_what_a_crash_left_is_swept_away(source: Vault, package: Path) -> None:
    left = package.with_name(package.name + ".part")
    (left / "resources").mkdir(parents=True)
    (left / "half.bin").write_bytes(b"half")
    release = seal_vault(source, package)
    assert dict(release.files) == listing(package)
    assert not left.exists()


def test_another_package_in_the_folder_is_kept(source: Vault, package: Path) -> None:
    seal_vault(source, package)
    before = listing(package)
    with pytest.raises(Conflict) as caught:
        seal_vault(source, package, sealed_at=NOW + timedelta(days=1))
    assert caught.value.code == "package.exists"
    assert listing(package) == before


def test_a_changed_dossier_needs_a_new_verdict(source: Vault, package: Path) -> None:
    changed = source.dossier.model_copy(update={"label_name": "other"})
    with pytest.raises(Conflict) as caught:
        seal_vault(source, package, dossier=changed)
    assert caught.value.code == "release.changed"
    assert not package.exists()


def test_a_changed_source_is_refused(source: Vault, package: Path) -> None:
    path = source.sources["video.mp4"]
    path.write_bytes(path.read_bytes() + b"!")
    with pytest.raises(Fault) as caught:
        seal_vault(source, package)
    assert caught.value.code == "release.source_changed"
    assert not package.exists() and not package.with_name("package.part").exists()


def test_a_missing_source_is_named(source: Vault, package: Path) -> None:
    source.sources["teaser.mp4"].unlink()
    with pytest.raises(NotFound, match=r"teaser\.mp4"):
        seal_vault(source, package)


def test_the_master_is_tagged_and_sounds_the_same(source: Vault, package: Path) -> None:
    release = seal_vault(source, package)
    master = package / f"resources/{release.draft.id}_1_1.flac"
    tags = read_tags(master)
    assert tags["ISRC"] == release.identifiers.isrc
    assert tags["BARCODE"] == release.identifiers.upc
    assert tags["DIGITALSOURCETYPE"].endswith("/algorithmicMedia")
    assert json.loads(tags["AI_DISCLOSURE"])["composition"] == "all"
    assert pcm_sha256(master) == source.dossier.track.master.pcm_sha256


def test_the_manifest_lists_every_other_file(source: Vault, package: Path) -> None:
    release = seal_vault(source, package)
    told = json.loads((package / "package.json").read_text("utf-8"))["files"]
    assert {path: row["sha256"] for path, row in told.items()} == {
        path: sha256 for path, sha256 in release.files if path != "package.json"
    }
    assert release.package_hash == package_hash(listing(package).items())


def _flip(folder: Path) -> None:
    path = folder / "video.mp4"
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-1] + b"?")


def _add(folder: Path) -> None:
    (folder / "extra.txt").write_text("hello")


def _link(folder: Path) -> None:
    path = folder / "captions.txt"
    kept = folder.parent / "kept.txt"
    path.rename(kept)
    path.symlink_to(kept)


def _rename(folder: Path) -> None:
    (folder / "credits.txt").rename(folder / "credit.txt")


def _remove(folder: Path) -> None:
    (folder / "checks.json").unlink()


@pytest.mark.parametrize("tamper", [_flip, _add, _link, _rename, _remove])
def test_tampering_is_found(tamper: Callable[[Path], None], source: Vault, package: Path) -> None:
    release = seal_vault(source, package)
    tamper(package)
    report = validate_package(release, package)
    assert not report.passed
    assert "package.files" in {finding.rule for finding in report.findings}


def test_a_changed_draft_is_found(source: Vault, package: Path) -> None:
    release = seal_vault(source, package)
    other = Release.model_validate(
        release.as_data() | {"draft": release.draft.as_data() | {"title": "Other"}}
    )
    found = {finding.rule for finding in validate_package(other, package).findings}
    assert {"package.hash", "message.text"} <= found
