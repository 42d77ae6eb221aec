"""Mastering: from a mix to a finished song, in place and in small pieces.

DC removal, bus EQ and mono bass are one pair of mid and side filters; then a gentle bus compressor, warmth,
make-up to the loudness asked for, and the true-peak limiter. The make-up gain is found on 100 ms powers
and block peaks alone, so the samples are touched once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from noktvrn.kernel.errors import Invalid
from noktvrn.sound.analysis import loudness
from noktvrn.sound.analysis.listening import tilt
from noktvrn.sound.analysis.true_peak import BLOCK, block_peaks
from noktvrn.sound.mastering import limiter

Samples = NDArray[np.float32]
Figures = NDArray[np.float64]

CEILING_DB = -1.4
"""Aim of the limiter: stores ask for -1.0 dBTP, and a lossy codec adds up to 0.35 dB (on 32 own songs)."""

_TAPS = 4097
_FRAME = 16384
_MONO_HZ = (110.0, 190.0)
_DC_HZ = (4.0, 20.0)
_TILT_PIVOT_HZ = 800.0
_TILT_DB_PER_OCTAVE = 0.35
_USUAL_TILT = (-4.2, -1.5)
_MOST_CORRECTION = 1.2
_BALANCED_DB, _MOST_BALANCING_DB = 0.5, 2.0
_RATIO = 1.7
_KNEE_BLOCK = 256
_ATTACK_S, _BUS_RELEASE_DB_PER_S = 0.03, 12.0
_MAX_SQUEEZE_DB = 3.0
_PROGRAMME_S, _QUIETEST_HOME_LU = 6.0, 6.0
_FADE_IN_S, _FADE_OUT_S = 0.006, 0.9
_MAX_GAIN_DB = 40.0
_SEARCHES = 12
_ROUNDS, _CLOSE_LU = 4, 0.1
_CHUNK = 1 << 16


@dataclass(frozen=True)
class Character:
    """How a master leans: `brightness` -1..1 tilts the bus EQ, `drive` 0..1 warms it."""

    brightness: float = 0.0
    drive: float = 0.2


def master(mix: Samples, rate: int, character: Character, *, target_lufs: float = -14.0) -> Samples:
    """Masters `mix` (2, n) in place and returns it: same length, `target_lufs` and at most `CEILING_DB`.

    Raises:
        Invalid: there is no sound in it, or not a number.
    """
    if not np.isfinite(mix.sum(axis=1, dtype=np.float64)).all():
        raise Invalid("The mix holds values that are no numbers.", code="audio.not_finite", hint=_AGAIN)
    mix -= mix.mean(axis=1, keepdims=True, dtype=np.float64).astype(np.float32)
    heard = loudness.survey(mix, rate)
    _balance(mix)
    _equalise(mix, rate, _TILT_DB_PER_OCTAVE * character.brightness + _correction(tilt(heard)))
    _fade(mix, rate)
    level = loudness.integrated(loudness.powers_of(mix, rate))
    if level <= loudness.FLOOR_DB:
        raise Invalid("The mix is silent.", code="audio.silent", hint=_AGAIN)
    mix *= np.float32(10 ** ((target_lufs - level) / 20))
    _compress(mix, rate, target_lufs)
    _warm(mix, character.drive)
    _finish(mix, rate, target_lufs)
    return mix


_AGAIN = "Repeat the track with another seed or another engine."


def _correction(tilt_db: float) -> float:
    """dB per octave that bring a mix of this tilt towards the usual range of released music."""
    low, high = _USUAL_TILT
    return float(np.clip(np.clip(tilt_db, low, high) - tilt_db, -_MOST_CORRECTION, _MOST_CORRECTION))


def _balance(mix: Samples) -> None:
    """Evens out a lean to one side beyond `_BALANCED_DB`, in place."""
    left, right = (max(float(np.square(c).sum(dtype=np.float64)), 1e-12) for c in mix)
    lean = 10 * float(np.log10(left / right))
    excess = np.sign(lean) * min(max(abs(lean) - _BALANCED_DB, 0.0), _MOST_BALANCING_DB)
    mix *= np.array([[10 ** (-excess / 40)], [10 ** (excess / 40)]], np.float32)


def _equalise(mix: Samples, rate: int, tilt_db: float) -> None:
    """Filters (L+R)/2 and (L-R)/2 of `mix` in place by overlap-save, without delay; `tilt_db` per octave."""
    bins = fft.rfftfreq(_FRAME, 1 / rate)
    mid_curve = _rise(bins, *_DC_HZ) * _slope(bins, tilt_db)
    side_curve = mid_curve * _rise(bins, *_MONO_HZ)
    mid, side = _response(mid_curve), _response(side_curve)
    half, step = _TAPS // 2, _FRAME - _TAPS + 1
    before = np.zeros((2, half), np.float32)
    for start in range(0, mix.shape[1], step):
        frame = np.zeros((2, _FRAME), np.float32)
        here = mix[:, start : start + step + half]
        frame[:, :half] = before
        frame[:, half : half + here.shape[1]] = here
        width = min(step, mix.shape[1] - start)
        before = mix[:, start + width - half : start + width].copy() if width == step else before
        spectra = fft.rfft(frame)
        centre, edge = (spectra[0] + spectra[1]) * mid, (spectra[0] - spectra[1]) * side
        shaped = fft.irfft(np.stack((centre + edge, centre - edge)), _FRAME)
        mix[:, start : start + width] = shaped[:, half : half + width]


def _rise(bins: Figures, low: float, high: float) -> Figures:
    """0 below `low` Hz, 1 above `high`, a raised cosine between."""
    return np.asarray(0.5 - 0.5 * np.cos(np.pi * np.clip((bins - low) / (high - low), 0, 1)))


def _slope(bins: Figures, tilt_db: float) -> Figures:
    octaves = np.clip(np.log2(np.maximum(bins, 1.0) / _TILT_PIVOT_HZ), -4, 4)
    return np.asarray(10 ** (tilt_db * octaves / 20))


def _response(curve: Figures) -> NDArray[np.float32]:
    """The spectrum of a linear-phase filter of `_TAPS` taps along `curve`, centred, halved for M/S sums."""
    taps = np.roll(fft.irfft(curve, _FRAME), _TAPS // 2)[:_TAPS] * np.hanning(_TAPS + 2)[1:-1]
    framed = np.zeros(_FRAME)
    framed[:_TAPS] = taps
    centred = fft.rfft(np.roll(framed, -(_TAPS // 2))).real
    return np.asarray(0.5 * centred, dtype=np.float32)


def _fade(mix: Samples, rate: int) -> None:
    into = min(round(_FADE_IN_S * rate), mix.shape[1])
    out = min(round(_FADE_OUT_S * rate), mix.shape[1])
    mix[:, :into] *= np.sin(np.linspace(0, np.pi / 2, into, dtype=np.float32)) ** 4
    mix[:, mix.shape[1] - out :] *= np.cos(np.linspace(0, np.pi / 2, out, dtype=np.float32)) ** 2
    mix[:, -1:] = 0.0


def _compress(mix: Samples, rate: int, target_lufs: float) -> None:
    """Bus compression: `_RATIO` above the level of the music around it, never deeper than `_MAX_SQUEEZE_DB`.

    The threshold follows the section, or a chorus would be squeezed to the level of its verse.
    """
    level = _levels(mix, rate)
    home = np.maximum(_programme(level, rate), target_lufs - _QUIETEST_HOME_LU)
    over = np.clip((level - home) * (1 - 1 / _RATIO), 0.0, _MAX_SQUEEZE_DB)
    slope = _BUS_RELEASE_DB_PER_S * _KNEE_BLOCK / rate * np.arange(over.size)
    held = np.maximum.accumulate(over + slope) - slope
    fine = np.repeat(held, _KNEE_BLOCK // BLOCK)[: -(-mix.shape[1] // BLOCK)]
    width = 2 * _KNEE_BLOCK // BLOCK
    smooth = np.convolve(np.pad(fine, width // 2, mode="edge"), np.full(width, 1 / width), "same")
    smooth = smooth[width // 2 : width // 2 + fine.size]
    limiter.apply_gain(mix, limiter.gain_nodes(smooth))


def _programme(level: Figures, rate: int) -> Figures:
    """The mean level in dB of `_PROGRAMME_S` around each block."""
    width = min(level.size, max(1, round(_PROGRAMME_S * rate / _KNEE_BLOCK)))
    power = np.pad(10 ** (level / 10), (width // 2, width - width // 2), mode="edge")
    sums = np.cumsum(power)
    return np.asarray(10 * np.log10((sums[width:] - sums[:-width]) / width))


def _levels(mix: Samples, rate: int) -> Figures:
    """Level in dB of each `_KNEE_BLOCK` samples behind an attack of `_ATTACK_S`."""
    blocks = -(-mix.shape[1] // _KNEE_BLOCK)
    power = np.zeros(blocks)
    for channel in mix:
        whole = channel[: channel.size // _KNEE_BLOCK * _KNEE_BLOCK].reshape(-1, _KNEE_BLOCK)
        power[: whole.shape[0]] += np.einsum("ij,ij->i", whole, whole) / _KNEE_BLOCK
    reach = np.exp(-np.arange(64) * _KNEE_BLOCK / rate / _ATTACK_S)
    smooth = np.convolve(power, reach / reach.sum())[:blocks]
    return np.asarray(10 * np.log10(np.maximum(smooth, 1e-12)))


def _warm(mix: Samples, drive: float) -> None:
    """Bends peaks softly (tanh); unity for small signals. At drive 0 a full-scale peak loses 0.3 dB."""
    bend = np.float32(0.3 + 0.6 * drive)
    for start in range(0, mix.shape[1], _CHUNK):
        piece = mix[:, start : start + _CHUNK]
        piece *= bend
        np.tanh(piece, out=piece)
        piece /= bend


def _finish(mix: Samples, rate: int, target_lufs: float) -> None:
    """Make-up gain and limiting in one touch, then the limiter's own proof and the meter's."""
    powers = loudness.powers_of(mix, rate)
    start_db = target_lufs - loudness.integrated(powers)
    # Only blocks whose samples come within 3.5 dB of the ceiling; the limiter's proof finds the rest.
    peaks = block_peaks(mix, above=10 ** ((CEILING_DB - start_db + 4.0) / 20))
    nodes = _make_up(powers, peaks, rate, target_lufs)
    limiter.apply_gain(mix, nodes)
    limiter.limit(mix, rate, CEILING_DB)
    for _ in range(_ROUNDS):
        # Reduction falls on the loudest moments of each 100 ms, so a hot master ends a little low: push on.
        miss = target_lufs - loudness.integrated(loudness.powers_of(mix, rate))
        if abs(miss) < _CLOSE_LU:
            return
        mix *= np.float32(10 ** (miss / 20))
        limiter.limit(mix, rate, CEILING_DB)


def _make_up(powers: Figures, peaks: Samples, rate: int, target_lufs: float) -> Figures:
    """Gain nodes that bring a song of these 100 ms powers and block peaks to the target, limited."""
    ceiling = 10 ** (CEILING_DB / 20)
    gain_db = 0.0
    nodes = np.ones(peaks.size + 1)
    for _ in range(_SEARCHES):
        reduced = limiter.reduction(peaks * np.float32(10 ** (gain_db / 20)), ceiling, rate)
        nodes = limiter.gain_nodes(reduced - gain_db)
        miss = target_lufs - loudness.integrated(powers * _mean_square(nodes, powers.size, rate))
        if abs(miss) < 0.01:
            break
        gain_db = min(gain_db + miss, _MAX_GAIN_DB)
    return nodes


def _mean_square(nodes: Figures, pieces: int, rate: int) -> Figures:
    """The mean squared gain of each 100 ms."""
    sums = np.concatenate(([0.0], np.cumsum(nodes**2)))
    edges = np.linspace(0, pieces * rate / 10 / BLOCK, pieces + 1)
    cuts = np.clip(np.round(edges).astype(np.intp), 0, nodes.size)
    return np.asarray(np.diff(sums[cuts]) / np.maximum(np.diff(cuts), 1))
