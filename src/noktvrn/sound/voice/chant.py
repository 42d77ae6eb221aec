"""Spoken words on notes: vowels are held, consonants keep their length, vowels begin where notes begin."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, zip_longest

import numpy as np
from numpy.typing import NDArray

from noktvrn.kernel.seeds import derive_seed
from noktvrn.sound.score import RATE
from noktvrn.sound.voice import psola
from noktvrn.sound.voice.character import Voice
from noktvrn.sound.voice.gestures import effort
from noktvrn.sound.voice.intonation import pitch_curve
from noktvrn.sound.voice.phrase import BREATH_S, LEGATO_S, Tone, with_breath
from noktvrn.sound.voice.speech import Spoken

Floats = NDArray[np.float64]
Samples = NDArray[np.float32]

LEVEL_RMS = 0.11
_STEP_S = 0.004
_SHORTEST_S = 0.03


@dataclass(frozen=True, slots=True)
class SungWord:
    """A spoken word and the notes of each of its syllables. After one that ends a line a breath is taken."""

    word: Spoken
    syllables: tuple[tuple[Tone, ...], ...]
    ends_line: bool = False

    @property
    def start_s(self) -> float:
        """Where its first vowel begins."""
        return self.syllables[0][0].start_s

    @property
    def end_s(self) -> float:
        """Where its last note ends."""
        return self.syllables[-1][-1].end_s


def sing(words: Iterable[SungWord], voice: Voice, samples: int, seed: int) -> Samples:
    """All words as `samples` mono samples, dry. The same arguments give the same bytes."""
    stem = np.zeros(samples, np.float32)
    for number, group in enumerate(_groups(sorted(words, key=lambda word: word.start_s))):
        pitch = _pitch(group, voice, derive_seed(seed, "breath group", number))
        free_from = 0.0
        for place, word in enumerate(group):
            after = group[place + 1] if place + 1 < len(group) else None
            legs = course(word, free_from, after)
            sound = psola.sung(word.word, legs, pitch, derive_seed(seed, "grains", number, place))
            _add(stem, round(legs[0][0] * RATE), _levelled(sound, word, float(legs[0][0])))
            free_from = float(legs[0][-1]) - 0.02
    return stem


def _groups(words: Sequence[SungWord]) -> list[tuple[SungWord, ...]]:
    groups: list[list[SungWord]] = []
    breathed = True
    for word, after in zip_longest(words, words[1:]):
        if breathed or word.start_s - groups[-1][-1].end_s > BREATH_S:
            groups.append([])
        breathed = word.ends_line
        ended = _breathing(word, after.start_s) if breathed and after is not None else word
        groups[-1].append(ended)
    return [tuple(group) for group in groups]


def _breathing(word: SungWord, next_s: float) -> SungWord:
    return replace(word, syllables=(*word.syllables[:-1], with_breath(word.syllables[-1], next_s)))


def _pitch(group: Sequence[SungWord], voice: Voice, seed: int) -> tuple[Floats, Floats]:
    tones = [tone for word in group for syllable in word.syllables for tone in syllable]
    times = np.arange(tones[0].start_s - 0.4, tones[-1].end_s + 0.6, _STEP_S)
    rng = np.random.Generator(np.random.PCG64(seed))
    return times, pitch_curve(tones, times, voice, rng)


def course(word: SungWord, free_from: float, after: SungWord | None) -> tuple[Floats, Floats]:
    """Moments of the song and the seconds of the word heard then.

    `free_from` is when the word before has ended; `after` is the word that follows in the same breath.
    """
    speech = word.word
    spans = _sung_spans(speech, len(word.syllables))
    opening = speech.sounds[0][1]
    begin = max(word.start_s - (spans[0][0] - opening), min(free_from, word.start_s - 0.01))
    moments, places = [begin], [opening]
    for number, span in enumerate(spans):
        start, ends = word.syllables[number][0].start_s, _next_start(word, number, after)
        last = number == len(spans) - 1
        closing = speech.sounds[-1][2] if last else spans[number + 1][0]
        _hold(moments, places, span, start, ends, closing, last=last)
    return np.array(moments), np.array(places)


def _next_start(word: SungWord, number: int, after: SungWord | None) -> float:
    """When the syllable has to be over: at the next one's vowel, or where its note ends."""
    end = word.syllables[number][-1].end_s
    if number + 1 < len(word.syllables):
        return word.syllables[number + 1][0].start_s
    if after is None or after.start_s - end > LEGATO_S:
        return end + 0.04
    sounds = after.word.sounds
    lead = sounds[after.word.vowels[0]][1] - sounds[0][1]
    return after.start_s - min(lead, 0.4 * max(0.05, after.start_s - word.syllables[number][0].start_s))


def _hold(
    moments: list[float],
    places: list[float],
    vowel: tuple[float, float],
    start: float,
    ends: float,
    closing: float,
    *,
    last: bool,
) -> None:
    """The vowel from `start` on, held by its middle, then the consonants up to `closing` until `ends`."""
    length = vowel[1] - vowel[0]
    tail = closing - vowel[1]
    room = max(ends - start, 2 * _SHORTEST_S)
    tail_s = min(tail, 0.55 * room) if tail > 0 else 0.0
    held = room - tail_s
    edge = min(0.3 * length, 0.3 * held)
    _step(moments, places, start, vowel[0])
    _step(moments, places, start + edge, vowel[0] + 0.3 * length)
    _step(moments, places, start + held - edge, vowel[0] + 0.7 * length)
    _step(moments, places, start + held, vowel[1])
    if last:
        _step(moments, places, start + room, closing)


def _step(moments: list[float], places: list[float], moment: float, place: float) -> None:
    moments.append(max(moment, moments[-1] + 1e-3))
    places.append(max(place, places[-1] + 1e-5))


def _sung_spans(speech: Spoken, count: int) -> list[tuple[float, float]]:
    """Which seconds carry the syllables: the longest vowels, in order; of too few, the last is divided."""
    vowels = sorted(speech.vowels, key=lambda at: speech.sounds[at][1] - speech.sounds[at][2])[:count]
    spans = [(speech.sounds[at][1], speech.sounds[at][2]) for at in sorted(vowels)]
    first, last = spans[-1]
    edges = np.linspace(first, last, count - len(spans) + 2)
    return spans[:-1] + [(float(one), float(two)) for one, two in pairwise(edges)]


def _levelled(sound: Samples, word: SungWord, start_s: float) -> Samples:
    """The word as loud as its notes ask, whatever loudness it was spoken with."""
    tones = [tone for syllable in word.syllables for tone in syllable]
    times = start_s + np.arange(0, sound.size, 256) / RATE
    loud = 10.0 ** (14.0 * (effort(tones, times) - 0.8) / 20.0)
    strong = np.sqrt(np.mean(np.sort(sound**2)[sound.size // 2 :])) if sound.size > 1 else 0.0
    gain = np.interp(np.arange(sound.size), np.arange(times.size) * 256.0, loud)
    return np.asarray(sound * gain * (LEVEL_RMS / max(float(strong), 1e-4)), np.float32)


def _add(stem: Samples, first: int, sound: Samples) -> None:
    fade = min(256, sound.size // 2)
    if fade:
        ramp = np.linspace(0.0, 1.0, fade, dtype=np.float32)
        sound[:fade] *= ramp
        sound[-fade:] *= ramp[::-1]
    low, high = max(0, first), min(stem.size, first + sound.size)
    if high > low:
        stem[low:high] += sound[low - first : high - first]
