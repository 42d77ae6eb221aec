"""Biases: how a moved style reaches the next production.

Each row of `TABLE` turns the way an axis has gone from the artist's birth style into one input of planning
and production. A row has one gain with one sign, so more of an axis always means more (or always less) of
the input. An artist at home has no bias at all: it sounds as it was made.
"""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import Field

from noktvrn.model.artist import Profile, StyleAxes, TempoRange
from noktvrn.model.noun import Noun
from noktvrn.model.sound import SoundIdentity


class BriefBias(Noun):
    """Shifts of what planning and production would have chosen. Zero, and a factor of one, change nothing."""

    tempo_shift: float = Field(default=0.0, ge=-1, le=1, description="parts of the artist's tempo range")
    energy: float = Field(default=0.0, ge=-1, le=1, description="added to a section's energy, 0..1")
    density: float = Field(default=0.0, ge=-1, le=1, description="added to an arrangement's fullness, 0..1")
    organic: float = Field(
        default=0.0, ge=-1, le=1, description="added to the share of acoustic sounds, 0..1"
    )
    tension: float = Field(default=0.0, ge=-1, le=1, description="added to harmonic tension, 0..1")
    brightness: float = Field(default=0.0, ge=-2, le=2, description="added to SoundIdentity.brightness")
    space: float = Field(default=0.0, ge=-1, le=1, description="added to SoundIdentity.space")
    drive: float = Field(default=0.0, ge=-1, le=1, description="added to SoundIdentity.drive")
    swing: float = Field(default=0.0, ge=-1, le=1, description="added to SoundIdentity.swing")
    duration_factor: float = Field(default=1.0, ge=0.8, le=1.25, description="times a song's usual length")


@dataclass(frozen=True, slots=True)
class Row:
    """`input` gains `gain` for a whole axis."""

    input: str
    axis: str
    gain: float


TABLE = (
    Row("tempo_shift", "tempo", 1.0),
    Row("energy", "energy", 1.0),
    Row("density", "density", 1.0),
    Row("organic", "organic", 1.0),
    Row("tension", "tension", 1.0),
    Row("brightness", "brightness", 2.0),
    Row("space", "space", 1.0),
    Row("drive", "tension", 0.4),
    Row("drive", "energy", 0.4),
    Row("swing", "groove", 0.75),
    Row("duration_factor", "space", 0.4),
    Row("duration_factor", "energy", -0.2),
)


def brief_biases(profile: Profile) -> BriefBias:
    """What the profile's present style asks of the next brief, against the style it was born with."""
    return biases_between(profile.anchor.style, profile.style)


def biases_between(home: StyleAxes, style: StyleAxes) -> BriefBias:
    """The sum of the table's rows for the way from `home` to `style`, held inside each input's span."""
    shifts = BriefBias().model_dump()
    for row in TABLE:
        shifts[row.input] += row.gain * (getattr(style, row.axis) - getattr(home, row.axis))
    low, high = 0.8, 1.25
    shifts["duration_factor"] = min(high, max(low, shifts["duration_factor"]))
    return BriefBias(**{name: round(value, 6) for name, value in shifts.items()})


def tuned_sound(profile: Profile) -> SoundIdentity:
    """The artist's sound signature with its present style in it; seed, style and motifs stay as they are."""
    bias, sound = brief_biases(profile), profile.sound
    return sound.model_copy(
        update={
            "brightness": _held(sound.brightness + bias.brightness, -1.0, 1.0),
            "space": _held(sound.space + bias.space, 0.0, 1.0),
            "drive": _held(sound.drive + bias.drive, 0.0, 1.0),
            "swing": _held(sound.swing + bias.swing, 0.0, 0.75),
        }
    )


def tuned_tempo(tempo: TempoRange, bias: BriefBias, drawn_bpm: float) -> float:
    """A drawn tempo shifted by the bias, never out of the artist's range."""
    return _held(drawn_bpm + bias.tempo_shift * (tempo.high - tempo.low), float(tempo.low), float(tempo.high))


def _held(value: float, low: float, high: float) -> float:
    return min(high, max(low, value))
