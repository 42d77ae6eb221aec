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

from noktvrn.kernel import checkpoint
from noktvrn.kernel.errors import Invalid
from noktvrn.sound.analysis import loudness
from noktvrn.sound.analysis.bands import tilt
from noktvrn.sound.analysis.true_peak import BLOCK, block_peaks
from noktvrn.sound.gain import apply_gain
from noktvrn.sound.mastering import limiter

Samples = NDArray[np.float32]
Figures = NDArray[np.float64]

_TAPS = 4097
_FRAME = 16384
_FRAMES = 4
"""Frames transformed at once: the transform works on four rows at a time."""
_SURVEYED = 4
"""Each fourth 100 ms says enough of tilt and level to set the equaliser and the compressor."""
_MONO_HZ = (110.0, 190.0)
_DC_HZ = (4.0, 20.0)
_TILT_PIVOT_HZ = 800.0
_TILT_DB_PER_OCTAVE = 0.35
_USUAL_TILT = (-4.2, -1.5)
_MOST_CORRECTION = 1.2
_BALANCED_DB, _MOST_BALANCING_DB = 0.5, 4.0
_RATIO = 1.7
_LEVEL_BLOCK = 256
_ATTACK_S, _BUS_RELEASE_DB_PER_S = 0.03, 12.0
_MAX_SQUEEZE_DB = 3.0
_PROGRAMME_S, _QUIETEST_HOME_LU = 6.0, 6.0
_FADE_IN_S, _FADE_OUT_S = 0.006, 0.9
_MAX_GAIN_DB = 40.0
_SEARCHES = 12
_ROUNDS, _CLOSE_LU = 4, 0.1
_CHUNK = 1 << 15


@dataclass(frozen=True)
class Character:
    """How a master leans: `brightness` -1..1 tilts the bus EQ, `drive` 0..1 warms it."""

    brightness: float = 0.0
    drive: float = 0.2


def ceiling_db(target_lufs: float) -> float:
    """Aim of the limiter in dBTP: stores ask for -1.0, and -2.0 of what is louder than -14 LUFS; a lossy
    codec adds up to 0.35 dB (on 32 own songs)."""
    return -1.4 if target_lufs <= -13.5 else -2.1


def master(mix: Samples, rate: int, character: Character, *, target_lufs: float = -14.0) -> Samples:
    """Masters `mix` (2, n) in place and returns it: same length, `target_lufs` and at most
    `ceiling_db(target_lufs)`.

    Raises:
        Invalid: there is no sound in it, or not a number.
    """
    mean = mix.sum(axis=1, keepdims=True) / np.float32(mix.shape[1])
    if not np.isfinite(mean).all():
        raise Invalid("The mix holds values that are no numbers.", code="audio.not_finite", hint=_AGAIN)
    heard = loudness.survey(mix, rate, every=_SURVEYED)
    level = loudness.integrated(heard.powers)
    if level <= loudness.FLOOR_DB:
        raise Invalid("The mix is silent.", code="audio.silent", hint=_AGAIN)
    slope = _TILT_DB_PER_OCTAVE * character.brightness + _correction(tilt(heard))
    _equalise(mix, rate, slope, mean, _balance(mix, mean))
    # The bass stands in the middle now; what leans above it is heard by itself.
    if (left_over := _balance(mix, np.zeros_like(mean))).min() < 1.0:
        mix *= left_over
    _fade(mix, rate)
    _shape(mix, rate, target_lufs, target_lufs - level, character.drive)
    _finish(mix, rate, target_lufs)
    return mix


_AGAIN = "Repeat the track with another seed or another engine."


def _correction(tilt_db: float) -> float:
    """dB per octave that bring a mix of this tilt towards the usual range of released music."""
    low, high = _USUAL_TILT
    return float(np.clip(np.clip(tilt_db, low, high) - tilt_db, -_MOST_CORRECTION, _MOST_CORRECTION))


def _balance(mix: Samples, mean: Samples) -> Samples:
    """The gains (2, 1) that even out a lean to one side beyond `_BALANCED_DB`."""
    rows = mix[:, : mix.shape[1] // _LEVEL_BLOCK * _LEVEL_BLOCK].reshape(2, -1, _LEVEL_BLOCK)
    power = np.einsum("cij,cij->ci", rows, rows).mean(axis=1, dtype=np.float64) / _LEVEL_BLOCK
    left, right = np.maximum(power - np.square(mean[:, 0], dtype=np.float64), 1e-18)
    lean = 10 * float(np.log10(left / right))
    excess = np.sign(lean) * min(max(abs(lean) - _BALANCED_DB, 0.0), _MOST_BALANCING_DB)
    return np.array([[10 ** (-excess / 40)], [10 ** (excess / 40)]], np.float32)


def _equalise(mix: Samples, rate: int, tilt_db: float, mean: Samples, gains: Samples) -> None:
    """Filters (L+R)/2 and (L-R)/2 of `(mix - mean) * gains` in place by overlap-save, without delay;
    `tilt_db` per octave."""
    bins = fft.rfftfreq(_FRAME, 1 / rate)
    mid_curve = _rise(bins, *_DC_HZ) * _slope(bins, tilt_db)
    mid, side = _response(mid_curve), _response(mid_curve * _rise(bins, *_MONO_HZ))
    half, step = _TAPS // 2, _FRAME - _TAPS + 1
    width = _FRAMES * step
    source = np.zeros((2, width + 2 * half), np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(source, _FRAME, axis=1)[:, ::step]
    source[:, half:] = _levelled(mix[:, : width + half], mean, gains, width + half)
    for start in range(0, mix.shape[1], width):
        spectra = fft.rfft(frames)
        centre, edge = (spectra[0] + spectra[1]) * mid, (spectra[0] - spectra[1]) * side
        np.add(centre, edge, out=spectra[0])
        np.subtract(centre, edge, out=spectra[1])
        shaped = fft.irfft(spectra, _FRAME)[:, :, half : half + step].reshape(2, -1)
        # What the next frames begin with is read before it is written over.
        source[:, : 2 * half] = source[:, width:]
        source[:, 2 * half :] = _levelled(mix[:, start + width + half :], mean, gains, width)
        mix[:, start : start + width] = shaped[:, : mix.shape[1] - start]


def _levelled(piece: Samples, mean: Samples, gains: Samples, count: int) -> Samples:
    """The first `count` samples without their mean, evened out; silence behind the end."""
    out = np.zeros((2, count), np.float32)
    here = piece[:, :count]
    np.subtract(here, mean, out=out[:, : here.shape[1]])
    out[:, : here.shape[1]] *= gains
    return out


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


def _shape(mix: Samples, rate: int, target_lufs: float, gain_db: float, drive: float) -> None:
    """`gain_db` first, then bus compression and warmth in one touch, in place.

    `_RATIO` above the level of the music around, never deeper than `_MAX_SQUEEZE_DB`: the threshold follows
    the section, or a chorus would be squeezed to the level of its verse. Warmth is tanh; at drive 0 a
    full-scale peak loses 0.3 dB. Its gain stays in: the make-up takes it out.
    """
    level = _levels(mix, rate) + gain_db
    home = np.maximum(_programme(level, rate), target_lufs - _QUIETEST_HOME_LU)
    over = np.clip((level - home) * (1 - 1 / _RATIO), 0.0, _MAX_SQUEEZE_DB)
    slope = _BUS_RELEASE_DB_PER_S * _LEVEL_BLOCK / rate * np.arange(over.size)
    held = np.maximum.accumulate(over + slope) - slope
    edges = np.concatenate((held[:1], (held[1:] + held[:-1]) / 2, held[-1:]))
    nodes = 10 ** ((gain_db - edges) / 20) * (0.3 + 0.6 * drive)
    blocks = _CHUNK // _LEVEL_BLOCK
    for first in range(0, nodes.size - 1, blocks):
        piece = mix[:, first * _LEVEL_BLOCK : (first + blocks) * _LEVEL_BLOCK]
        apply_gain(piece, nodes[first : first + blocks + 1], _LEVEL_BLOCK)
        np.tanh(piece, out=piece)


def _programme(level: Figures, rate: int) -> Figures:
    """The mean level in dB of `_PROGRAMME_S` around each block."""
    width = min(level.size, max(1, round(_PROGRAMME_S * rate / _LEVEL_BLOCK)))
    power = np.pad(10 ** (level / 10), (width // 2, width - width // 2), mode="edge")
    sums = np.cumsum(power)
    return np.asarray(10 * np.log10((sums[width:] - sums[:-width]) / width))


def _levels(mix: Samples, rate: int) -> Figures:
    """Level in dB of each `_LEVEL_BLOCK` samples behind an attack of `_ATTACK_S`."""
    blocks = -(-mix.shape[1] // _LEVEL_BLOCK)
    power = np.zeros(blocks)
    for channel in mix:
        whole = channel[: channel.size // _LEVEL_BLOCK * _LEVEL_BLOCK].reshape(-1, _LEVEL_BLOCK)
        power[: whole.shape[0]] += np.einsum("ij,ij->i", whole, whole) / _LEVEL_BLOCK
    reach = np.exp(-np.arange(64) * _LEVEL_BLOCK / rate / _ATTACK_S)
    smooth = np.convolve(power, reach / reach.sum())[:blocks]
    return np.asarray(10 * np.log10(np.maximum(smooth, 1e-12)))


def _finish(mix: Samples, rate: int, target_lufs: float) -> None:
    """Make-up gain and limiting in one touch, then the limiter's own proof and the meter's."""
    ceiling = ceiling_db(target_lufs)
    powers = loudness.powers_of(mix, rate)
    start_db = target_lufs - loudness.integrated(powers)
    # Only blocks whose samples come within 3.5 dB of the ceiling; the limiter's proof finds the rest.
    peaks = block_peaks(mix, above=10 ** ((ceiling - start_db + 4.0) / 20))
    nodes = _make_up(powers, limiter.decibels_of(peaks) - ceiling, rate, target_lufs, start_db)
    apply_gain(mix, nodes, BLOCK)
    limiter.limit(mix, rate, ceiling)
    powers = _heard_again(powers, mix, nodes, rate)
    for _ in range(_ROUNDS):
        checkpoint.reached()
        # Reduction falls on the loudest moments of each 100 ms, so a hot master ends a little low: push on.
        miss = target_lufs - loudness.integrated(powers)
        if abs(miss) < _CLOSE_LU:
            return
        mix *= np.float32(10 ** (miss / 20))
        limiter.limit(mix, rate, ceiling)
        powers = loudness.powers_of(mix, rate)


def _make_up(powers: Figures, over_db: Figures, rate: int, target_lufs: float, gain_db: float) -> Figures:
    """Gain nodes that bring a song of these 100 ms powers and block peaks (dB over the ceiling) to the
    target, limited."""
    nodes, slope = np.ones(over_db.size + 1), 1.0
    before: tuple[float, float] | None = None
    for _ in range(_SEARCHES):
        nodes = limiter.gain_nodes(limiter.reduction(over_db + gain_db, rate) - gain_db)
        miss = target_lufs - loudness.integrated(powers * _mean_square(nodes, powers.size, rate))
        if abs(miss) < _CLOSE_LU / 5 or gain_db >= _MAX_GAIN_DB:
            break
        if before is not None and gain_db != before[0]:
            # The deeper the limiter works, the less of a decibel of gain comes through.
            slope = float(np.clip((before[1] - miss) / (gain_db - before[0]), 0.2, 1.0))
        before, gain_db = (gain_db, miss), min(gain_db + miss / slope, _MAX_GAIN_DB)
    return nodes


def _heard_again(powers: Figures, mix: Samples, nodes: Figures, rate: int) -> Figures:
    """The powers after the gain of `nodes`: measured where it moved, reckoned where it stood still."""
    size = round(rate / 10)
    edges = np.minimum(np.arange(powers.size + 1) * size // BLOCK, nodes.size - 1)
    turns = np.concatenate(([0], np.cumsum(np.diff(nodes) != 0.0)))
    moved = np.flatnonzero(turns[np.minimum(edges[1:] + 1, turns.size - 1)] != turns[edges[:-1]])
    heard = powers * nodes[edges[:-1]] ** 2
    pieces = mix[:, : powers.size * size].reshape(2, -1, size)
    heard[moved] = loudness.powers_of(pieces[:, moved].reshape(2, -1), rate)
    return np.asarray(heard)


def _mean_square(nodes: Figures, pieces: int, rate: int) -> Figures:
    """The mean squared gain of each 100 ms."""
    sums = np.concatenate(([0.0], np.cumsum(nodes**2)))
    edges = np.linspace(0, pieces * rate / 10 / BLOCK, pieces + 1)
    cuts = np.clip(np.round(edges).astype(np.intp), 0, nodes.size)
    return np.asarray(np.diff(sums[cuts]) / np.maximum(np.diff(cuts), 1))
