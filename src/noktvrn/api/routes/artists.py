"""The original's seven routes, exactly so, the list of artists, and their profiles over time."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from noktvrn.api.routes.common import ACTOR, PROBLEMS, TheLabel
from noktvrn.artist.editing import Change
from noktvrn.label.profiles import Version
from noktvrn.label.records import Records
from noktvrn.model.artist import Artist
from noktvrn.model.plan import ContentPlan
from noktvrn.model.progression import Progression
from noktvrn.model.record import USUAL_SONGS, RecordKind
from noktvrn.model.run import Run

router = APIRouter(prefix="/api/artists", tags=["artists"], responses=PROBLEMS)

IdempotencyKey = Annotated[str | None, Header(alias="Idempotency-Key", min_length=1, max_length=100)]


AVersion = Annotated[int | None, Query(ge=1)]


class NewArtist(BaseModel):
    """A sentence, and a seed for those who want the same artist again."""

    model_config = ConfigDict(extra="forbid")
    prompt: str = Field(max_length=200_000, examples=["Quiet piano for snowy streets"])
    seed: int | None = Field(default=None, ge=0, le=2**63 - 1)


class NewContent(BaseModel):
    """What the artist should make."""

    model_config = ConfigDict(extra="forbid")
    content_type: Literal["track", "single", "ep", "album"] = "track"
    songs: int | None = Field(default=None, description="of an EP 3 to 6, of an album 7 to 14")
    title: str | None = Field(default=None, max_length=120)
    theme: str | None = Field(default=None, max_length=200)
    mood: str | None = Field(default=None, max_length=80)
    duration_s: int | None = Field(default=None, ge=30, le=720)
    with_video: bool = True
    takes: int | None = Field(default=None, ge=1, le=8)
    autopilot: bool = False


class NewPlan(BaseModel):
    """How long the calendar is."""

    model_config = ConfigDict(extra="forbid")
    duration: int | None = Field(default=None, ge=1, le=366, description="days")


class NewFields(BaseModel):
    """Fields of the profile by their dotted names, and the version they were read at."""

    model_config = ConfigDict(extra="forbid")
    fields: dict[str, Any] = Field(min_length=1, max_length=60, examples=[{"themes": ["rain", "harbour"]}])
    version: int | None = Field(default=None, ge=1)


class OldVersion(BaseModel):
    """The version to go back to."""

    model_config = ConfigDict(extra="forbid")
    version: int = Field(ge=1)


class ProfileChanged(BaseModel):
    """The artist in its new version, and what changed."""

    artist: Artist
    changes: list[Change]
    warnings: list[str]


class Evolved(BaseModel):
    """The artist as it is now, and why."""

    artist: Artist
    progression: Progression


@router.post("", status_code=201, operation_id="create_artist", summary="A sentence becomes an artist")
def create(label: TheLabel, wish: NewArtist, response: Response) -> Artist:
    """The same sentence and seed find the artist they made before."""
    artist = label.artists.create(wish.prompt, seed=wish.seed, actor=ACTOR)
    response.headers["Location"] = f"/api/artists/{artist.id}"
    return artist


@router.get("", operation_id="list_artists", summary="All artists")
def every(label: TheLabel) -> list[Artist]:
    """Oldest first."""
    return list(label.artists.every())


@router.get("/{artist_id}", operation_id="view_artist", summary="One artist")
def view(label: TheLabel, artist_id: str) -> Artist:
    """The artist in its present version."""
    return label.artists.get(artist_id)


@router.patch("/{artist_id}", operation_id="edit_artist", summary="Change fields of the profile")
def edit(label: TheLabel, artist_id: str, wish: NewFields) -> ProfileChanged:
    """A new version. What makes the artist who it is cannot be edited."""
    made = label.profiles.edit(artist_id, wish.fields, version=wish.version, actor=ACTOR)
    return ProfileChanged(artist=made.artist, changes=list(made.changes), warnings=list(made.warnings))


@router.get("/{artist_id}/versions", operation_id="list_versions", summary="The versions of a profile")
def versions(label: TheLabel, artist_id: str) -> list[Version]:
    """Oldest first."""
    return list(label.profiles.versions(artist_id))


@router.get("/{artist_id}/diff", operation_id="compare_versions", summary="What changed between versions")
def diff(label: TheLabel, artist_id: str, before: AVersion = None, after: AVersion = None) -> list[Change]:
    """Field by field; by default the last change."""
    return list(label.profiles.diff(artist_id, before, after))


@router.post("/{artist_id}/rollback", operation_id="roll_back_artist", summary="Go back to a version")
def roll_back(label: TheLabel, artist_id: str, wish: OldVersion) -> ProfileChanged:
    """A new version with the content of an old one."""
    made = label.profiles.rollback(artist_id, wish.version, actor=ACTOR)
    return ProfileChanged(artist=made.artist, changes=list(made.changes), warnings=list(made.warnings))


@router.post(
    "/{artist_id}/content", status_code=202, operation_id="generate_content", summary="Start a production"
)
def generate(
    label: TheLabel, artist_id: str, wish: NewContent, response: Response, key: IdempotencyKey = None
) -> Run:
    """Answers at once; the run goes on in a worker. The same Idempotency-Key is the same run."""
    name = f"key {key}" if key else None
    wishes = wish.model_dump(exclude={"content_type", "songs", "autopilot"})
    if wish.content_type in ("ep", "album"):
        kind: RecordKind = "ep" if wish.content_type == "ep" else "album"
        run = Records(label.office).start(
            artist_id,
            kind,
            wish.songs or USUAL_SONGS[kind],
            name=name,
            autopilot=wish.autopilot,
            actor=ACTOR,
            **wishes,
        )
    else:
        run = label.runs.start(artist_id, name=name, autopilot=wish.autopilot, actor=ACTOR, **wishes)
    response.headers["Location"] = f"/api/runs/{run.id}"
    return run


@router.get("/{artist_id}/content", operation_id="list_content", summary="The artist's productions")
def content(label: TheLabel, artist_id: str) -> list[Run]:
    """Newest first."""
    return list(label.runs.every(artist_id=label.artists.get(artist_id).id))


@router.post("/{artist_id}/plan", status_code=201, operation_id="create_plan", summary="Write a calendar")
def make_plan(label: TheLabel, artist_id: str, wish: NewPlan) -> ContentPlan:
    """A calendar from today on."""
    return label.plans.make(artist_id, days=wish.duration, actor=ACTOR)


@router.get("/{artist_id}/plan", operation_id="list_plans", summary="The artist's calendars")
def plans(label: TheLabel, artist_id: str) -> list[ContentPlan]:
    """Newest first."""
    return list(label.plans.every(artist_id))


@router.post("/{artist_id}/evolve", operation_id="evolve_artist", summary="Let the artist evolve")
def evolve(label: TheLabel, artist_id: str) -> Evolved:
    """Reads the figures; a new version within the identity, or the reason why not."""
    artist, progression = label.artists.evolve(artist_id, actor=ACTOR)
    return Evolved(artist=artist, progression=progression)
