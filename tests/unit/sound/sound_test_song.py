"""A small song for the meters: known tempo, key and form, drums, bass, chords, melody. Numpy only."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

RATE = 44100
Samples = NDArray[np.float32]

_MINOR = ((0, 3), (8, 4), (3, 4), (10, 4))
_MAJOR = ((0, 4), (7, 4), (9, 3), (5, 4))
_SCALES = {True: (0, 2, 3, 5, 7, 8, 10), False: (0, 2, 4, 5, 7, 9, 11)}


def song(
    seed: int = 0, *, bpm: float = 118.0, tonic: int = 9, minor: bool = True, seconds: float = 20.0
) -> Samples:
    """(2, n) at 44.1 kHz: every second run of eight bars is louder; the last two bars rest on the tonic."""
    player = _Player(seed, bpm, seconds)
    progression = _MINOR if minor else _MAJOR
    bars = int(seconds / (4 * player.beat))
    for bar in range(bars):
        root, third = progression[bar % 4] if bar < bars - 2 else progression[0]
        lift = 1.0 if bar // 8 % 2 else 0.6
        player.bar(bar, tonic + root, third, [tonic + step for step in _SCALES[minor]], lift)
    return player.out


class _Player:
    def __init__(self, seed: int, bpm: float, seconds: float) -> None:
        self.rng = np.random.Generator(np.random.PCG64(seed))
        self.beat = 60.0 / bpm
        self.out: Samples = np.zeros((2, round(seconds * RATE)), np.float32)
        time = np.arange(round(0.3 * RATE)) / RATE
        self.kick = np.sin(2 * np.pi * (50 * time + 8 * (1 - np.exp(-30 * time)))) * np.exp(-9 * time)
        noise = self.rng.standard_normal(time.size)
        self.snare, self.hat = noise * np.exp(-22 * time), noise * np.exp(-70 * time)

    def bar(self, number: int, root: int, third: int, scale: list[int], lift: float) -> None:
        at = number * 4 * self.beat
        for step in (0, third, 7):
            self._add(
                at, self._tone(48 + root + step, 4 * self.beat), 0.07 * lift, self.rng.uniform(-0.6, 0.6)
            )
        for eighth in range(8):
            self._add(at + eighth * self.beat / 2, self._tone(36 + root % 12, self.beat / 2), 0.16 * lift)
        for sixteenth in np.flatnonzero(self.rng.random(16) < 0.35):
            tone = self._tone(60 + int(self.rng.choice(scale)), self.beat * 0.6)
            self._add(at + sixteenth * self.beat / 4, tone, 0.09 * lift, self.rng.uniform(-0.5, 0.5))
        for beat in range(4):
            self._add(at + beat * self.beat, self.kick, 0.5)
            self._add(at + (beat + 0.5) * self.beat + self.rng.normal() * 0.004, self.hat, 0.08, 0.3)
            if beat % 2:
                self._add(at + beat * self.beat, self.snare, 0.15 * lift)

    @staticmethod
    @lru_cache(maxsize=512)
    def _tone(pitch: int, seconds: float) -> NDArray[np.float64]:
        time = np.arange(round(seconds * RATE)) / RATE
        hertz = 440.0 * 2 ** ((pitch - 69) / 12)
        wave = sum(np.sin(2 * np.pi * hertz * k * time) / k**1.3 for k in range(1, 7))
        return np.asarray(
            wave * np.minimum(1, time * 200) * np.exp(-1.5 * time) * np.minimum(1, (seconds - time) * 100)
        )

    def _add(self, at: float, wave: NDArray[np.float64], gain: float, pan: float = 0.0) -> None:
        start = max(0, round(at * RATE))
        wave = wave[: max(0, self.out.shape[1] - start)]
        self.out[0, start : start + wave.size] += (gain * (1 - pan) * wave).astype(np.float32)
        self.out[1, start : start + wave.size] += (gain * (1 + pan) * wave).astype(np.float32)
