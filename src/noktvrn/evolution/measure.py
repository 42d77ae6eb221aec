"""Measuring: the style a track was really made in, which is what evolution must learn from.

Only contrasts between an artist's own tracks count, so each reading is placed around the artist's birth
style; the axes no meter reads (organic, density, tension, groove) keep the profile's value at the time.
"""

from __future__ import annotations

from noktvrn.model.artist import Profile, StyleAxes
from noktvrn.model.track import Track

# What a usual master reads, and how much of an axis one unit more is. Released music has tilts of -1 to -5 dB
# per octave band and sides some 7-10 dB below the middle.
USUAL_ENERGY, ENERGY_GAIN = 0.55, 1.0
USUAL_TILT_DB, TILT_GAIN = -3.0, 0.15
USUAL_SIDE_DB, SIDE_GAIN = -8.5, 0.04


def measured_style(profile: Profile, track: Track) -> StyleAxes:
    """The style of a `track` made with `profile`: tempo, energy, brightness and space as measured."""
    home, figures = profile.anchor.style, track.figures
    read = {
        "tempo": home.tempo + _place_in_range(profile, track.timeline.tempo_bpm) - 0.5,
        "energy": home.energy + ENERGY_GAIN * (_mean_energy(track) - USUAL_ENERGY),
        "brightness": home.brightness + TILT_GAIN * (figures.tilt_db_per_octave - USUAL_TILT_DB),
        "space": home.space + SIDE_GAIN * (figures.side_mid_db - USUAL_SIDE_DB),
    }
    held = {axis: round(min(1.0, max(0.0, value)), 6) for axis, value in read.items()}
    return profile.style.model_copy(update=held)


def _place_in_range(profile: Profile, bpm: float) -> float:
    """0 at the slow end of the artist's range, 1 at the fast end, 0.5 where the range is one tempo."""
    low, high = profile.tempo.low, profile.tempo.high
    return 0.5 if high == low else (bpm - low) / (high - low)


def _mean_energy(track: Track) -> float:
    """Energy of the sections, weighted by their length."""
    spans = [(span.end_s - span.start_s, span.energy) for span in track.timeline.sections]
    total = sum(length for length, _ in spans)
    return sum(length * energy for length, energy in spans) / total if total > 0 else USUAL_ENERGY
