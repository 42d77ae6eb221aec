"""Frequency modulation: electric pianos, bells, glassy basses (two operators and a tine, after Chowning
1973)."""

from __future__ import annotations

import numpy as np

from noktvrn.sound.patch import FmPatch
from noktvrn.sound.score import RATE
from noktvrn.sound.synthesis.envelopes import contour, decay
from noktvrn.sound.synthesis.spectrum import Samples
from noktvrn.sound.synthesis.timbre import hertz


def play(patch: FmPatch, pitch: int, seconds: float, velocity: float) -> Samples:
    """A note: (1, n), or (2, n) when a stereo tremolo is on. The index falls with pitch so nothing folds
    back."""
    loudness = contour(seconds, patch.envelope)
    count = loudness.size
    base = hertz(pitch)
    turn = np.arange(count, dtype=np.float32) * np.float32(2.0 * np.pi * base / RATE)
    room = max(0.0, 0.42 * RATE / base - 1.0) / max(patch.ratio, 0.1)
    index = min(patch.index * (1.0 - patch.velocity_tone * (1.0 - velocity)), room)
    depth = np.float32(index) * decay(count, 3.0 * patch.index_decay)
    sound = np.sin(turn + depth * np.sin(turn * np.float32(patch.ratio)))
    if patch.tine and base * patch.tine_ratio < 0.42 * RATE:
        sound += (
            np.float32(patch.tine * velocity)
            * np.sin(turn * np.float32(patch.tine_ratio))
            * decay(count, 0.35)
        )
    sound *= loudness * np.float32(0.7)
    return _swaying(patch, sound) if patch.tremolo else sound[None, :]


def _swaying(patch: FmPatch, sound: Samples) -> Samples:
    """Auto-pan of constant power at `tremolo_hz`."""
    angle = np.arange(sound.shape[-1], dtype=np.float32) * np.float32(2.0 * np.pi * patch.tremolo_hz / RATE)
    sway = np.float32(0.45 * patch.tremolo) * np.sin(angle)
    return np.stack([sound * np.sqrt(1.0 + sway), sound * np.sqrt(1.0 - sway)])
