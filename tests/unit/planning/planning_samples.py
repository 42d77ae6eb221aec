"""An artist the planning tests plan for."""

from __future__ import annotations

from datetime import UTC, datetime

from noktvrn.kernel.ids import ArtistId, derive
from noktvrn.model.artist import (
    Artist,
    ArtistSettings,
    IdentityAnchor,
    LifecycleState,
    Persona,
    Profile,
    ReleaseStrategy,
    StyleAxes,
    TempoRange,
    Voice,
)
from noktvrn.model.look import VisualIdentity
from noktvrn.model.sound import SoundIdentity

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def planned_artist(
    strategy: ReleaseStrategy | None = None,
    *,
    version: int = 1,
    style: str = "techno",
    themes: tuple[str, ...] = ("night", "rain", "distance", "return"),
    moods: tuple[str, ...] = ("dark", "hypnotic", "tense", "calm"),
) -> Artist:
    profile = Profile(
        stage_name="Halden Moor",
        genre="techno",
        subgenres=("dub techno",),
        moods=moods,
        tempo=TempoRange(low=122, high=132),
        themes=themes,
        instrumentation=("drum machine",),
        style_description="Long rooms and short echoes.",
        biography="An AI persona who counts trains.",
        backstory="Began as a timetable.",
        voice=Voice(type="baritone", delivery="spoken"),
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
        style=StyleAxes(),
        anchor=IdentityAnchor(
            style=StyleAxes(), radius=StyleAxes(), signature=("space",), statement="It never hurries."
        ),
        sound=SoundIdentity(seed=3, style=style),
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
            glyph="H",
        ),
        settings=ArtistSettings(release_strategy=strategy or ReleaseStrategy()),
    )
    return Artist(
        id=ArtistId(derive("artist", "planned")),
        version=version,
        state=LifecycleState.ACTIVE,
        profile=profile,
        prompt="a patient techno producer",
        seed=3,
        created_at=NOW,
        updated_at=NOW,
    )
