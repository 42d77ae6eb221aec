"""A track: the recorded song, its master and everything measured about it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from noktvrn.kernel.ids import ArtistId, ConsentId, TrackId
from noktvrn.model.asset import Asset, AudioAsset
from noktvrn.model.noun import Noun
from noktvrn.model.provenance import Provenance
from noktvrn.model.sound import ScoreFigures, TimedLine, Timeline


class AudioFigures(Noun):
    """What the meters read. Levels in dB, loudness in LUFS/LU, shares of energy in dB of the whole."""

    duration_s: float
    sample_rate: int
    channels: int
    integrated_lufs: float
    loudness_range_lu: float
    true_peak_dbtp: float
    crest_db: float
    dc_offset: float
    correlation: float
    side_mid_db: float
    balance_db: float
    low_side_db: float = Field(description="side level below 120 Hz against mid")
    tilt_db_per_octave: float
    section_contrast_lu: float
    leading_silence_s: float
    trailing_silence_s: float
    longest_inner_silence_s: float
    clipped_runs: int
    edge_peak_dbfs: float = Field(description="louder of the first 8 samples and the last 20 ms")
    tempo_bpm: float | None = None
    key: str | None = None
    strikes_per_s: float | None = Field(default=None, description="onsets that stand out, a second")
    band_shares_db: tuple[float, ...] = ()
    energy_curve: tuple[float, ...] = Field(
        default=(), description="relative loudness of 128 equal slices, 0..1"
    )
    fingerprint: str = Field(default="", description="own chroma and onset fingerprint, base64")


class Track(Noun):
    """One mastered take."""

    id: TrackId
    artist_id: ArtistId
    title: str
    take: int = Field(ge=1)
    seed: int
    instrumental: bool
    language: str = Field(description="`zxx` when nobody sings")
    master: AudioAsset
    preview: AudioAsset | None = None
    stems: tuple[AudioAsset, ...] = ()
    instrumental_master: AudioAsset | None = Field(default=None, description="the song without its singer")
    score: Asset | None = None
    timeline: Timeline
    voice: Provenance | None = Field(default=None, description="who or what sings beside the composer's own")
    voice_words: Literal["none", "sung", "spoken"] = Field(
        default="none", description="`none`: nobody can make out a word of it"
    )
    voice_consent: ConsentId | None = Field(
        default=None, description="the consent a person's voice sings by; checked again at sealing"
    )
    lines: tuple[TimedLine, ...] = Field(default=(), description="the words and when they are sung")
    figures: AudioFigures
    target_lufs: float = Field(default=-14.0, description="the loudness its master was made for")
    score_figures: ScoreFigures | None = None
    provenance: Provenance
