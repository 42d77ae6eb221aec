"""What a listener would say of any recording: pulse, meter, key, sections, and what every meter reads.

Times in seconds from the first sample, levels in dB, loudness in LUFS and LU. What could not be heard is None
or empty, never zero.
"""

from __future__ import annotations

from pydantic import Field

from noktvrn.kernel.ids import ArtistId, RunId, TrackId
from noktvrn.model.asset import Sha256
from noktvrn.model.finding import Report
from noktvrn.model.noun import Noun
from noktvrn.model.sound import SectionSpan
from noktvrn.model.track import AudioFigures


class TempoReading(Noun):
    """A tempo and how sure the ear is of it among the others it could count: shares of all are 1."""

    bpm: float
    share: float = Field(ge=0, le=1)


class TempoHeard(Noun):
    """The beats a minute people would tap.

    Attributes:
        confidence: share of this reading, less where the pulse is faint.
        pulse: how clearly anything recurs, 0 (nothing) to 1 (a machine).
        alternatives: other ways to count, mostly the half, the double or three against two; likeliest first.
    """

    bpm: float = Field(gt=0)
    confidence: float = Field(ge=0, le=1)
    pulse: float = Field(ge=0, le=1)
    alternatives: tuple[TempoReading, ...] = ()


class MeterHeard(Noun):
    """How the beats group: `beats_per_bar` felt beats (3.5 in 7/8) and the signature people would write."""

    signature: tuple[int, int]
    beats_per_bar: float = Field(gt=0)
    confidence: float = Field(ge=0, le=1)


class KeyHeard(Noun):
    """`A minor`. `runner_up` is the next best key, `tuning_cents` how far the notes lie from A = 440 Hz."""

    name: str
    confidence: float = Field(ge=0, le=1)
    runner_up: str
    tuning_cents: float = Field(ge=-50, le=50)


class SpectralFigures(Noun):
    """The mean spectrum: where its middle lies and below what 85 % of it, how fast it changes from moment to
    moment (0 still .. 1 never the same), how noise-like it is (0 tone .. 1 white noise)."""

    centroid_hz: float
    rolloff_hz: float
    flux: float
    flatness: float


class LoudnessCurves(Noun):
    """BS.1770 loudness over time: one value each `step_s`, the momentary one of 400 ms and the short-term one
    of 3 s windows that end there; the floor is -120."""

    step_s: float
    momentary_lufs: tuple[float, ...]
    short_term_lufs: tuple[float, ...]


class TrackAnalysis(Noun):
    """Everything heard in one recording.

    `sections` are labelled A, B, C by what is alike, not by role: which one is a chorus nobody can hear.
    """

    figures: AudioFigures
    tempo: TempoHeard | None
    meter: MeterHeard | None
    key: KeyHeard | None
    beats: tuple[float, ...]
    downbeats: tuple[float, ...]
    sections: tuple[SectionSpan, ...]
    spectral: SpectralFigures
    loudness: LoudnessCurves


class KnownTrack(Noun):
    """The track of the label that a file is: its recording, whatever its tags say.

    Where the house has the score, `tempo_bpm`, `meter`, `key` and `sections` (`verse`, `chorus` ...) are
    those that were composed, exact to the sample; otherwise they are None and empty.
    """

    track_id: TrackId
    run_id: RunId
    artist_id: ArtistId
    title: str
    take: int
    report: Report | None = Field(default=None, description="what the critic said of this take")
    tempo_bpm: float | None = None
    meter: tuple[int, int] | None = None
    key: str | None = None
    sections: tuple[SectionSpan, ...] = ()


class TrackReport(Noun):
    """A sound file as it was read, everything heard in it, and what the label knows of it.

    `waveform` is the highest absolute sample of each of 400 equal slices, 0..1.
    """

    name: str
    sha256: Sha256
    channels: int
    analysis: TrackAnalysis
    waveform: tuple[float, ...]
    known: KnownTrack | None = None

    @property
    def sections(self) -> tuple[SectionSpan, ...]:
        """The composed sections where the label has the score, else the heard ones."""
        return (self.known.sections if self.known else ()) or self.analysis.sections
