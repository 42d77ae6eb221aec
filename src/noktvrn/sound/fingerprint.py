"""The house's own acoustic fingerprint: is this song already in the catalogue?

Four times a second how the twelve pitch classes stand out, sixteen times a second how the onsets go, four
bits each. Gain cancels out, trims are found by sliding, codecs change little, and a transposed copy is
found by turning the pitch classes. Text: base64 of a version byte, two lengths and the nibbles.
"""

from __future__ import annotations

import base64
import struct
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from noktvrn.kernel.errors import Invalid
from noktvrn.sound import analysis

Samples = NDArray[np.float32]
Figures = NDArray[np.float64]

DUPLICATE = 0.75
"""From here on two fingerprints are the same recording."""

NEAR = 0.5
"""From here on a person should listen."""

MAX_TEXT = 1 << 17

_VERSION = 1
_HEAD = struct.Struct("<BHH")
_ONSET_FPS = 16
_MIN_OVERLAP_S = 10


@dataclass(frozen=True)
class _Print:
    """(frames, 12) of chroma and (frames * 4,) of onsets, zero mean."""

    chroma: Figures
    onsets: Figures


def fingerprint(audio: Samples, rate: int) -> str:
    """The fingerprint of `audio` (2, n) at `rate` Hz as ASCII text."""
    mono = audio.mean(axis=0)
    pitches = _standing_out(analysis.chroma(mono, rate))
    strikes = _strikes(analysis.onsets(mono, rate), pitches.shape[0] * _ONSET_FPS // analysis.CHROMA_RATE)
    body = _nibbles(pitches.ravel()) + _nibbles(strikes)
    return base64.b64encode(_HEAD.pack(_VERSION, pitches.shape[0], strikes.size) + body).decode()


def _standing_out(pitches: Figures) -> Figures:
    """Chroma in 0..1 with each frame's and the song's own mean taken out around 0.5."""
    shape = pitches / np.maximum(pitches.sum(axis=1, keepdims=True), 1e-9)
    shape = shape - shape.mean(axis=0)
    return np.asarray(np.clip(0.5 + shape / max(6 * float(shape.std()), 1e-9), 0, 1))


def _strikes(curve: Figures, frames: int) -> Figures:
    edges = np.linspace(0, curve.size, frames + 1)
    sums = np.interp(edges, np.arange(curve.size + 1), np.concatenate(([0.0], np.cumsum(curve))))
    means = np.diff(sums)
    return np.asarray(np.clip(0.5 + means / max(6 * float(means.std()), 1e-9), 0, 1))


def _nibbles(values: Figures) -> bytes:
    steps = np.rint(values * 15).astype(np.uint8)
    if steps.size % 2:
        steps = np.append(steps, np.uint8(8))
    return bytes(steps[::2] << 4 | steps[1::2])


def similarity(one: str, other: str) -> float:
    """How much two fingerprints are one recording, 0 to 1, best over all shifts and twelve transpositions.

    Raises:
        Invalid: one of them is no fingerprint of this house.
    """
    first, second = _read(one), _read(other)
    frames = first.chroma.shape[0] + second.chroma.shape[0]
    pitch = _agreement(first.chroma, second.chroma, fft.next_fast_len(frames))
    beat = _agreement(first.onsets[:, None], second.onsets[:, None], fft.next_fast_len(frames * 4))
    lags = _lags(first.chroma.shape[0], second.chroma.shape[0])
    if lags.size == 0:
        return 0.0
    rhythm = np.max([beat[lags * 4 + near, 0] for near in range(-3, 4)], axis=0)
    joint = np.clip(pitch[lags].max(axis=1), 0, 1) * np.clip(rhythm, 0, 1)
    return float(np.sqrt(joint.max()))


def _lags(first: int, second: int) -> NDArray[np.intp]:
    """Shifts in chroma frames at which enough of the shorter one lies over the other."""
    shorter = min(first, second)
    least = min(max(_MIN_OVERLAP_S * analysis.CHROMA_RATE, shorter // 2), shorter)
    return np.arange(least - second, first - least + 1)


def _agreement(first: Figures, second: Figures, size: int) -> Figures:
    """Normalised correlation over shifts (rows) and rotations (columns), over the overlapping part only."""
    energy_first = _slide((first**2).sum(axis=1)[:, None], np.ones((second.shape[0], 1)), size)
    energy_second = _slide(np.ones((first.shape[0], 1)), (second**2).sum(axis=1)[:, None], size)
    scale = np.sqrt(np.maximum(energy_first * energy_second, 1e-9))
    return np.asarray(_slide(first, second, size) / scale)


def _slide(first: Figures, second: Figures, size: int) -> Figures:
    shape = (size, first.shape[1])
    return np.asarray(fft.ifft2(fft.fft2(first, shape) * fft.fft2(second, shape).conj()).real)


def _read(text: str) -> _Print:
    try:
        data = base64.b64decode(text[: MAX_TEXT + 1], validate=True)
        version, frames, strikes = _HEAD.unpack_from(data)
    except (ValueError, struct.error) as error:
        raise _foreign() from error
    pairs = np.frombuffer(data, np.uint8, offset=_HEAD.size)
    if version != _VERSION or frames == 0 or pairs.size != frames * 6 + (strikes + 1) // 2:
        raise _foreign()
    values = np.stack((pairs >> 4, pairs & 15), axis=1).ravel() / 15.0 - 0.5
    return _Print(values[: frames * 12].reshape(frames, 12), values[frames * 12 :][:strikes])


def _foreign() -> Invalid:
    return Invalid(
        "That is no fingerprint of this house.", code="audio.bad_fingerprint", hint="Measure the track again."
    )
