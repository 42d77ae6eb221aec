"""Reading a program's speech: words between silences, voicing, pitch marks and where each sound lies.

Pitch by the normalised autocorrelation of a windowed frame (Boersma, IFA Proceedings 17, 1993); the sounds of
a word by the best monotone path of frames through its phones, the search known from speech recognisers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from noktvrn.sound.score import RATE

Floats = NDArray[np.float64]
Samples = NDArray[np.float32]
Places = NDArray[np.intp]

FRAME_S = 0.005
_WINDOW_S = 0.04
_VOICED = 0.45

VOWEL, SONORANT, VOICED, HISS, STOP = "vowel", "sonorant", "voiced", "hiss", "stop"
USUAL_S = {VOWEL: 0.14, SONORANT: 0.07, VOICED: 0.07, HISS: 0.1, STOP: 0.07}
_SIGNS = {
    **dict.fromkeys("aeiouyɑæɐɒɔəɛɜɪʊʌøœɤɨʉɯɵɘɞɶɚɝᵻ", VOWEL),
    **dict.fromkeys("mnŋɲɳɱlɫʎɭɹrɾʁʀjwɥɻ", SONORANT),
    **dict.fromkeys("bdɡgvðzʒɣʝβɖɟʑʐ", VOICED),
    **dict.fromkeys("fθsʃxçhɕʂχɦħɸ", HISS),
    **dict.fromkeys("ptkqʔcʈ", STOP),
}


def sounds_of(phones: Sequence[str]) -> tuple[str, ...]:
    """The class of each IPA phone, by the first of its letters that is known; signs alone count for none."""
    found = (next((_SIGNS[letter] for letter in phone if letter in _SIGNS), None) for phone in phones)
    return tuple(kind for kind in found if kind is not None)


def words_in(pcm: NDArray[np.int16], rate: int, gap_s: float) -> list[tuple[int, int]]:
    """Where speech lies between digital silences of at least `gap_s`: first and last sample + 1 of each."""
    loud = np.flatnonzero(np.abs(pcm.astype(np.int32)) > 2)
    if loud.size == 0:
        return []
    breaks = np.flatnonzero(np.diff(loud) > gap_s * rate)
    firsts = loud[np.concatenate(([0], breaks + 1))]
    lasts = loud[np.concatenate((breaks, [loud.size - 1]))]
    return [(int(first), int(last) + 1) for first, last in zip(firsts, lasts, strict=True)]


def resampled(pcm: NDArray[np.int16], rate: int) -> Samples:
    """A word at 44.1 kHz, full scale 1, with a little silence at both ends."""
    edge = rate // 100
    size = fft.next_fast_len(pcm.size + 2 * edge, real=True)
    padded = np.zeros(size)
    padded[edge : edge + pcm.size] = pcm / 32768.0
    target = round(size * RATE / rate)
    spectrum = fft.rfft(padded)
    wide = np.zeros(target // 2 + 1, np.complex128)
    kept = min(wide.size, spectrum.size)
    wide[:kept] = spectrum[:kept]
    return np.asarray(fft.irfft(wide, target) * (target / size), np.float32)


@dataclass(frozen=True, slots=True)
class Spoken:
    """A word: its samples at 44.1 kHz, pitch marks (samples, fractional) with the period at each, and its
    sounds as (class, first second, last second)."""

    samples: Samples
    marks: Floats
    periods: Floats
    sounds: tuple[tuple[str, float, float], ...]

    @property
    def vowels(self) -> tuple[int, ...]:
        """Which of the sounds are vowels."""
        return tuple(at for at, (kind, _, _) in enumerate(self.sounds) if kind == VOWEL)


def spoken(samples: Samples, kinds: Sequence[str], low_hz: float, high_hz: float) -> Spoken:
    """A word read: `kinds` are its sounds in order, the pitch is looked for between the two limits."""
    frames = _frames(samples)
    hertz, voicing = pitch_of(frames, low_hz, high_hz)
    energy = 10.0 * np.log10((frames**2).mean(axis=1) + 1e-10)
    energy -= energy.max()
    voiced = (voicing > _VOICED) & (energy > -36.0)
    base = float(np.median(hertz[voiced])) if voiced.any() else 0.5 * (low_hz + high_hz)
    marks, periods = _marks(samples, np.where(voiced, hertz, 0.0), base)
    kinds = kinds if VOWEL in kinds else [*kinds, VOWEL]
    spans = _spans(kinds, np.where(voiced, voicing, 0.3 * voicing), energy, _brightness(frames))
    return Spoken(samples, marks, periods, spans)


def _frames(samples: Samples) -> Floats:
    """Overlapping frames (n, window), each centred on a multiple of 5 ms."""
    size, hop = int(_WINDOW_S * RATE), round(FRAME_S * RATE)
    padded = np.pad(samples, (size // 2, size))
    views = np.lib.stride_tricks.sliding_window_view(padded, size)[: samples.size : hop]
    return np.asarray(views, np.float64)


def pitch_of(frames: Floats, low_hz: float, high_hz: float) -> tuple[Floats, Floats]:
    """Hz and strength (0..1) of the pitch of each frame (n, window)."""
    size = frames.shape[1]
    window = np.hanning(size)
    length = fft.next_fast_len(2 * size, real=True)
    own = fft.irfft(np.abs(fft.rfft(window, length)) ** 2, length)[:size]
    power = np.abs(fft.rfft((frames - frames.mean(axis=1, keepdims=True)) * window, length, axis=1)) ** 2
    lags = fft.irfft(power, length, axis=1)[:, :size]
    first, last = int(RATE / high_hz), min(int(RATE / low_hz) + 1, size - 2)
    curve = lags[:, : last + 2] / (lags[:, :1] + 1e-9) / (own[: last + 2] / own[0])
    # The shortest of nearly equal lags: a multiple of the period fits as well as the period.
    sought = curve[:, first : last + 1] - 0.02 * np.log2(np.arange(first, last + 1) / first)
    best = first + sought.argmax(axis=1)
    rows = np.arange(frames.shape[0])
    left, middle, right = curve[rows, best - 1], curve[rows, best], curve[rows, best + 1]
    bend = left - 2.0 * middle + right
    shift = np.where(np.abs(bend) > 1e-12, 0.5 * (left - right) / np.where(bend == 0, 1.0, bend), 0.0)
    return np.asarray(RATE / (best + np.clip(shift, -0.5, 0.5))), np.clip(middle, 0.0, 1.0)


def _brightness(frames: Floats) -> Floats:
    """The share of energy above about 5 kHz: first differences against the samples themselves."""
    steps = (np.diff(frames, axis=1) ** 2).mean(axis=1)
    return np.asarray(np.clip(steps / ((frames**2).mean(axis=1) + 1e-10), 0.0, 1.0))


def _marks(samples: Samples, hertz: Floats, base: float) -> tuple[Floats, Floats]:
    """A mark a period where there is voice: the crests of the fundamental, moved to where the pulses are."""
    spectrum = fft.rfft(samples)
    place = np.arange(spectrum.size) * RATE / samples.size
    wave = fft.irfft(spectrum * np.exp(-0.5 * ((place - base) / (0.3 * base)) ** 2), samples.size)
    crests = np.flatnonzero((wave[1:-1] > wave[:-2]) & (wave[1:-1] >= wave[2:])) + 1
    at = np.minimum((crests / RATE / FRAME_S).astype(np.intp), hertz.size - 1)
    crests = crests[hertz[at] > 0]
    if crests.size < 2:
        return np.zeros(0), np.zeros(0)
    left, middle, right = wave[crests - 1], wave[crests], wave[crests + 1]
    bend = left - 2.0 * middle + right
    exact = crests + np.where(bend < 0, 0.5 * (left - right) / np.where(bend < 0, bend, -1.0), 0.0)
    held = np.where(hertz > 0, hertz, base)
    periods = RATE / np.interp(exact / RATE / FRAME_S, np.arange(hertz.size), held)
    return np.asarray(exact + _pulse(samples, crests, RATE / base)), np.asarray(periods)


def _pulse(samples: Samples, crests: Places, period: float) -> float:
    """How far behind the crests of the fundamental the strongest samples lie, on the average of a word."""
    reach = np.arange(round(period)) - round(period / 2)
    inside = crests[(crests > period) & (crests < samples.size - period)]
    if inside.size == 0:
        return 0.0
    return float(reach[np.abs(samples[inside[:, None] + reach]).mean(axis=0).argmax()])


def _spans(
    kinds: Sequence[str], voicing: Floats, energy: Floats, bright: Floats
) -> tuple[tuple[str, float, float], ...]:
    """Where each sound lies, in seconds: the monotone path of best fit, every sound at least two frames."""
    heard = np.flatnonzero(energy > -45.0)
    first, last = (int(heard[0]), int(heard[-1]) + 1) if heard.size else (0, energy.size)
    count = len(kinds)
    if last - first < 2 * count:
        edges = np.linspace(first, last, count + 1)
    else:
        fit = _fit(kinds, voicing[first:last], energy[first:last], bright[first:last])
        edges = first + _path(fit)
    return tuple(
        (kind, float(edges[at] * FRAME_S), float(edges[at + 1] * FRAME_S)) for at, kind in enumerate(kinds)
    )


def _fit(kinds: Sequence[str], voicing: Floats, energy: Floats, bright: Floats) -> Floats:
    """How well each frame fits each sound (sounds, frames), and how near it is to where one expects it."""
    loud = np.clip(1.0 + energy / 26.0, 0.0, 1.0)
    by_kind = {
        VOWEL: 1.0 * voicing + 1.4 * loud - bright,
        SONORANT: 1.0 * voicing + 0.9 * (1.0 - np.abs(loud - 0.5)) - bright,
        VOICED: 0.5 * voicing + 0.9 * (1.0 - loud) + 0.5 * bright,
        HISS: 1.1 * (1.0 - voicing) + 0.9 * bright,
        STOP: 1.1 * (1.0 - voicing) + 0.8 * (1.0 - loud),
    }
    usual = np.array([USUAL_S[kind] for kind in kinds])
    edges = np.concatenate(([0.0], np.cumsum(usual))) / usual.sum()
    centres = 0.5 * (edges[1:] + edges[:-1])
    away = np.abs(np.linspace(0.0, 1.0, energy.size) - centres[:, None])
    return np.asarray(np.stack([by_kind[kind] for kind in kinds]) - 1.2 * away)


def _path(fit: Floats) -> Floats:
    """The frame at which each sound begins, and the end: dynamic programming over cumulated fit."""
    count, frames = fit.shape
    sums = np.concatenate((np.zeros((count, 1)), np.cumsum(fit, axis=1)), axis=1)
    best = sums[0].copy()
    best[:2] = -np.inf
    came: list[Places] = []
    for sound in range(1, count):
        # best[t]: sounds before this one end at t. It may begin anywhere two frames earlier than it ends.
        gain = best - sums[sound]
        start = np.maximum.accumulate(gain)
        place = np.maximum.accumulate(np.where(gain >= start, np.arange(frames + 1), 0))
        ended = np.full(frames + 1, -np.inf)
        ended[2:] = start[:-2] + sums[sound][2:]
        came.append(np.concatenate(([0, 0], place[:-2])))
        best = ended
    edges = [frames]
    for places in reversed(came):
        edges.append(int(places[edges[-1]]))
    return np.array([0, *edges[::-1]], np.float64)
