"""An artist, and audiences that like what a test wants them to like."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from noktvrn.kernel.ids import ArtistId, ReleaseId, derive
from noktvrn.model.artist import (
    Artist,
    ArtistSettings,
    EvolutionSettings,
    IdentityAnchor,
    LifecycleState,
    Persona,
    Profile,
    StyleAxes,
    TempoRange,
    Voice,
)
from noktvrn.model.look import VisualIdentity
from noktvrn.model.performance import Performance
from noktvrn.model.sound import SoundIdentity

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
AXES = tuple(StyleAxes.model_fields)
ARTIST = ArtistId(derive("artist", "evolved"))
HOME = StyleAxes()
RADIUS = StyleAxes.model_validate({**dict.fromkeys(AXES, 0.2), "tension": 0.02})


def evolved_artist(
    *,
    style: StyleAxes = HOME,
    radius: StyleAxes = RADIUS,
    signature: tuple[str, ...] = ("tension",),
    evolution: EvolutionSettings | None = None,
    version: int = 1,
) -> Artist:
    profile = Profile(
        stage_name="Ilse Vantor",
        genre="techno",
        subgenres=("dub techno",),
        moods=("dark", "hypnotic", "calm"),
        tempo=TempoRange(low=120, high=130),
        themes=("night", "rain", "distance"),
        instrumentation=("drum machine",),
        style_description="Long rooms and short echoes.",
        biography="An AI persona who counts trains.",
        backstory="Began as a timetable.",
        voice=Voice(type="alto", delivery="spoken"),
        persona=Persona(
            description="Patient.",
            traits=("patient",),
            posting_style="mysterious",
            engagement="passive",
            tone="dry",
        ),
        target_audience="Night drivers.",
        visual_identity_prompt="Concrete.",
        song_prompt_generator="dub techno",
        video_prompt_generator="concrete, rain",
        style=style,
        anchor=IdentityAnchor(style=HOME, radius=radius, signature=signature, statement="It never hurries."),
        sound=SoundIdentity(seed=3, style="techno"),
        look=VisualIdentity(
            seed=3,
            hue=200.0,
            ramp=("#0a0d10", "#1b2a33", "#3b5a66", "#7fa3ad", "#d6e6ea"),
            paper="#f2f2ee",
            ink="#0a0d10",
            accent="#d98b4a",
            motif="print",
            display_face="display",
            text_face="text",
            tracking=0.1,
            grain=0.02,
            light_angle=30.0,
            glyph="I",
        ),
        settings=ArtistSettings(evolution=evolution or EvolutionSettings()),
    )
    return Artist(
        id=ARTIST,
        version=version,
        state=LifecycleState.ACTIVE,
        profile=profile,
        prompt="a patient techno producer",
        seed=3,
        created_at=NOW,
        updated_at=NOW,
    )


def release_id(number: int) -> ReleaseId:
    return ReleaseId(derive("release", number))


def styled(**axes: float) -> StyleAxes:
    return HOME.model_copy(update=axes)


def styles_of(*styles: StyleAxes) -> dict[ReleaseId, StyleAxes]:
    return {release_id(number): style for number, style in enumerate(styles)}


def heard(number: int, *, finished: float = 0.5, streams: int = 9_000, **more: Any) -> Performance:
    """A month of release `number` on one platform: `finished` of the streams completed."""
    starts_on = date(2026, 8, 1) + timedelta(days=10 * number)
    return Performance.model_validate(
        {
            "artist_id": ARTIST,
            "release_id": release_id(number),
            "platform": "spotify",
            "period_start": starts_on,
            "period_end": starts_on + timedelta(days=29),
            "streams": streams,
            "completions": round(finished * streams),
            "skips": round((0.9 - finished) * streams),
            "saves": round(0.14 * finished * streams),
            "recorded_at": NOW,
            **more,
        }
    )


def audience(
    styles: Mapping[ReleaseId, StyleAxes],
    taste: Mapping[str, float],
    *,
    streams: int = 9_000,
    lucks: Sequence[float] = (),
) -> list[Performance]:
    """A month of every release, as `taste` (logits per axis) and the release's own luck have it."""
    rows = []
    for number, style in enumerate(styles.values()):
        appeal = sum(slope * (getattr(style, axis) - 0.5) for axis, slope in taste.items())
        appeal += lucks[number] if lucks else 0.0
        rows.append(heard(number, finished=0.9 / (1 + math.exp(-appeal)), streams=streams))
    return rows
