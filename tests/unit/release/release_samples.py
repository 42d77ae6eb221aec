"""Values and tiny real media the release tests are made from."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from noktvrn.kernel.ids import ArtistId, RunId, TrackId, VerdictId, derive
from noktvrn.model.artist import (
    Artist,
    IdentityAnchor,
    LifecycleState,
    Persona,
    Profile,
    StyleAxes,
    TempoRange,
    Voice,
)
from noktvrn.model.asset import Asset, AudioAsset
from noktvrn.model.look import VisualIdentity
from noktvrn.model.picture import Picture
from noktvrn.model.provenance import Provenance
from noktvrn.model.release import Identifiers
from noktvrn.model.sound import ChordSpan, SectionSpan, SoundIdentity, Timeline
from noktvrn.model.track import AudioFigures, Track
from noktvrn.release.dossier import Dossier
from noktvrn.release.identifiers import TEST_REGISTRATION
from noktvrn.roles.writer import Captions

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
RELEASE_ON = date(2026, 11, 27)
ARTIST = ArtistId(derive("artist", "sample"))
RUN = RunId(derive("run", "sample"))
VERDICT = VerdictId(derive("verdict", "sample"))


def provenance(engine: str = "procedural_music", **more: Any) -> Provenance:
    return Provenance(engine=engine, engine_version="0.1.0", seed=7, **more)


def identifiers() -> Identifiers:
    return Identifiers(isrc=TEST_REGISTRATION.isrc(2026, 1), upc=TEST_REGISTRATION.upc(1), test_range=True)


def profile(stage_name: str = "Vesper Quill") -> Profile:
    return Profile(
        stage_name=stage_name,
        genre="dark_electronic",
        subgenres=("dark ambient",),
        moods=("brooding",),
        tempo=TempoRange(low=90, high=120),
        themes=("night",),
        instrumentation=("synthesizer",),
        style_description="Slow machines in the rain.",
        biography="An AI persona of the night.",
        backstory="Began as a hum.",
        voice=Voice(type="alto", register="low", delivery="close"),
        persona=Persona(
            description="Quiet.",
            traits=("calm",),
            posting_style="mysterious",
            engagement="passive",
            tone="low",
        ),
        target_audience="People awake at three.",
        visual_identity_prompt="An eclipse.",
        song_prompt_generator="dark, slow",
        video_prompt_generator="rain, neon",
        style=StyleAxes(),
        anchor=IdentityAnchor(
            style=StyleAxes(), radius=StyleAxes(), signature=("tension",), statement="It stays night."
        ),
        sound=SoundIdentity(seed=7, style="dark_electronic"),
        look=VisualIdentity(
            seed=7,
            hue=262.0,
            ramp=("#0b0c14", "#1d2140", "#3b4480", "#7f8ad0", "#d5dafa"),
            paper="#f3f1ea",
            ink="#0b0c14",
            accent="#e0a458",
            motif="eclipse",
            display_face="display",
            text_face="text",
            tracking=0.1,
            grain=0.02,
            light_angle=120.0,
            glyph="V",
        ),
    )


def artist(stage_name: str = "Vesper Quill") -> Artist:
    return Artist(
        id=ARTIST,
        version=1,
        state=LifecycleState.CANDIDATE,
        profile=profile(stage_name),
        prompt="a quiet producer",
        seed=7,
        created_at=NOW,
        updated_at=NOW,
    )


def figures(**more: Any) -> AudioFigures:
    values: dict[str, Any] = {
        "duration_s": 174.0,
        "sample_rate": 44_100,
        "channels": 2,
        "integrated_lufs": -14.0,
        "loudness_range_lu": 6.0,
        "true_peak_dbtp": -1.1,
        "crest_db": 12.0,
        "dc_offset": 0.0,
        "correlation": 0.6,
        "side_mid_db": -9.0,
        "balance_db": 0.1,
        "low_side_db": -30.0,
        "tilt_db_per_octave": -4.5,
        "section_contrast_lu": 4.0,
        "leading_silence_s": 0.1,
        "trailing_silence_s": 1.0,
        "longest_inner_silence_s": 0.0,
        "clipped_runs": 0,
        "edge_peak_dbfs": -80.0,
        "tempo_bpm": 104.0,
        "key": "A minor",
        "energy_curve": tuple(0.2 + 0.6 * (place % 32) / 32 for place in range(128)),
    }
    return AudioFigures(**(values | more))


def timeline() -> Timeline:
    return Timeline(
        duration_s=174.0,
        tempo_bpm=104.0,
        key="A minor",
        beats=(0.0, 0.577),
        downbeats=(0.0,),
        sections=(
            SectionSpan(label="intro", start_s=0.0, end_s=30.0, energy=0.3),
            SectionSpan(label="drop", start_s=30.0, end_s=174.0, energy=0.9),
        ),
        chords=(ChordSpan(name="Am", start_s=0.0, end_s=174.0),),
    )


def asset(content: bytes, name: str, media_type: str) -> Asset:
    return Asset(
        sha256=hashlib.sha256(content).hexdigest(), size=len(content), media_type=media_type, name=name
    )


def track(title: str = "Glass Hours", *, master: AudioAsset | None = None, **more: Any) -> Track:
    default = AudioAsset(
        sha256="a" * 64,
        size=1000,
        media_type="audio/flac",
        name="master.flac",
        pcm_sha256="b" * 64,
        duration_s=174.0,
        sample_rate=44_100,
        bits=24,
    )
    values: dict[str, Any] = {
        "id": TrackId(derive("track", "sample")),
        "artist_id": ARTIST,
        "title": title,
        "take": 1,
        "seed": 7,
        "instrumental": True,
        "language": "zxx",
        "master": master or default,
        "timeline": timeline(),
        "figures": figures(),
        "provenance": provenance(),
    }
    return Track(**(values | more))


def cover(picture: Asset | None = None, **more: Any) -> Picture:
    values: dict[str, Any] = {
        "kind": "cover",
        "asset": picture or asset(b"cover", "cover.jpg", "image/jpeg"),
        "width": 3000,
        "height": 3000,
        "seed": 7,
        "shown_text": ("Vesper Quill", "Glass Hours"),
        "provenance": provenance("procedural_art"),
    }
    return Picture(**(values | more))


def dossier(**more: Any) -> Dossier:
    values: dict[str, Any] = {
        "run_id": RUN,
        "artist": artist(),
        "track": track(),
        "cover": cover(),
        "captions": Captions(
            post="Out of the quiet. (An AI persona speaking.)", hashtags=("#night",), film_lines=("glass",)
        ),
        "genre": "Dark Electronic",
        "subgenre": "Dark Ambient",
        "label_name": "noktvrn",
        "year": 2026,
    }
    return Dossier(**(values | more))


def schema_folder() -> Path | None:
    """DDEX's schema files beside the checkout (or where NOKTVRN_DDEX_SCHEMA_DIR says), if there are any."""
    import os

    named = os.environ.get("NOKTVRN_DDEX_SCHEMA_DIR")
    if named:
        return Path(named)
    above = (parent / "shared" / "ddex" for parent in Path(__file__).resolve().parents)
    return next((folder for folder in above if folder.is_dir()), None)
