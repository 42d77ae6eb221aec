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
Advisory = Literal["not_explicit", "explicit"]
ReleaseKind = Literal["single", "ep", "album"]


def _of_a_single(value: object) -> bool:
    """What only records have is left out of the data of a single."""
    return not value or value == "single"


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


class TrackDraft(Noun):
    """One song of a release: what a store shows of it apart from the others."""

    run_id: RunId
    track_id: TrackId
    title: str
    language: str
    advisory: Advisory = "not_explicit"
    instrumental: bool
    credits: tuple[Credit, ...]
    disclosure: Disclosure
    duration_s: float


class ReleaseDraft(Noun):
    """Everything a verdict is about. Identifiers and dates come later, at sealing.

    Of a record (`kind` ep or album) title, credits and disclosure are those of the whole, and `songs` are its
    songs in their order.
    """

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
    advisory: Advisory = "not_explicit"
    instrumental: bool
    credits: tuple[Credit, ...]
    p_line: str
    c_line: str
    label: str
    disclosure: Disclosure
    deals: tuple[Deal, ...] = (Deal(),)
    parts: tuple[Part, ...]
    duration_s: float
    kind: ReleaseKind = Field(default="single", exclude_if=_of_a_single)
    songs: tuple[TrackDraft, ...] = Field(default=(), exclude_if=_of_a_single)

    @property
    def tracks(self) -> tuple[TrackDraft, ...]:
        """The songs of the release in their order; of a single the one there is."""
        return self.songs or (
            TrackDraft(
                run_id=self.run_id,
                track_id=self.track_id,
                title=self.title,
                language=self.language,
                advisory=self.advisory,
                instrumental=self.instrumental,
                credits=self.credits,
                disclosure=self.disclosure,
                duration_s=self.duration_s,
            ),
        )

    def approval_hash(self) -> str:
        """SHA-256 over paths and identities of all parts, titles, credits, disclosure and deals."""
        data = self.model_dump(mode="json", exclude={"parts"})
        data["parts"] = sorted([part.path, part.identity] for part in self.parts)
        return canonical_digest(data)


class Identifiers(Noun):
    """Codes taken from the label's ledger at sealing. Test ranges until the label has its own.

    `isrc` is the first recording's; of a record `isrcs` are those of all its songs in their order.
    """

    isrc: Isrc
    video_isrc: Isrc | None = None
    upc: Icpn
    test_range: bool
    isrcs: tuple[Isrc, ...] = Field(default=(), exclude_if=_of_a_single)

    @property
    def recordings(self) -> tuple[Isrc, ...]:
        """The code of every recording in the order of the songs."""
        return self.isrcs or (self.isrc,)


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
