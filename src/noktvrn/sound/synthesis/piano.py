"""The piano: hammers on stiff strings that decay twice.

Inharmonicity follows the two bridges of a grand (Rigaud, David and Daudet 2013: B = exp(-0.0847 m - 5.82) +
exp(0.0926 m - 13.64) for MIDI note m). The prompt sound falls by 4 dB a second in the bass, 9 at middle C and
90 in the top octave (Martin 1947), the aftersound at a third of that and 12 to 20 dB lower (Weinreich 1977).
The hammer meets the string at an eighth of its length and is a low-pass that opens with its speed (Hall and
Askenfelt 1988). Strings of a choir are tuned a third of a cent apart; the two sides hear different ones.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from noktvrn.sound.patch import PianoPatch
from noktvrn.sound.score import RATE
from noktvrn.sound.synthesis.envelopes import contour, decay, ramp
from noktvrn.sound.synthesis.frames import breath
from noktvrn.sound.synthesis.partials import Figures, Partials, gathered, heard, ring
from noktvrn.sound.synthesis.spectrum import Samples
from noktvrn.sound.synthesis.timbre import hertz

_KEYS = (21.0, 60.0, 84.0, 108.0)
_DB_A_SECOND = (4.0, 9.0, 28.0, 90.0)
_SOUNDBOARD = ((58.0, 0.16), (96.0, 0.13), (142.0, 0.1), (205.0, 0.08), (290.0, 0.06))
"""Modes (Hz, s) of the board that a key's knock sets going."""


def inharmonicity(pitch: float) -> float:
    """B of a grand at a MIDI pitch (Rigaud et al. 2013)."""
    return float(np.exp(-0.0847 * pitch - 5.82) + np.exp(0.0926 * pitch - 13.64))


def prompt_fall(pitch: float) -> float:
    """Seconds the prompt sound of a key takes to fall by 60 dB (after Martin 1947)."""
    return 60.0 / float(np.exp(np.interp(pitch, _KEYS, np.log(_DB_A_SECOND))))


def play(patch: PianoPatch, pitch: int, seconds: float, velocity: float, seed: int) -> Samples:
    """A note (2, n): hammer, strings, damper."""
    shape = contour(seconds, patch.envelope.model_copy(update={"sustain": 1.0}))
    luck = np.random.Generator(np.random.PCG64(seed))
    tilt = 0.22 * (pitch - 62) / 40.0
    sides = [
        (1.0 - tilt) * ring(_strings(patch, pitch, -0.5 * patch.choir_cents, velocity, luck), shape.size),
        (1.0 + tilt) * ring(_strings(patch, pitch, 0.5 * patch.choir_cents, velocity, luck), shape.size),
    ]
    sound = np.stack(sides).astype(np.float32, copy=False)
    near = 0.28 * sound[0]
    sound[0] = 0.72 * sound[0] + 0.28 * sound[1]
    sound[1] = 0.72 * sound[1] + near
    if patch.haze:
        _add_haze(patch, sound, pitch, luck)
    _add_hammer(patch, sound, velocity, seed)
    sound *= shape
    _add_damper(patch, sound, seconds, seed)
    return sound


def _strings(
    patch: PianoPatch, pitch: int, cents: float, velocity: float, luck: np.random.Generator
) -> Partials:
    base = hertz(pitch) * 2.0 ** (cents / 1200.0)
    stiff = inharmonicity(pitch) * patch.stiffness
    n: Figures = np.arange(1, max(1, min(48, int(11_000.0 / base))) + 1, dtype=np.float64)
    frequencies = base * n * np.sqrt((1.0 + stiff * n**2) / (1.0 + stiff))
    gains = _hammered(patch, pitch, n, frequencies, velocity)
    falls = patch.ring * prompt_fall(pitch) / (1.0 + patch.damping * 0.28 * (frequencies / 1000.0) ** 1.2)
    falls = falls * np.exp(luck.normal(0.0, 0.12, n.size))
    phases = np.where(n % 2 == 0, 0.3, -0.2)
    prompt = Partials(frequencies, gains, falls, phases)
    few = min(9, n.size)
    after = Partials(
        frequencies[:few] + luck.uniform(-0.25, 0.25, few),
        0.16 * gains[:few],
        3.0 * falls[:few],
        phases[:few] + 1.1,
    )
    return heard(gathered(prompt, after))


def _hammered(patch: PianoPatch, pitch: int, n: Figures, frequencies: Figures, velocity: float) -> Figures:
    """Amplitudes under a hammer: a comb of the striking point, a low-pass of the felt, the board's floor."""
    comb = 0.12 + np.abs(np.sin(np.pi * n * patch.position))
    register = 2.0 ** (0.38 * (pitch - 60) / 12.0)
    felt = 420.0 * 2.0 ** (4.2 * patch.brightness + 4.2 * patch.velocity_tone * (velocity - 0.85)) * register
    board = 1.0 / (1.0 + (70.0 / frequencies) ** 2)
    gains = comb / n**0.75 / (1.0 + (frequencies / felt) ** 2) ** 0.75 * board
    return np.asarray(gains * np.exp(-frequencies / (7.0 * felt)))


def _add_haze(patch: PianoPatch, sound: Samples, pitch: int, luck: np.random.Generator) -> None:
    """Other strings that ring along, most of all octaves and twelfths of the key: soft, late and wide."""
    steps = np.array([-12, 12, 19, 24, 28, 31, 7, -5, 36, 16], dtype=np.float64)
    tones = hertz(pitch) * 2.0 ** ((steps + luck.normal(0.0, 0.03, steps.size)) / 12.0)
    gains = luck.uniform(0.3, 1.0, steps.size) / (1.0 + (tones / 900.0) ** 2)
    falls = np.full(steps.size, 1.5 * patch.ring)
    count = sound.shape[1]
    late = 1.0 - np.exp(np.arange(count, dtype=np.float32) * np.float32(-1.0 / (0.09 * RATE)))
    for side in range(2):
        cloud = Partials(tones, gains, falls, luck.uniform(0.0, 6.28, steps.size))
        sound[side] += np.float32(0.11 * patch.haze) * late * ring(heard(cloud), count)


def _add_hammer(patch: PianoPatch, sound: Samples, velocity: float, seed: int) -> None:
    """The knock of key and hammer through the board, and the felt's brush."""
    count = min(sound.shape[1], round(0.2 * RATE))
    modes = np.array(_SOUNDBOARD)
    board = Partials(modes[:, 0], np.full(len(modes), 0.2), modes[:, 1], np.full(len(modes), 1.3))
    knock = ring(board, count)
    knock += np.float32(0.3) * breath(250.0, 2600.0, count, seed) * decay(count, 0.07)
    knock[: min(64, count)] *= ramp(min(64, count))
    sound[:, :count] += np.float32(0.34 * patch.knock * (0.35 + 0.65 * velocity)) * knock


def _add_damper(patch: PianoPatch, sound: Samples, seconds: float, seed: int) -> None:
    """Felt falling back on the strings."""
    first = min(sound.shape[1], round(seconds * RATE))
    count = min(sound.shape[1] - first, round(0.09 * RATE))
    if not patch.damper or count < 512:
        return
    thud: NDArray[np.float32] = breath(120.0, 900.0, count, seed // 5) * decay(count, 0.12)
    thud[:256] *= ramp(256)
    sound[:, first : first + count] += np.float32(0.02 * patch.damper) * thud
