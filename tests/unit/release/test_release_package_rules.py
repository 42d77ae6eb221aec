"""Every rule about a sealed package has a case that breaks it; the untouched package passes them all."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from tests.unit.release.release_samples import SCHEMAS, seal_vault, vault

from noktvrn.kernel.errors import Invalid
from noktvrn.model.release import Release
from noktvrn.release.cases import PACKAGE
from noktvrn.release.sealing import DEMO_RECIPIENT, DEMO_SENDER
from noktvrn.release.validator import validate_package
from noktvrn.sound.files.flac import write_flac, write_tags


@dataclass
class Sealed:
    """A sealed package a test may spoil."""

    release: Release
    folder: Path

    @property
    def message(self) -> Path:
        return self.folder / f"{self.release.draft.id}.xml"

    @property
    def audio(self) -> Path:
        return self.folder / f"resources/{self.release.draft.id}_1_1.flac"

    @property
    def cover(self) -> Path:
        return self.folder / f"resources/{self.release.draft.id}.jpg"

    def but(self, **more: Any) -> None:
        self.release = self.release.model_copy(update=more)

    def codes(self, **more: Any) -> None:
        self.but(identifiers=self.release.identifiers.model_copy(update=more))


Spoil = Callable[[Sealed], object]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Sealed:
    folder = tmp_path_factory.mktemp("vault")
    package = tmp_path_factory.mktemp("packages") / "package"
    return Sealed(seal_vault(vault(folder), package), package)


@pytest.fixture
def sealed(kept: Sealed, tmp_path: Path) -> Sealed:
    copied = shutil.copytree(kept.folder, tmp_path / "package")
    for path in copied.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return Sealed(kept.release, copied)


def edit(old: str, new: str) -> Spoil:
    def spoil(sealed: Sealed) -> None:
        text = sealed.message.read_text("utf-8")
        assert old in text
        sealed.message.write_text(text.replace(old, new, 1), "utf-8")

    return spoil


def write(path: str, content: bytes) -> Spoil:
    return lambda sealed: (sealed.folder / path).write_bytes(content)


def sound(level: float, channels: int = 2, seconds: float = 0.5) -> Spoil:
    def spoil(sealed: Sealed) -> None:
        rng = np.random.Generator(np.random.PCG64(9))
        shape = (channels, round(seconds * 44_100))
        write_flac(sealed.audio, [rng.normal(0, level, shape).astype(np.float32)], 44_100, 24, 9)

    return spoil


def picture(mode: str = "RGB", size: int = 3000, kind: str = "JPEG", **more: Any) -> Spoil:
    def spoil(sealed: Sealed) -> None:
        file = io.BytesIO()
        Image.new(mode, (size, size)).save(file, kind, **more)
        sealed.cover.write_bytes(file.getvalue())

    return spoil


def _located() -> Image.Exif:
    exif = Image.Exif()
    exif.get_ifd(0x8825)[1] = "N"
    return exif


def no_file(sealed: Sealed) -> None:
    sealed.message.unlink()


def more_files(path: str) -> Spoil:
    return lambda sealed: sealed.but(files=(*sealed.release.files, (path, "a" * 64)))


def as_real(sealed: Sealed) -> None:
    sealed.codes(test_range=False)


BREAKS: dict[str, list[Spoil]] = {
    "package.files": [write("extra", b"x"), write("metadata.json", b"{}"), no_file],
    "package.names": [more_files("../escape"), more_files("a b")],
    "package.parts": [more_files("more.txt"), lambda s: s.but(files=s.release.files[1:])],
    "package.hash": [
        lambda s: s.but(package_hash="0" * 64),
        lambda s: s.but(approval_hash="0" * 64),
        lambda s: s.but(files=tuple((p, "0" * 64 if p == "video.mp4" else h) for p, h in s.release.files)),
    ],
    "package.upc": [lambda s: s.codes(upc="200000000018")],
    "package.isrc": [
        lambda s: s.codes(isrc="XXTST26000"),
        lambda s: s.codes(video_isrc=s.release.identifiers.isrc),
    ],
    "package.test_codes": [as_real],
    "package.isrc_year": [lambda s: s.codes(isrc="XXTST2500001")],
    "package.dates": [lambda s: s.but(original_on=date(2027, 1, 1))],
    "package.friday": [lambda s: s.but(release_on=date(2026, 12, 2))],
    "package.lead": [lambda s: s.but(release_on=date(2026, 11, 27))],
    "message.readable": [
        no_file,
        lambda s: s.message.write_bytes(b"<x"),
        edit("<ern:New", "<!DOCTYPE x [<!ENTITY e 'x'>]><ern:New"),
    ],
    "message.schema": [edit("<Type>FrontCoverImage</Type>", "<Type>Nonsense</Type>")],
    "message.references": [
        edit("<ReleaseLabelReference>P_LABEL", "<ReleaseLabelReference>P_NOBODY"),
        edit("<ResourceReference>A2", "<ResourceReference>A1"),
        edit("<DealReleaseReference>R0", "<DealReleaseReference>A1"),
        edit("<PartyReference>P_LABEL", "<PartyReference>X_LABEL"),
    ],
    "message.version": [
        edit('AvsVersionId="9"', 'AvsVersionId="11"'),
        edit("http://ddex.net/xml/ern/432", "http://ddex.net/xml/ern/43"),
        edit("<DealList>", "<Wrong/><DealList>"),
    ],
    "message.parties": [edit(DEMO_RECIPIENT, DEMO_SENDER), edit("TestMessage", "LiveMessage")],
    "message.identifiers": [edit("<ISRC>XXTST26", "<ISRC>XXTST25"), edit("<ISRC>", "<ISRC>X")],
    "message.text": [
        edit("<TitleText>Glass", "<TitleText>Grass"),
        edit("<PLineText>℗ 2026", "<PLineText>℗ 2025"),
    ],
    "message.group": [
        edit(
            "<SequenceNumber>1</SequenceNumber>\n          <Rel",
            "<SequenceNumber>2</SequenceNumber>\n          <Rel",
        ),
        edit("<ReleaseResourceReference>A1", "<ReleaseResourceReference>A2"),
    ],
    "message.cover": [edit('LinkDescription="CoverArt"', 'LinkDescription="Booklet"')],
    "message.deals": [
        edit("<DealReleaseReference>R1</DealReleaseReference>", ""),
        edit("<TerritoryCode>Worldwide</TerritoryCode>", ""),
        edit("<StartDate>2026", "<StartDate>2025"),
    ],
    "message.uses": [edit("<UseType>PermanentDownload</UseType>", "<UseType>OnDemandStream</UseType>")],
    "message.training": [edit("<UseType>OnDemandStream", "<UseType>UseForTrainingGenerativeAI")],
    "message.advisory": [edit("NotExplicit</ParentalWarningType>", "Explicit</ParentalWarningType>")],
    "message.type": [edit("<ReleaseType>Single", "<ReleaseType>Album")],
    "message.files": [
        edit("<URI>resources/", "<URI>"),
        edit("<HashSumValue>", "<HashSumValue>0"),
        edit("<FileSize>", "<FileSize>1"),
    ],
    "message.ai.declared": [edit("<ContainsAI>All", "<ContainsAI>Partly")],
    "message.ai.contributors": [
        edit(
            "<SpecialContributor>GenerativeAI</SpecialContributor>",
            "<ContributorPartyReference>P_LABEL</ContributorPartyReference>",
        ),
        edit("<ContainsAI>All", "<ContainsAI>None"),
        edit("<AiContribution>All", "<AiContribution>Partly"),
    ],
    "package.audio.format": [sound(0.1, seconds=3.0), lambda s: s.audio.write_bytes(b"fLaC")],
    "package.audio.decodes": [sound(0.1), sound(0.0), lambda s: s.audio.unlink()],
    "package.audio.tags": [
        lambda s: write_tags(s.audio, {"TITLE": "x"}),
        lambda s: s.codes(isrc="XXTST2600099"),
    ],
    "package.marks": [write("video.mp4", b"no mark"), picture()],
    "package.cover.size": [picture(size=64), lambda s: s.cover.write_bytes(b"no picture")],
    "package.cover.colour": [
        picture("CMYK", 64),
        picture("L", 64),
        picture("RGB", 64, "PNG"),
        picture("RGB", 64, exif=_located()),
    ],
}


def found(sealed: Sealed) -> set[str]:
    report = validate_package(sealed.release, sealed.folder, SCHEMAS)
    assert report.checked == len(BREAKS)
    return {finding.rule for finding in report.findings}


def test_no_rule_is_without_a_case() -> None:
    assert {rule.id for rule in PACKAGE.rules()} == set(BREAKS)


def test_the_untouched_package_passes(sealed: Sealed) -> None:
    assert found(sealed) == set()


@pytest.mark.parametrize(
    ("rule", "spoil"), [(rule, spoil) for rule, all_ in BREAKS.items() for spoil in all_]
)
def test_rule_finds_what_is_wrong(rule: str, spoil: Spoil, sealed: Sealed) -> None:
    if rule == "message.schema" and SCHEMAS is None:
        pytest.skip("no DDEX schema folder here: set NOKTVRN_DDEX_SCHEMA_DIR to validate messages by XSD")
    spoil(sealed)
    assert rule in found(sealed)


def test_a_folder_without_schemas_is_an_error_not_a_pass(sealed: Sealed, tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="release-notification"):
        validate_package(sealed.release, sealed.folder, tmp_path)


def test_a_changed_schema_is_not_trusted(sealed: Sealed, tmp_path: Path) -> None:
    (tmp_path / "release-notification.xsd").write_text("<schema/>")
    with pytest.raises(Invalid, match="not the published"):
        validate_package(sealed.release, sealed.folder, tmp_path)
