"""What a listener would say of a song: tempo, key, how its energy runs and where in the spectrum it lies.

For songs composed here the score knows better; then this is the cross-check. Everything comes from two
short-time spectra: short windows for onsets, long ones for pitch classes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from noktvrn.kernel.errors import Invalid
from noktvrn.sound.analysis import loudness
from noktvrn.sound.analysis.loudness import Survey, power_decibels
from noktvrn.sound.product import product
from noktvrn.sound.theory import key_name

Samples = NDArray[np.float32]
Figures = NDArray[np.float64]

BANDS_HZ = (20.0, 60.0, 250.0, 500.0, 2000.0, 6000.0, 12000.0, 20000.0)
"""Edges of sub, bass, low mid, mid, presence, air and ultra."""

ONSET_RATE = 100
"""Frames of the onset curve per second."""

CHROMA_RATE = 8
"""Frames of the chroma per second."""

_ENERGY_SLICES = 128
_KEY = re.compile(r"([A-G])([#b])?\s*([a-z]*)")
_SCALE_OF_MODE = {
    **dict.fromkeys(("", "major", "ionian"), 0),
    **dict.fromkeys(("m", "minor", "aeolian"), 3),
    **dict(zip(("dorian", "phrygian", "lydian", "mixolydian"), (10, 8, 7, 5), strict=True)),
}
_SCALES_OF_MINOR = (3, 10, 8)
_SHIFT, _COPY = 44, 0.9995
_ONSET_WINDOW, _ONSET_BANDS = 0.0232, 24
_CHROMA_WINDOW = 0.3715
_CHROMA_HZ = (65.0, 1800.0)
_FRAMES_AT_ONCE = 256

_TEMPI = np.geomspace(50.0, 220.0, 1200)
_LAGS = ((0.5, 0.4), (1, 1.0), (2, 1.0), (3, 0.3), (4, 1.2), (6, 0.3), (8, 1.0), (16, 0.7))
_LAG_WEIGHT = sum(weight for _, weight in _LAGS)
_SLOWEST_BPM, _BPM_PER_STRIKE, _PREFERENCE_WEIGHT = 50.0, 0.8, 0.4

# How much each degree of a key is heard, from Temperley's reading of the Kostka-Payne corpus (1999).
_MAJOR = (0.748, 0.060, 0.488, 0.082, 0.670, 0.460, 0.096, 0.715, 0.104, 0.366, 0.057, 0.400)
_MINOR = (0.712, 0.084, 0.474, 0.618, 0.049, 0.460, 0.105, 0.747, 0.404, 0.067, 0.133, 0.330)
_CADENCE_WEIGHT, _CADENCE_S = 3.5, 4.0


@dataclass(frozen=True)
class Heard:
    """The two curves everything else is read from: `onsets` (frames,) and `chroma` (frames, 12)."""

    onsets: Figures
    chroma: Figures


def listen(audio: Samples, rate: int) -> Heard:
    """Onsets and chroma of `audio` (2, n)."""
    mono = audio.mean(axis=0)
    return Heard(onsets(mono, rate), chroma(mono, rate))


def onsets(mono: Samples, rate: int) -> Figures:
    """How much rises in the spectrum, `ONSET_RATE` times a second: (frames,), zero mean over a second."""
    size = 1 << round(np.log2(_ONSET_WINDOW * rate))
    bands = _log_bands(rate, size)
    levels = np.concatenate(
        [np.log1p(1e3 * product(s, bands)) for s in _spectra(mono, rate, size, ONSET_RATE)]
    )
    rises = np.maximum(np.diff(levels, axis=0, prepend=levels[:1]), 0).sum(axis=1).astype(np.float64)
    local = np.convolve(
        np.pad(rises, ONSET_RATE // 2, mode="edge"), np.full(ONSET_RATE, 1 / ONSET_RATE), "same"
    )
    return np.asarray(rises - local[ONSET_RATE // 2 : ONSET_RATE // 2 + rises.size])


def chroma(mono: Samples, rate: int) -> Figures:
    """Loudness of the twelve pitch classes from C, `CHROMA_RATE` times a second: (frames, 12)."""
    size = 1 << round(np.log2(_CHROMA_WINDOW * rate))
    classes = _pitch_classes(rate, size)
    found = [
        product(np.sqrt(s[:, : classes.shape[0]]), classes) for s in _spectra(mono, rate, size, CHROMA_RATE)
    ]
    return np.asarray(np.concatenate(found), dtype=np.float64)


def _spectra(mono: Samples, rate: int, size: int, per_second: int) -> Iterator[Samples]:
    """Magnitudes of Hann windows of `size` centred on even steps, in batches of (frames, bins)."""
    padded = np.pad(mono, (size // 2, size))
    starts = np.arange(0, mono.size * per_second // rate) * rate // per_second
    window = np.hanning(size).astype(np.float32) * np.float32(2 / size)
    views = np.lib.stride_tricks.sliding_window_view(padded, size)
    for first in range(0, starts.size, _FRAMES_AT_ONCE):
        yield np.abs(fft.rfft(views[starts[first : first + _FRAMES_AT_ONCE]] * window))


@lru_cache(maxsize=4)
def _log_bands(rate: int, size: int) -> Samples:
    """(bins, bands) of triangles between 40 Hz and 16 kHz, a mel-like spacing."""
    edges = 700 * (np.exp(np.linspace(np.log1p(40 / 700), np.log1p(16000 / 700), _ONSET_BANDS + 2)) - 1)
    bins = fft.rfftfreq(size, 1 / rate)[:, None]
    up = (bins - edges[:-2]) / np.diff(edges)[:-1]
    down = (edges[2:] - bins) / np.diff(edges)[1:]
    return np.asarray(np.clip(np.minimum(up, down), 0, None), dtype=np.float32)


@lru_cache(maxsize=4)
def _pitch_classes(rate: int, size: int) -> Samples:
    """(bins, 12): how much of a bin belongs to each pitch class; high bins count less."""
    bins = np.arange(round(_CHROMA_HZ[1] * size / rate))
    hertz = np.maximum(bins * rate / size, 1.0)
    pitch = 69 + 12 * np.log2(hertz / 440)
    away = (pitch[:, None] - np.arange(12) + 6) % 12 - 6
    weights = (
        np.exp(-0.5 * (away / 0.3) ** 2) * (hertz[:, None] >= _CHROMA_HZ[0]) * (200 / hertz[:, None]) ** 0.5
    )
    return np.asarray(weights, dtype=np.float32)


def tempo(curve: Figures) -> float | None:
    """Beats per minute of an onset curve, 50 to 220; None where nothing recurs.

    The curve is laid over itself at the beats and bars of every candidate. How often something is struck
    settles the octave (busy music is heard fast), and the long lags give the precision.
    """
    size = fft.next_fast_len(2 * curve.size)
    recurrence = fft.irfft(np.abs(fft.rfft(curve, size)) ** 2)[: curve.size * 3 // 4]
    if recurrence.size < 8 * ONSET_RATE or recurrence[0] <= 1e-9:
        return None
    recurrence /= recurrence[0]
    scores = _comb(recurrence, _TEMPI)
    away = np.log2(_TEMPI / (_SLOWEST_BPM * _strikes_per_second(curve) ** _BPM_PER_STRIKE))
    best = _TEMPI[np.argmax(scores - _PREFERENCE_WEIGHT * away**2)]
    fine = best * np.linspace(0.985, 1.015, 241)
    return float(fine[np.argmax(_long_comb(recurrence, fine))])


def _comb(recurrence: Figures, tempi: Figures) -> Figures:
    beat = 60.0 * ONSET_RATE / tempi
    lags = np.arange(recurrence.size)
    total = sum(weight * np.interp(beat * k, lags, recurrence, right=0.0) for k, weight in _LAGS)
    return np.asarray(total / _LAG_WEIGHT)


def _strikes_per_second(curve: Figures) -> float:
    """Peaks of at least half the strength of the strongest hundredth; never less than 0.7."""
    inner = curve[1:-1]
    struck = (inner > curve[:-2]) & (inner >= curve[2:]) & (inner > 0.5 * np.percentile(curve, 99))
    return max(0.7, float(np.count_nonzero(struck)) * ONSET_RATE / curve.size)


def _long_comb(recurrence: Figures, tempi: Figures) -> Figures:
    beat = 60.0 * ONSET_RATE / tempi
    lags = np.arange(recurrence.size)
    beats = range(4, min(64, int(recurrence.size / beat.max())) + 1, 4)
    return np.asarray(sum(np.interp(beat * k, lags, recurrence) for k in beats))


def key(pitches: Figures) -> str | None:
    """The key of a chroma (frames, 12): profile fit over the song plus the chord it comes to rest on."""
    loud = pitches.sum(axis=1)
    heard = pitches[loud > 0.05 * loud.max()] if loud.max() > 1e-6 else pitches[:0]
    if heard.shape[0] < CHROMA_RATE:
        return None
    whole = (heard / heard.sum(axis=1, keepdims=True)).mean(axis=0)
    close = heard[-int(_CADENCE_S * CHROMA_RATE) :].mean(axis=0)
    scores = [
        _fit(whole, np.roll(profile, tonic)) + _CADENCE_WEIGHT * _fit(close, np.roll(_triad(third), tonic))
        for profile, third in ((_MAJOR, 4), (_MINOR, 3))
        for tonic in range(12)
    ]
    best = int(np.argmax(scores))
    return key_name(best % 12, "minor" if best >= 12 else "major")


def _triad(third: int) -> Figures:
    chord = np.zeros(12)
    chord[[0, third, 7]] = (1.0, 0.6, 0.7)
    return chord


def _fit(heard: Figures, template: Figures) -> float:
    return float(np.corrcoef(heard, template)[0, 1]) if heard.std() > 0 else 0.0


def _band(spectrum: Figures, survey: Survey, low: float, high: float) -> float:
    return float(spectrum[round(low / survey.bin_hz) : round(high / survey.bin_hz)].sum())


def band_shares(survey: Survey) -> tuple[float, ...]:
    """Energy of each of the seven `BANDS_HZ` in dB of the whole."""
    spectrum = survey.mid + survey.side
    whole = max(float(spectrum.sum()), 1e-30)
    shares = (_band(spectrum, survey, low, high) / whole for low, high in pairwise(BANDS_HZ))
    return tuple(power_decibels(share) for share in shares)


def tilt(survey: Survey) -> float:
    """Slope in dB per octave band from 63 Hz to 8 kHz (pink noise reads 0)."""
    spectrum = survey.mid + survey.side
    centres = 62.5 * 2.0 ** np.arange(8)
    levels = [power_decibels(_band(spectrum, survey, c / 2**0.5, c * 2**0.5)) for c in centres]
    return float(np.polyfit(np.arange(8), levels, 1)[0])


def energy_curve(powers: Figures) -> tuple[float, ...]:
    """Relative loudness of 128 equal slices, 0 (30 dB below the loudest or less) to 1 (the loudest)."""
    edges = np.linspace(0, powers.size, _ENERGY_SLICES + 1)
    sums = np.interp(edges, np.arange(powers.size + 1), np.concatenate(([0.0], np.cumsum(powers))))
    levels = loudness.to_lufs(np.diff(sums) / np.diff(edges))
    return tuple(round(float(v), 4) for v in np.clip((levels - levels.max()) / 30.0 + 1.0, 0.0, 1.0))


def same_or_related(one: str, other: str) -> bool:
    """Whether two keys ("A minor", "F# dorian", "Bbm") are equal or relatives: A minor and C major, and modes
    of one scale.

    Raises:
        Invalid: one of them cannot be read as a key.
    """
    return not set(_scales(one)).isdisjoint(_scales(other))


def _scales(name: str) -> tuple[int, int]:
    """The major scales a key may be taken for: of its mode, and of plain major or minor on its tonic."""
    found = _KEY.fullmatch(name.strip())
    if not found or found.group(3) not in _SCALE_OF_MODE:
        raise Invalid(f"{name[:40]!r} is no key.", code="audio.bad_key", hint='Write keys as "A minor".')
    tonic = "C D EF G A B".index(found.group(1)) + {"#": 1, "b": -1}.get(found.group(2) or "", 0)
    above = _SCALE_OF_MODE[found.group(3)]
    plain = 3 if above in _SCALES_OF_MINOR else 0
    return (tonic + above) % 12, (tonic + plain) % 12


def alike_blocks(audio: Samples, rate: int, block_s: float) -> list[float]:
    """Where in seconds a block of `block_s` is followed by its own copy.

    Mastering breaks bit-identity of looped audio, so a copy is what correlates above 0.9995 over the whole
    block (33 dB between the block and the difference) at the best shift within a millisecond.
    """
    mono = audio.mean(axis=0)
    size = round(block_s * rate)
    starts = np.arange(0, mono.size - 2 * size - _SHIFT, size)
    return [float(start / rate) for start in starts if _copied(mono, int(start), size)]


def _copied(mono: Samples, start: int, size: int) -> bool:
    excerpt = min(size, 1 << 15)
    middle = start + (size - excerpt) // 2
    around = mono[middle + size - _SHIFT : middle + size + excerpt + _SHIFT]
    if around.size < excerpt + 2 * _SHIFT:
        return False
    shifted = np.lib.stride_tricks.sliding_window_view(around, excerpt)
    shift = int(np.argmax(shifted @ mono[middle : middle + excerpt])) - _SHIFT
    if _likeness(mono[middle : middle + excerpt], shifted[shift + _SHIFT]) < _COPY:
        return False
    return _likeness(mono[start : start + size], mono[start + size + shift :][:size]) >= _COPY


def _likeness(one: Samples, other: Samples) -> float:
    energy = float(one @ one) * float(other @ other)
    return float(one @ other) / energy**0.5 if energy > 1e-12 else 0.0
