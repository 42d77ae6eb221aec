"""Values and tiny real media the release tests are made from."""

from __future__ import annotations

import hashlib
import io
import os
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

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
from noktvrn.model.film import Film, FilmKind
from noktvrn.model.finding import Report
from noktvrn.model.look import VisualIdentity
from noktvrn.model.picture import Picture
from noktvrn.model.provenance import Provenance, SourceType
from noktvrn.model.release import Identifiers, Release, ReleaseDraft
from noktvrn.model.song import Lyrics, LyricSection
from noktvrn.model.sound import ChordSpan, SectionSpan, SoundIdentity, Timeline
from noktvrn.model.track import AudioFigures, Track
from noktvrn.release.dossier import Dossier
from noktvrn.release.draft import draft_of, text_parts
from noktvrn.release.identifiers import TEST_REGISTRATION
from noktvrn.release.package import seal
from noktvrn.roles.writer import Captions
from noktvrn.sound.files.flac import Samples, write_flac, write_tags
from noktvrn.storage.vault import file_sha256

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
RELEASE_ON = date(2026, 12, 4)
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
        voice=Voice.model_validate({"type": "alto", "register": "low", "delivery": "close"}),
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


@cache
def _sound() -> Samples:
    """Half a second of quiet stereo noise."""
    rng = np.random.Generator(np.random.PCG64(7))
    return rng.normal(0, 0.1, (2, 22_050)).astype(np.float32)


@cache
def _cover_bytes() -> bytes:
    """A plain cover of full size with its mark."""
    mark = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'>{SourceType.ALGORITHMIC.value}</x:xmpmeta>"
    file = io.BytesIO()
    Image.new("RGB", (3000, 3000), "#1d2140").save(file, "JPEG", quality=50, xmp=mark.encode())
    return file.getvalue()


@dataclass(frozen=True)
class Vault:
    """Tiny real media on disk, and the dossier whose parts they are."""

    dossier: Dossier
    sources: dict[str, Path]

    @property
    def draft(self) -> ReleaseDraft:
        return draft_of(self.dossier)


def vault(folder: Path, *, title: str = "Glass Hours", sung: bool = False, film: bool = True) -> Vault:
    """Writes a master, a cover, and stand-ins for the films into `folder`."""
    made = dossier(track=_track(folder, title, sung=sung), cover=cover(_cover(folder)))
    if sung:
        made = made.model_copy(update={"lyrics": lyrics()})
    if film:
        films = {"video": _film(folder, "video"), "teaser": _film(folder, "teaser")}
        made = made.model_copy(update=films)
    by_hash = {file_sha256(path): path for path in folder.iterdir()}
    texts = text_parts(made)
    parts = draft_of(made).parts
    return Vault(made, {part.path: by_hash[part.asset.sha256] for part in parts if part.path not in texts})


def seal_vault(source: Vault, folder: Path, **more: Any) -> Release:
    values: dict[str, Any] = {
        "dossier": source.dossier,
        "checks": (Report(subject="track", checked=3),),
        "identifiers": identifiers(),
        "release_on": RELEASE_ON,
        "original_on": RELEASE_ON,
        "verdict_id": VERDICT,
        "sealed_at": NOW,
        "sources": source.sources,
        "folder": folder,
    }
    return seal(source.draft, **(values | more))


def lyrics(**more: Any) -> Lyrics:
    return Lyrics(
        title="Glass Hours",
        sections=(LyricSection(label="verse", lines=("glass hours over me", "rain showers on the sea")),),
        hook="glass hours",
        **more,
    )


def _track(folder: Path, title: str, *, sung: bool) -> Track:
    path = folder / "master.flac"
    pcm = write_flac(path, [_sound()], 44_100, 24, 7)
    write_tags(path, {"DIGITALSOURCETYPE": SourceType.ALGORITHMIC.value})
    master = AudioAsset(
        sha256=file_sha256(path),
        size=path.stat().st_size,
        media_type="audio/flac",
        name="master.flac",
        pcm_sha256=pcm,
        duration_s=0.5,
        sample_rate=44_100,
        bits=24,
    )
    words: dict[str, Any] = {"instrumental": False, "language": "en"} if sung else {}
    return track(title, master=master, figures=figures(duration_s=0.5), **words)


def _cover(folder: Path) -> Asset:
    (folder / "cover.jpg").write_bytes(_cover_bytes())
    return asset(_cover_bytes(), "cover.jpg", "image/jpeg")


def _film(folder: Path, kind: FilmKind) -> Film:
    content = f"{kind} {SourceType.ALGORITHMIC.value}".encode()
    captions = f"WEBVTT\n\n00:00.000 --> 00:00.400\n{kind}\n".encode()
    (folder / f"{kind}.mp4").write_bytes(content)
    (folder / f"{kind}.vtt").write_bytes(captions)
    return Film(
        kind=kind,
        asset=asset(content, f"{kind}.mp4", "video/mp4"),
        width=1080,
        height=1920,
        fps=30,
        duration_s=0.5,
        vtt=asset(captions, f"{kind}.vtt", "text/vtt"),
        seed=7,
        provenance=provenance("procedural_video"),
    )


def _schema_folder() -> Path | None:
    """DDEX's schema files beside the checkout (or where NOKTVRN_DDEX_SCHEMA_DIR says), if there are any."""
    named = os.environ.get("NOKTVRN_DDEX_SCHEMA_DIR")
    if named:
        return Path(named)
    above = (parent / "shared" / "ddex" for parent in Path(__file__).resolve().parents)
    return next((folder for folder in above if folder.is_dir()), None)


SCHEMAS = _schema_folder()  # looked up before a test clears the environment
