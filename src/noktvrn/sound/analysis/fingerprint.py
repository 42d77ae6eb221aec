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
from noktvrn.sound.analysis.chroma import CHROMA_RATE
from noktvrn.sound.analysis.listening import Heard, listen
from noktvrn.sound.analysis.onsets import ONSET_RATE

Samples = NDArray[np.float32]
Figures = NDArray[np.float64]

DUPLICATE = 0.8
"""From here on two fingerprints are the same recording."""

NEAR = 0.6
"""From here on a person should listen."""

MAX_TEXT = 1 << 17

_VERSION = 1
_HEAD = struct.Struct("<BHH")
_THIN = 2
_FPS = CHROMA_RATE // _THIN
_ONSET_FPS = 16
_PER_FRAME = _ONSET_FPS // _FPS
_BLUR = 13
_MIN_OVERLAP_S = 10


@dataclass(frozen=True)
class _Print:
    """(frames, 12) of chroma and (frames * 4,) or so of onsets, both around zero."""

    chroma: Figures
    onsets: Figures


def fingerprint(audio: Samples, rate: int) -> str:
    """The fingerprint of `audio` (2, n) at `rate` Hz as ASCII text."""
    return spell(listen(audio, rate))


def spell(heard: Heard) -> str:
    """The fingerprint of what was heard."""
    pitches, strikes = _standing_out(heard.pitches.chroma), _strikes(heard.onsets.full)
    body = _nibbles(pitches.ravel()) + _nibbles(strikes)
    return base64.b64encode(_HEAD.pack(_VERSION, pitches.shape[0], strikes.size) + body).decode()


def _standing_out(chroma: Figures) -> Figures:
    """Each pitch class against its own last and next second, in 0..1 around 0.5: (frames, 12).

    Taking out what lasts leaves the melody and the turns of the chords, which tell two songs over one
    progression apart; the blur makes a shift of half a frame harmless.
    """
    shape = chroma**2
    shape = shape / np.maximum(shape.sum(axis=1, keepdims=True), 1e-9)
    blurred = _along(shape, np.bartlett(7)[1:-1] / 3)
    lasting = np.ones(2 * CHROMA_RATE + 1)
    heard = _along(np.ones((shape.shape[0], 1)), lasting)
    news = (blurred - _along(blurred, lasting) / heard)[::_THIN]
    return np.asarray(np.clip(0.5 + news / max(6 * float(news.std()), 1e-9), 0, 1))


def _along(frames: Figures, taps: Figures) -> Figures:
    return np.stack([np.convolve(column, taps, "same") for column in frames.T], axis=1)


def _strikes(curve: Figures) -> Figures:
    """Onsets `_ONSET_FPS` times a second in 0..1 around 0.5, blurred over half a frame."""
    blurred = np.convolve(curve, np.bartlett(_BLUR + 2)[1:-1], "same")
    times = np.arange(curve.size * _ONSET_FPS // ONSET_RATE) * (ONSET_RATE / _ONSET_FPS)
    values = np.interp(times, np.arange(curve.size), blurred)
    return np.asarray(np.clip(0.5 + values / max(6 * float(values.std()), 1e-9), 0, 1))


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
    return max(_best(first, second), _best(first, _half_a_frame_on(second)))


def _best(first: _Print, second: _Print) -> float:
    lags = _lags(first.chroma.shape[0], second.chroma.shape[0])
    if lags.size == 0:
        return 0.0
    frames = first.chroma.shape[0] + second.chroma.shape[0]
    pitch = _agreement(first.chroma, second.chroma, fft.next_fast_len(frames))[lags].max(axis=1)
    beat = _agreement(first.onsets[:, None], second.onsets[:, None], fft.next_fast_len(frames * _PER_FRAME))
    rhythm = np.max([beat[lags * _PER_FRAME + near, 0] for near in (-1, 0, 1)], axis=0)
    # Songs of one tempo share their rhythm: pitch decides, rhythm has to agree.
    joint = np.clip(pitch, 0, 1) ** 0.8 * np.clip(rhythm, 0, 1) ** 0.2
    return float(joint.max())


def _half_a_frame_on(voice: _Print) -> _Print:
    return _Print((voice.chroma[1:] + voice.chroma[:-1]) / 2, voice.onsets[_PER_FRAME // 2 :])


def _lags(first: int, second: int) -> NDArray[np.intp]:
    """Shifts in chroma frames at which enough of the shorter one lies over the other."""
    shorter = min(first, second)
    least = min(max(_MIN_OVERLAP_S * _FPS, shorter // 2), shorter)
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
