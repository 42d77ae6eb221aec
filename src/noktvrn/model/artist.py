"""The artist: a fixed identity with versions.

Field names follow the original's profile (artist_builder/schema), plus what identity, sound, looks and
disclosure need. Every version is kept; a work keeps the version it was made with.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, model_validator

from noktvrn.kernel.ids import ArtistId
from noktvrn.model.asset import Asset, AudioAsset
from noktvrn.model.look import VisualIdentity
from noktvrn.model.noun import Noun
from noktvrn.model.sound import SoundIdentity

Unit = Annotated[float, Field(ge=0.0, le=1.0)]
Line = Annotated[str, Field(min_length=1, max_length=400)]
Text = Annotated[str, Field(min_length=1, max_length=6000)]


class LifecycleState(StrEnum):
    """Where an artist stands in the label."""

    CANDIDATE = "candidate"
    ACTIVE = "active"
    EVOLVING = "evolving"
    PAUSED = "paused"
    RETIRED = "retired"


class StyleAxes(Noun):
    """A style as eight numbers in 0..1. Evolution moves along these and nowhere else."""

    energy: Unit = 0.5
    tempo: Unit = 0.5
    brightness: Unit = 0.5
    density: Unit = 0.5
    organic: Unit = 0.5
    tension: Unit = 0.5
    space: Unit = 0.5
    groove: Unit = 0.5


class IdentityAnchor(Noun):
    """What an artist never leaves: the style it was born with and how far each axis may stray from it."""

    style: StyleAxes
    radius: StyleAxes
    signature: tuple[str, ...] = Field(description="axes that make the artist; their radius is near zero")
    statement: Line = Field(description="one sentence that stays true for good")


class TempoRange(Noun):
    """Beats per minute, both ends included."""

    low: int = Field(ge=40, le=220)
    high: int = Field(ge=40, le=220)

    @model_validator(mode="after")
    def _ordered(self) -> TempoRange:
        if self.low > self.high:
            raise ValueError("tempo range: low is above high")
        return self


class Voice(Noun):
    """How the artist would sing; the embedded engine keeps it for engines that can."""

    type: Line
    register_: Literal["low", "middle", "high"] = Field(default="middle", alias="register")
    delivery: Line

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)

    @property
    def sings(self) -> bool:
        """Whether there is a voice at all: an instrumental artist's type begins with `none`."""
        return not self.type.casefold().startswith("none")


class Persona(Noun):
    """Who the artist is to its listeners. Always an AI persona, and always said so."""

    description: Text
    traits: tuple[Line, ...] = Field(min_length=1)
    posting_style: Literal["casual", "professional", "mysterious"]
    engagement: Literal["passive", "moderate", "active"]
    tone: Line
    call_to_action: tuple[Line, ...] = ()
    hashtags: tuple[Line, ...] = ()
    ai_persona: Literal[True] = True


Platform = Literal["youtube", "tiktok", "instagram", "soundcloud", "x", "bluesky", "mastodon"]
Handle = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_]{2,29}$")]


class SocialPresence(Noun):
    """Where the artist would speak. Handles are suggestions every platform takes; nobody registered them."""

    platforms: tuple[Platform, ...] = ()
    handles: tuple[Handle, ...] = Field(default=(), max_length=5)


class ReleaseStrategy(Noun):
    """How often the artist speaks."""

    track_release_random_days: tuple[int, int] = (3, 15)
    video_release_ratio: Unit = 0.7
    content_plan_length_days: int = Field(default=90, ge=7, le=366)
    social_media_post_frequency: int = Field(default=3, ge=0, le=21, description="posts a week")
    preferred_weekdays: tuple[int, ...] = Field(default=(4,), description="0 is Monday")

    @model_validator(mode="after")
    def _ordered(self) -> ReleaseStrategy:
        low, high = self.track_release_random_days
        if not 3 <= low <= high <= 15:
            raise ValueError("track_release_random_days: 3 <= low <= high <= 15")
        return self


class EvolutionSettings(Noun):
    """How freely the artist may change inside its identity."""

    allow_minor_genre_shifts: bool = True
    allow_personality_shifts: bool = False
    safe_mode: bool = True
    evolution_speed: Literal["slow", "medium", "fast"] = "medium"
    preserve_core_identity: Literal[True] = True


class ArtistSettings(Noun):
    """What a person may tune without making the artist another one."""

    release_strategy: ReleaseStrategy = ReleaseStrategy()
    evolution: EvolutionSettings = EvolutionSettings()
    trend_alignment: Literal["strict", "soft", "experimental"] = "soft"
    autopilot: bool = False


class Profile(Noun):
    """Everything a Writer, a Composer, an Illustrator and a Filmmaker need to know of an artist."""

    stage_name: Annotated[str, Field(min_length=1, max_length=60)]
    genre: Line = Field(description="id in the genre table")
    subgenres: tuple[Line, ...] = Field(min_length=1)
    moods: tuple[Line, ...] = Field(min_length=1)
    tempo: TempoRange
    themes: tuple[Line, ...] = Field(min_length=1)
    instrumentation: tuple[Line, ...] = Field(min_length=1)
    language: str = Field(default="en", description="BCP 47 tag of the lyrics")
    style_description: Text
    biography: Text
    backstory: Text
    voice: Voice
    persona: Persona
    target_audience: Text
    influences: tuple[Line, ...] = Field(default=(), description="movements and eras, never living artists")
    notes: tuple[Line, ...] = ()
    visual_identity_prompt: Text
    song_prompt_generator: Text
    video_prompt_generator: Text
    style: StyleAxes
    anchor: IdentityAnchor
    sound: SoundIdentity
    look: VisualIdentity
    settings: ArtistSettings = ArtistSettings()
    social: SocialPresence = SocialPresence()

    @model_validator(mode="after")
    def _inside_identity(self) -> Profile:
        for axis, value in self.style.as_data().items():
            home = getattr(self.anchor.style, axis)
            if abs(value - home) > getattr(self.anchor.radius, axis) + 1e-9:
                raise ValueError(f"style axis {axis} left the artist's identity")
        return self


class Artist(Noun):
    """An artist of the label at one version of its profile."""

    id: ArtistId
    version: int = Field(ge=1)
    state: LifecycleState
    profile: Profile
    prompt: str
    seed: int
    created_at: datetime
    updated_at: datetime
    avatar: Asset | None = None
    banner: Asset | None = None
    voice_sample: AudioAsset | None = None
    consecutive_rejections: int = 0


class Authorship(Noun):
    """Who wrote something of an artist: the writer, and the model and prompt where one answered.

    `cost_micros` is in millionths of a US dollar, unknown costs at their worst case.
    """

    task: str
    writer: str
    provider: str = ""
    model: str = ""
    prompt: str = ""
    session_id: str = ""
    status: str = ""
    cost_micros: int = 0
    cost_known: bool = True


class DraftRecord(Noun):
    """One draft of a profile: what the house found in it, what it mended, how the review scored it."""

    number: int
    seed: int
    passed: bool
    findings: tuple[str, ...] = Field(default=(), description="rules that were broken")
    mended: tuple[str, ...] = ()
    scores: dict[str, float] = Field(default_factory=dict, description="the review, criterion by criterion")
    score: Unit = 0.0


class CollisionCheck(Noun):
    """What a stage name or a persona was held against. Names of acts outside the label are never told."""

    against: Literal["known_acts", "roster", "personas"]
    compared: int
    nearest: str = Field(default="", description="of the own roster only")
    likeness: Unit = 0.0


class CreationReport(Noun):
    """How an artist came to be: what was asked, guessed, changed and checked; who wrote it, at what cost."""

    artist_id: ArtistId
    prompt: str
    seed: int
    writer: str
    notices: tuple[str, ...] = ()
    rounds: int = 1
    origin: Literal["prompt", "import"] = "prompt"
    guessed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    rules_checked: int = 0
    drafts: tuple[DraftRecord, ...] = ()
    collisions: tuple[CollisionCheck, ...] = ()
    authors: tuple[Authorship, ...] = ()
    assets: tuple[Asset, ...] = ()

    @property
    def cost_micros(self) -> int:
        """What all its writing cost, in millionths of a US dollar."""
        return sum(author.cost_micros for author in self.authors)
