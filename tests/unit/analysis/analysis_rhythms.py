"""Small bands in many meters, for the analysis: known tempo, beats, bars, key and form. Numpy only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RATE = 22_050
Samples = NDArray[np.float32]


@dataclass(frozen=True)
class Groove:
    """A bar of strokes: `x` on the steps of a bar, `per_beat` of them a felt beat, and its signature."""

    signature: tuple[int, int]
    per_beat: int
    kick: str
    snare: str
    hat: str

    @property
    def beats(self) -> float:
        """Felt beats in a bar."""
        return len(self.kick) / self.per_beat


GROOVES = {
    "backbeat": Groove((4, 4), 4, "x.......x.x.....", "....x.......x...", "x.x.x.x.x.x.x.x."),
    "four": Groove((4, 4), 4, "x...x...x...x...", "....x.......x...", "..x...x...x...x."),
    "two_step": Groove((4, 4), 4, "x.........x.....", "....x.......x...", "x.x.x.x.x.x.x.x."),
    "shuffle": Groove((4, 4), 3, "x.....x.....", "...x.....x..", "x.xx.xx.xx.x"),
    "waltz": Groove((3, 4), 4, "x...........", "....x...x...", "x...x...x..."),
    "jig": Groove((6, 8), 6, "x...........", "......x.....", "x.x.x.x.x.x."),
    "five": Groove((5, 4), 4, "x.....x.....x.......", "....x...........x...", "x.x.x.x.x.x.x.x.x.x."),
    "seven": Groove((7, 8), 4, "x.......x.....", "....x.......x.", "x.x.x.x.x.x.x."),
}
"""By name: the ways a bar is counted that the analysis has to tell apart."""

_MINOR, _MAJOR = ((0, 3), (8, 4), (3, 4), (10, 4)), ((0, 4), (7, 4), (9, 3), (5, 4))
_SCALES = {True: (0, 2, 3, 5, 7, 8, 10), False: (0, 2, 4, 5, 7, 9, 11)}


def band(
    groove: Groove,
    bpm: float,
    *,
    seed: int = 0,
    tonic: int = 9,
    minor: bool = True,
    seconds: float = 30.0,
    lead_s: float = 0.3,
    cents: float = 0.0,
    drift: float = 0.0,
    lift_from: float = 0.0,
) -> tuple[Samples, NDArray[np.float64]]:
    """(2, n) at 22.05 kHz and the seconds at which bars begin.

    `drift` lets the tempo swing that share up and down over the song; until the share `lift_from` of the song
    snare and hat are hardly played. The last two bars rest on the tonic.
    """
    player = _Player(np.random.Generator(np.random.PCG64(seed)), round(seconds * RATE), cents)
    step_s = 60.0 / bpm / groove.per_beat
    bar_s = step_s * len(groove.kick)
    bars = int((seconds - lead_s - 1.0) / bar_s)
    progression = _MINOR if minor else _MAJOR
    starts = []
    for bar in range(bars):
        root, third = progression[bar % 4] if bar < bars - 2 else progression[0]
        loud = 1.0 if bar >= lift_from * bars else 0.15
        at = [
            _warped(bar * bar_s + step * step_s, drift, seconds) + lead_s for step in range(len(groove.kick))
        ]
        starts.append(at[0])
        for note in (0, third, 7):
            player.tone(at[0], 48 + (tonic + root) % 12 + note, bar_s * 0.97, 0.07 * loud**0.3)
        for step, when in enumerate(at):
            player.strokes(groove, step, when, loud)
            if groove.kick[step] == "x" or (step % groove.per_beat == 0 and player.rng.random() < 0.3):
                player.tone(when, 36 + (tonic + root) % 12, 2 * step_s, 0.18)
            if player.rng.random() < (0.45 if step % groove.per_beat == 0 else 0.15):
                pitch = 60 + tonic % 12 + int(player.rng.choice(_SCALES[minor]))
                player.tone(when, pitch, 2 * step_s, 0.08)
    return player.out, np.array(starts)


def _warped(seconds: float, drift: float, whole: float) -> float:
    turn = 2 * np.pi * 2 / whole
    return float(seconds + drift / turn * (1 - np.cos(turn * seconds)))


class _Player:
    def __init__(self, rng: np.random.Generator, size: int, cents: float) -> None:
        self.rng, self.cents = rng, cents
        self.out: Samples = np.zeros((2, size), np.float32)
        time = np.arange(round(0.3 * RATE)) / RATE
        noise = rng.standard_normal(time.size)
        self.kick = np.sin(2 * np.pi * (50 * time + 8 * (1 - np.exp(-30 * time)))) * np.exp(-9 * time)
        self.snare = noise * np.exp(-18 * time)
        self.hat = np.diff(noise, prepend=0) * np.exp(-70 * time)

    def strokes(self, groove: Groove, step: int, at: float, loud: float) -> None:
        at += float(self.rng.normal()) * 0.003
        accent = 1.0 if step % groove.per_beat == 0 else 0.8
        for pattern, wave, gain in (
            (groove.kick, self.kick, 0.5),
            (groove.snare, self.snare, 0.16 * loud),
            (groove.hat, self.hat, 0.06 * loud),
        ):
            if pattern[step] == "x":
                self._add(at, wave, gain * accent)

    def tone(self, at: float, pitch: int, seconds: float, gain: float) -> None:
        time = np.arange(max(1, round(seconds * RATE))) / RATE
        hertz = 440.0 * 2 ** ((pitch + self.cents / 100 - 69) / 12)
        wave = sum(np.sin(2 * np.pi * hertz * k * time) / k**1.3 for k in range(1, 7))
        shape = np.minimum(1, time * 200) * np.exp(-1.5 * time) * np.minimum(1, (seconds - time) * 100)
        self._add(at, np.asarray(wave * shape), gain)

    def _add(self, at: float, wave: NDArray[np.float64], gain: float) -> None:
        start = max(0, round(at * RATE))
        wave = wave[: max(0, self.out.shape[1] - start)]
        self.out[:, start : start + wave.size] += (gain * wave).astype(np.float32)
