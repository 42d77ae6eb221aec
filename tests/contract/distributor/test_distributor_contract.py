"""What every courier keeps to, run against every provider that plays Distributor."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from noktvrn.kernel.clock import FixedClock
from noktvrn.kernel.errors import LabelError
from noktvrn.kernel.ids import ArtistId, ReleaseId, RunId, TrackId, VerdictId, derive
from noktvrn.model.provenance import Disclosure, Facet, Share
from noktvrn.model.release import Identifiers, Release, ReleaseDraft
from noktvrn.providers._kit import Kit
from noktvrn.providers.registry import open_player, players
from noktvrn.roles.distributor import Consignment, Distributor
from noktvrn.settings import Settings
from noktvrn.storage.packages import listing, package_hash

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
COURIERS = [manifest.id for manifest in players("distributor")]
PROVIDERS = frozenset(COURIERS)


@pytest.fixture(params=COURIERS)
def courier(request: pytest.FixtureRequest, tmp_path: Path) -> Distributor:
    kit = Kit(clock=FixedClock(NOW), scratch=tmp_path / "scratch")
    settings = Settings(home=tmp_path / "home")
    player: Distributor = open_player("distributor", request.param, settings, kit)
    return player


def consignment(folder: Path, *, text: str = "hello") -> Consignment:
    """A package of two plain files: a courier reads nothing but paths and hashes."""
    (folder / "resources").mkdir(parents=True)
    (folder / "message.xml").write_text(text)
    (folder / "resources" / "song.flac").write_bytes(b"song" * 100_000)
    files = tuple(sorted(listing(folder).items()))
    release = _release(files)
    key = hashlib.sha256(release.package_hash.encode()).hexdigest()
    return Consignment(release=release, package=folder, key=key)


def _release(files: tuple[tuple[str, str], ...]) -> Release:
    facet = Facet(share=Share.ALL, engine="engine")
    record = Disclosure(
        lyrics=facet,
        composition=facet,
        vocals=facet,
        instrumentation=facet,
        post_production=facet,
        artwork=facet,
        video=facet,
    )
    draft = ReleaseDraft(
        id=ReleaseId(derive("release", "contract")),
        artist_id=ArtistId(derive("artist", "contract")),
        run_id=RunId(derive("run", "contract")),
        track_id=TrackId(derive("track", "contract")),
        artist_name="Vesper Quill",
        title="Glass Hours",
        genre="Dark Electronic",
        language="zxx",
        instrumental=True,
        credits=(),
        p_line="2026 noktvrn",
        c_line="2026 noktvrn",
        label="noktvrn",
        disclosure=record,
        parts=(),
        duration_s=174.0,
    )
    return Release(
        draft=draft,
        identifiers=Identifiers(isrc="XXTST2600001", upc="200000000011", test_range=True),
        release_on=date(2026, 11, 27),
        original_on=date(2026, 11, 27),
        sealed_at=NOW,
        verdict_id=VerdictId(derive("verdict", "contract")),
        approval_hash=draft.approval_hash(),
        package_hash=package_hash(files),
        files=files,
    )


def test_somebody_plays_the_role() -> None:
    assert "folder_courier" in COURIERS


def test_a_courier_says_its_name_and_whether_it_is_live(courier: Distributor) -> None:
    assert courier.name in COURIERS
    assert isinstance(courier.live, bool)


def test_the_receipt_answers_the_consignment(courier: Distributor, tmp_path: Path) -> None:
    sent = consignment(tmp_path / "package")
    receipt = courier.deliver(sent)
    assert (receipt.courier, receipt.key) == (courier.name, sent.key)
    assert receipt.place


def test_the_same_key_twice_is_one_receipt(courier: Distributor, tmp_path: Path) -> None:
    sent = consignment(tmp_path / "package")
    assert courier.deliver(sent) == courier.deliver(sent)


def test_the_package_is_left_as_it_was(courier: Distributor, tmp_path: Path) -> None:
    sent = consignment(tmp_path / "package")
    before = listing(sent.package)
    courier.deliver(sent)
    assert listing(sent.package) == before


def test_a_file_that_is_not_the_sealed_one_is_never_delivered(courier: Distributor, tmp_path: Path) -> None:
    sent = consignment(tmp_path / "package")
    (sent.package / "message.xml").write_text("changed")
    with pytest.raises(LabelError):
        courier.deliver(sent)
