"""The papers beside the media: complete, true, and made for people."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.unit.release.release_samples import (
    NOW,
    RELEASE_ON,
    VERDICT,
    cover,
    dossier,
    identifiers,
    provenance,
    seal_vault,
    vault,
)

from noktvrn.model.finding import Finding, Report, Severity
from noktvrn.model.provenance import FACETS, Rights
from noktvrn.release import metadata, upload_sheet
from noktvrn.release.dossier import Dossier
from noktvrn.release.draft import draft_of
from noktvrn.release.sealing import Sealing
from noktvrn.storage.packages import differences, listing, package_hash


@pytest.fixture
def papers(tmp_path: Path) -> dict[str, Any]:
    (tmp_path / "vault").mkdir()
    seal_vault(vault(tmp_path / "vault"), tmp_path / "package")
    return {path.stem: json.loads(path.read_text("utf-8")) for path in (tmp_path / "package").glob("*.json")}


def sealing(source: Dossier) -> Sealing:
    return Sealing(draft_of(source), identifiers(), RELEASE_ON, RELEASE_ON, VERDICT, NOW)


def test_metadata_names_every_part(papers: dict[str, Any]) -> None:
    told = papers["metadata"]
    assert told["isrc"] == "XXTST2600001" and told["test_codes"] is True
    assert told["release_date"] == RELEASE_ON.isoformat()
    assert {"video.mp4", "teaser.mp4", "video.vtt", "captions.txt"} <= set(told["files"])
    assert [section["label"] for section in told["sections"]] == ["intro", "drop"]


def test_disclosure_has_every_facet_and_every_form(papers: dict[str, Any]) -> None:
    told = papers["disclosure"]
    assert set(told["facets"]) == set(FACETS)
    assert told["ern"] == {"recording": "All", "image": "All", "release": "All"}
    assert told["apple_transparency_tags"] == dict.fromkeys(
        ("artwork", "track", "composition", "music_video"), True
    )
    assert told["youtube_contains_synthetic_media"] is True
    assert all(mark.endswith("/algorithmicMedia") for mark in told["file_tags"].values())


def test_provenance_names_what_made_each_part(papers: dict[str, Any]) -> None:
    told = papers["provenance"]
    assert {name: made["engine"] for name, made in told["made"].items()} == {
        "track": "procedural_music",
        "cover": "procedural_art",
        "video": "procedural_video",
        "teaser": "procedural_video",
    }
    assert told["human_contributions"] == ["artist's prompt: a quiet producer"]


def test_checks_pass_only_when_every_report_does() -> None:
    bad = Finding(rule="x", severity=Severity.ERROR, message="no")
    good, broken = Report(subject="a", checked=2), Report(subject="b", checked=1, findings=(bad,))
    assert metadata.checks([good])["passed"] is True
    assert metadata.checks([good, broken])["passed"] is False


def test_attributions_stand_in_the_credits() -> None:
    rights = Rights(attribution="Photo by Jo Doe, CC BY 4.0")
    source = dossier(cover=cover(provenance=provenance("art", rights=rights)))
    assert "Photo by Jo Doe, CC BY 4.0" in metadata.credits_text(source, sealing(source))


def test_the_sheet_says_where_it_may_not_go() -> None:
    source = dossier()
    lines = upload_sheet.write(sealing(source), source).splitlines()
    told = {line.split(":")[0].strip(): line for line in lines}
    assert "DO NOT" in told["TuneCore"] and "may go" in told["DistroKid"]
    assert "an AI persona" in told["The artist is"]
    assert any("test codes" in line for line in lines)


def test_output_of_a_disputed_engine_may_go_nowhere_with_a_form() -> None:
    source = dossier(cover=cover(provenance=provenance("art", licence_class="disputed")))
    text = upload_sheet.write(sealing(source), source)
    assert "may go" not in text and text.count("DO NOT") == len(upload_sheet.distributors())


def test_what_a_distributor_says_has_a_date() -> None:
    assert all(one.checked_on >= "2026-01-01" and one.note for one in upload_sheet.distributors())


def test_package_hash_reads_paths_and_bytes_and_no_order() -> None:
    files = [("a", "1" * 64), ("b", "2" * 64)]
    assert package_hash(files) == package_hash(reversed(files))
    assert package_hash(files) != package_hash([("a", "2" * 64), ("b", "1" * 64)])


def test_a_folder_that_is_a_link_is_no_package(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "a").write_text("a")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    files = tuple(listing(tmp_path / "real").items())
    assert differences(tmp_path / "real", files) == ()
    assert differences(tmp_path / "link", files) == ("link is no folder",)


def test_a_linked_folder_inside_is_found(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "resources").symlink_to(tmp_path / "outside")
    assert differences(tmp_path / "package", ()) == ("resources does not belong there",)
