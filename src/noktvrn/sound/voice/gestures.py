"""What mouth and breath do between the vowels: soft consonants that articulate without being words.

Durations and loci after Klatt, JASA 67 (1980), and Stevens, Acoustic phonetics (1998), made shorter and
quieter than in speech.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

import numpy as np
from numpy.typing import NDArray

from noktvrn.sound.voice import vowels
from noktvrn.sound.voice.character import Voice
from noktvrn.sound.voice.phrase import Tone, Vocal

Floats = NDArray[np.float64]

LEAD_S, TRAIL_S = 0.16, 0.18
"""How long before its first and after its last note a breath group may sound."""


@dataclass(frozen=True, slots=True)
class Gesture:
    """A consonant: how long it takes, what it leaves of the voice, how shut the mouth is, where F1 and F2
    are drawn, and its noise (level, centre in Hz; 0 Hz is breath through the vowel)."""

    length_s: float
    voice: float
    closure: float
    f1: float
    f2: float
    noise: float = 0.0
    noise_hz: float = 0.0
    burst: bool = False


_NASAL, _LIQUID = (0.075, 0.5, 1.0), (0.065, 0.6, 0.15)
_LAX, _HARD, _BUZZ, _HISS = (0.06, 0.16, 1.0), (0.075, 0.0, 0.3), (0.065, 0.4, 0.3), (0.09, 0.0, 0.2)
GESTURES = {
    "M": Gesture(*_NASAL, 280, 950),
    "N": Gesture(*_NASAL, 280, 1650),
    "NG": Gesture(*_NASAL, 280, 2100),
    "L": Gesture(*_LIQUID, 350, 1100),
    "R": Gesture(*_LIQUID, 340, 1150),
    "W": Gesture(0.07, 0.65, 0.1, 300, 720),
    "Y": Gesture(0.06, 0.7, 0.0, 280, 2250),
    "B": Gesture(*_LAX, 250, 900, 0.10, 900, burst=True),
    "D": Gesture(*_LAX, 250, 1700, 0.12, 3400, burst=True),
    "G": Gesture(*_LAX, 250, 2000, 0.12, 1900, burst=True),
    "P": Gesture(*_HARD, 300, 900, 0.20, 900, burst=True),
    "T": Gesture(*_HARD, 300, 1750, 0.26, 4200, burst=True),
    "K": Gesture(*_HARD, 300, 2000, 0.24, 2000, burst=True),
    "CH": Gesture(0.095, 0.0, 0.3, 300, 1800, 0.24, 3200, burst=True),
    "JH": Gesture(0.075, 0.2, 0.6, 300, 1800, 0.16, 3000, burst=True),
    "V": Gesture(*_BUZZ, 320, 1050, 0.05, 2600),
    "DH": Gesture(*_BUZZ, 320, 1350, 0.05, 3600),
    "Z": Gesture(*_BUZZ, 320, 1700, 0.11, 5600),
    "ZH": Gesture(*_BUZZ, 320, 1900, 0.12, 3000),
    "F": Gesture(*_HISS, 350, 1050, 0.09, 3800),
    "TH": Gesture(*_HISS, 350, 1400, 0.08, 5000),
    "S": Gesture(*_HISS, 350, 1700, 0.20, 6400),
    "SH": Gesture(*_HISS, 350, 1900, 0.22, 3100),
    "HH": Gesture(0.07, 0.08, 0.0, 0, 0, 0.30),
}
"""By ARPAbet sign."""


@dataclass(frozen=True, slots=True)
class Course:
    """What a voice does over a breath group, as values at times: F1..F5 (log Hz), how much voice, how shut
    the mouth, breath and frication, and the centre of frication in Hz."""

    formants: tuple[Floats, Floats]
    voice: tuple[Floats, Floats]
    closure: tuple[Floats, Floats]
    hiss: tuple[tuple[float, float, float, float], ...]
    """Noises: start, length, level, centre in Hz."""


class _Points:
    """Values at times, each kept behind the one before it."""

    def __init__(self) -> None:
        self._times: list[float] = []
        self._values: list[Floats] = []

    def add(self, time: float, value: Floats | float) -> None:
        later = max(time, self._times[-1] + 1e-4) if self._times else time
        self._times.append(later)
        self._values.append(np.atleast_1d(np.asarray(value, np.float64)))

    def course(self) -> tuple[Floats, Floats]:
        return np.array(self._times), np.array(self._values)


def course(group: Sequence[Vocal], voice: Voice) -> Course:
    """Where the mouth of `voice` goes in one breath group."""
    paths = _Paths(voice)
    for syllable, after in zip_longest(group, group[1:]):
        paths.sing(syllable, after)
    return paths.course()


def _room(syllable: Vocal) -> float:
    """How much time there is for a full gesture: 1 from a quarter of a second on."""
    return min(1.0, (syllable.end_s - syllable.start_s) / 0.25)


def _lead(syllable: Vocal) -> float:
    """Seconds before its note at which a syllable's consonants begin."""
    return sum(GESTURES[sign].length_s for sign in syllable.onset[-2:]) * max(0.55, _room(syllable)) + 0.01


class _Paths:
    def __init__(self, voice: Voice) -> None:
        self._voice = voice
        self._mouth, self._level, self._closure = _Points(), _Points(), _Points()
        self._hiss: list[tuple[float, float, float, float]] = []

    def course(self) -> Course:
        return Course(self._mouth.course(), self._level.course(), self._closure.course(), tuple(self._hiss))

    def sing(self, syllable: Vocal, after: Vocal | None) -> None:
        held, closing = vowels.parts(syllable.vowel)
        shape = self._shape(held)
        start = syllable.start_s - _lead(syllable)
        for sign in syllable.onset[-2:]:
            start = self._consonant(sign, start, shape, _room(syllable))
        if not syllable.onset:
            self._level.add(syllable.start_s - 0.03, 0.72)
        rests = after is None or after.start_s - syllable.end_s > 0.02
        end = syllable.end_s if rests or after is None else syllable.end_s - _lead(after)
        self._vowel(shape, self._shape(closing), syllable, max(end, syllable.start_s + 0.03))
        if rests:
            self._release(syllable, shape, syllable.end_s)

    def _shape(self, vowel: str) -> Floats:
        """F1..F5 in log Hz of this voice, its upper formants drawn together as far as it rings."""
        hertz = vowels.formants(vowel, self._voice.tract) * np.array(self._voice.colour)
        ring = self._voice.ring * (1.0 - 0.6 * min(1.0, max(0.0, self._voice.tract)))
        hertz[3:] += ring * (np.array([3150.0, 3500.0]) - hertz[3:]) * 0.7
        hertz[2] += ring * 0.35 * (2750.0 - hertz[2])
        return np.asarray(
            np.log(np.maximum(hertz, np.array([0.0, 0.0, 0.0, hertz[2] + 250, hertz[2] + 500])))
        )

    def _consonant(self, sign: str, start: float, shape: Floats, room: float) -> float:
        """Adds a consonant; returns where it ends."""
        gesture = GESTURES[sign]
        length = gesture.length_s * max(0.55, room)
        end = start + length
        soft = self._voice.articulation
        locus = shape.copy()
        if gesture.f1:
            locus[:2] += soft * (np.log([gesture.f1, gesture.f2]) - shape[:2])
        level = 1.0 - soft * (1.0 - gesture.voice) if gesture.voice else 0.5 * (1.0 - soft)
        for at in (start + 0.3 * length, end):
            self._mouth.add(at, locus)
            self._closure.add(at, gesture.closure * soft)
        self._level.add(start, 0.9)
        self._level.add(start + 0.25 * length, level)
        self._level.add(end, level)
        if gesture.noise:
            at, lasts = (end - 0.012, 0.03) if gesture.burst else (start + 0.1 * length, length)
            self._hiss.append((at, lasts, gesture.noise * soft, gesture.noise_hz))
        return end

    def _vowel(self, shape: Floats, closing: Floats, syllable: Vocal, end: float) -> None:
        start, room = syllable.start_s, _room(syllable)
        settled = start + 0.05 * room
        self._mouth.add(settled, shape)
        self._level.add(start + 0.035 * room, 1.0)
        self._closure.add(start + 0.03 * room, 0.0)
        self._mouth.add(max(settled, end - max(0.1, 0.3 * (end - start))), shape)
        self._mouth.add(end - 0.02 * room, closing)
        self._level.add(max(start + 0.04, end - 0.02), 1.0)
        self._closure.add(end - 0.005, 0.0)

    def _release(self, syllable: Vocal, shape: Floats, end: float) -> None:
        for sign in syllable.coda[:1]:
            gesture = GESTURES[sign]
            if gesture.closure == 1.0 and not gesture.burst:
                self._closure.add(end - 0.06, 0.0)
                self._closure.add(end, gesture.closure * self._voice.articulation)
            if gesture.noise and gesture.noise_hz:
                level = 0.7 * gesture.noise * self._voice.articulation
                self._hiss.append((end - 0.01, 0.05, level, gesture.noise_hz))
        self._level.add(end - 0.05, 0.85)
        self._level.add(end + 0.06, 0.0)
        self._mouth.add(end + 0.06, shape)


def effort(tones: Sequence[Tone], times: Floats) -> Floats:
    """How hard is sung at `times` (0..1): the notes' velocities, smoothed; long notes swell."""
    at, force = [], []
    for tone in tones:
        length = tone.end_s - tone.start_s
        at += [tone.start_s + 0.02, tone.start_s + 0.45 * length, tone.end_s - 0.02]
        swell = 0.1 * min(1.0, max(0.0, (length - 0.4) / 0.8))
        force += [tone.velocity, tone.velocity + swell, tone.velocity - 0.05]
    return np.asarray(np.clip(np.interp(times, np.maximum.accumulate(at), force), 0.05, 1.0))
