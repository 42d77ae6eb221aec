"""The pitch of a voice: notes joined by glides, vibrato that waits, and the small unsteadiness of muscles.

Ranges of vibrato and glides: Sundberg, The science of the singing voice (1987); jitter after Klatt & Klatt,
JASA 87 (1990).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from noktvrn.sound.voice.character import Voice
from noktvrn.sound.voice.phrase import Tone

Floats = NDArray[np.float64]

_DRIFT_CENTS, _JITTER_CENTS = 3.5, 5.0
_RAMP_S = 0.3
_FALL_CENTS = 35.0


def pitch_curve(tones: Sequence[Tone], times: Floats, voice: Voice, rng: np.random.Generator) -> Floats:
    """MIDI pitch at `times` (seconds, evenly spaced) of notes sung in one breath."""
    curve = _glides(tones, times, voice.glide_s)
    curve += _vibrato(tones, times, voice, rng)
    curve -= voice.scoop_cents / 100.0 * np.exp(-np.maximum(times - tones[0].start_s, 0.0) / 0.035)
    fall = np.clip((times - tones[-1].end_s + 0.02) / 0.1, 0.0, 1.0)
    step = float(times[1] - times[0]) if times.size > 1 else 1.0
    shaky = _DRIFT_CENTS * wander(times.size, step, 3.0, rng) + _JITTER_CENTS * wander(
        times.size, step, 80.0, rng
    )
    return np.asarray(curve - _FALL_CENTS / 100.0 * fall + shaky / 100.0)


def _glides(tones: Sequence[Tone], times: Floats, glide_s: float) -> Floats:
    curve = np.full(times.size, tones[0].pitch, np.float64)
    for before, after in pairwise(tones):
        shortest = min(before.end_s - before.start_s, after.end_s - after.start_s)
        width = min(glide_s, 0.5 * shortest)
        place = np.clip((times - after.start_s + 0.45 * width) / max(width, 1e-3), 0.0, 1.0)
        curve += (after.pitch - before.pitch) * (0.5 - 0.5 * np.cos(np.pi * place))
    return curve


def _vibrato(tones: Sequence[Tone], times: Floats, voice: Voice, rng: np.random.Generator) -> Floats:
    step = float(times[1] - times[0]) if times.size > 1 else 1.0
    rate = voice.vibrato_hz * (1.0 + 0.04 * wander(times.size, step, 1.5, rng))
    swing = np.sin(2.0 * np.pi * np.cumsum(rate) * step)
    return np.asarray(voice.vibrato_cents / 100.0 * vibrato_depth(tones, times, voice) * swing)


def vibrato_depth(tones: Sequence[Tone], times: Floats, voice: Voice) -> Floats:
    """The share of its vibrato (0..1) a voice uses: none at first, then more; none on short notes."""
    depth = np.zeros(times.size)
    for tone in tones:
        length = tone.end_s - tone.start_s
        begins = tone.start_s + voice.vibrato_after_s
        if length < voice.vibrato_after_s + 0.2:
            continue
        rising = np.clip((times - begins) / _RAMP_S, 0.0, 1.0)
        leaving = np.clip((tone.end_s - times) / 0.08, 0.0, 1.0)
        depth = np.maximum(depth, rising * leaving)
    return depth


def wander(count: int, step_s: float, hertz: float, rng: np.random.Generator) -> Floats:
    """Smooth noise of about unit deviation that turns `hertz` times a second at the most."""
    knots = max(2, int(count * step_s * 2.0 * hertz) + 2)
    if knots >= count:
        return rng.standard_normal(count)
    return np.asarray(
        np.interp(np.linspace(0.0, knots - 1.0, count), np.arange(knots), rng.standard_normal(knots)) * 1.22
    )
