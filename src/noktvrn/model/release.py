"""A release: what a person approves, and what is sealed and delivered afterwards."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from noktvrn.kernel.ids import ArtistId, ReleaseId, RunId, TrackId, VerdictId
from noktvrn.model.asset import Asset, AudioAsset, Sha256
from noktvrn.model.noun import Noun, canonical_digest
from noktvrn.model.provenance import Disclosure

Isrc = Annotated[str, Field(pattern=r"^[A-Z]{2}[A-Z0-9]{3}[0-9]{7}$")]
Icpn = Annotated[str, Field(pattern=r"^[0-9]{12,13}$")]


class Credit(Noun):
    """Who did what. `generative` is a machine; a machine never carries a person's name."""

    name: str
    role: Literal[
        "MainArtist",
        "Composer",
        "Lyricist",
        "Vocalist",
        "Producer",
        "MasteringEngineer",
        "Illustrator",
        "Filmmaker",
    ]
    generative: bool


class Deal(Noun):
    """On which terms stores may offer it."""

    territories: tuple[str, ...] = ("Worldwide",)
    commercial_models: tuple[str, ...] = (
        "SubscriptionModel",
        "AdvertisementSupportedModel",
        "PayAsYouGoModel",
    )


class Part(Noun):
    """One file of the release by its place in the package. Audio is named by its decoded samples."""

    path: str
    asset: Asset | AudioAsset

    @property
    def identity(self) -> str:
        """The hash a verdict is bound to: of the samples for sound, of the bytes for the rest."""
        return self.asset.pcm_sha256 if isinstance(self.asset, AudioAsset) else self.asset.sha256


class ReleaseDraft(Noun):
    """Everything a verdict is about. Identifiers and dates come later, at sealing."""

    id: ReleaseId
    artist_id: ArtistId
    run_id: RunId
    track_id: TrackId
    artist_name: str
    title: str
    genre: str
    subgenre: str = ""
    language: str
    title_language: str = "en"
    advisory: Literal["not_explicit", "explicit"] = "not_explicit"
    instrumental: bool
    credits: tuple[Credit, ...]
    p_line: str
    c_line: str
    label: str
    disclosure: Disclosure
    deals: tuple[Deal, ...] = (Deal(),)
    parts: tuple[Part, ...]
    duration_s: float

    def approval_hash(self) -> str:
        """SHA-256 over paths and identities of all parts, titles, credits, disclosure and deals."""
        data = self.model_dump(mode="json", exclude={"parts"})
        data["parts"] = sorted([part.path, part.identity] for part in self.parts)
        return canonical_digest(data)


class Identifiers(Noun):
    """Codes taken from the label's ledger at sealing. Test ranges until the label has its own."""

    isrc: Isrc
    video_isrc: Isrc | None = None
    upc: Icpn
    test_range: bool


class Release(Noun):
    """A sealed release: the approved draft, its identifiers and dates, and the hash of the package."""

    draft: ReleaseDraft
    identifiers: Identifiers
    release_on: date
    original_on: date
    sealed_at: datetime
    verdict_id: VerdictId
    approval_hash: Sha256
    package_hash: Sha256
    files: tuple[tuple[str, Sha256], ...] = Field(description="every file of the package by path and hash")
    takedown: bool = False


class Delivery(Noun):
    """One package handed to one courier."""

    release_id: ReleaseId
    courier: str
    key: str = Field(description="idempotency key: package, courier and action")
    state: Literal["sealed", "uploading", "uploaded", "failed", "withdrawn"]
    place: str = ""
    at: datetime
    receipt: str = ""
