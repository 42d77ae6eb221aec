"""Takes: notes that were played once and are heard whenever the score asks for them again.

What the spaces get of a note is mono and at half the rate: a room is dark, and half the samples are a
quarter of the work.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from noktvrn.sound.synthesis.envelopes import Curve, ramp
from noktvrn.sound.synthesis.spectrum import Samples

_HALF_BAND = (0.311048, -0.087087, 0.036102, -0.013831, 0.003768)
"""Odd taps of a half-band low-pass (1 / (pi k) under a Kaiser window of beta 4.8, at unity); the middle tap
is 0.5, the even ones are 0. Flat to 7.5 kHz, images below -52 dB from 14.5 kHz on."""


_CHUNK = 1 << 14


class Sound(Protocol):
    """A note ready to be laid down wherever it is due."""

    energy: float

    @property
    def size(self) -> int:
        """Length in samples."""

    @property
    def stereo(self) -> bool:
        """Whether it has two sides."""

    def sound(self) -> Samples:
        """All of it."""

    def piece(self, start: int, stop: int) -> Samples:
        """Samples [start, stop) of it: (1, n) or (2, n). Not to be written to."""

    def low(self, start: int, stop: int) -> Curve:
        """Samples [start, stop) of its mono sum at half the rate."""


@dataclass(slots=True)
class Take:
    """A rendered note (1, n) or (2, n) and its K-weighted energy, summed over its channels.

    With `loop` (even) it has no end: behind its last sample comes sample `loop` again.
    """

    samples: Samples
    energy: float
    loop: int | None = None
    _low: Curve | None = field(default=None, init=False)

    @property
    def size(self) -> int:
        """Length in samples."""
        return int(self.samples.shape[1])

    @property
    def stereo(self) -> bool:
        """Whether it has two sides."""
        return bool(self.samples.shape[0] == 2)

    def piece(self, start: int, stop: int) -> Samples:
        """Samples [start, stop)."""
        if self.loop is None or stop <= self.size:
            return self.samples[:, start:stop]
        return around(self.samples, start, stop - start, self.loop)

    def sound(self) -> Samples:
        """All of it."""
        return self.piece(0, self.size)

    def low(self, start: int, stop: int) -> Curve:
        """Samples [start, stop) of the mono sum at half the rate."""
        if self._low is None:
            self._low = halved(mono(self.samples))
        if self.loop is None or stop <= self._low.size:
            return self._low[start:stop]
        looped: Curve = around(self._low[None, :], start, stop - start, self.loop // 2)[0]
        return looped


@dataclass(slots=True)
class HeldTake:
    """A note cut from a longer sound: `body` is shared by notes of all lengths, `loudness` is its own."""

    body: Take
    loudness: Curve
    energy: float

    @property
    def size(self) -> int:
        """Length in samples."""
        return int(self.loudness.size)

    @property
    def stereo(self) -> bool:
        """Whether it has two sides."""
        return self.body.stereo

    def piece(self, start: int, stop: int) -> Samples:
        """Samples [start, stop)."""
        return self.body.piece(start, stop) * self.loudness[start:stop]

    def sound(self) -> Samples:
        """All of it."""
        return self.piece(0, self.size)

    def low(self, start: int, stop: int) -> Curve:
        """Samples [start, stop) of the mono sum at half the rate."""
        return self.body.low(start, stop) * self.loudness[2 * start : 2 * stop : 2]


@dataclass(slots=True)
class LoopTake:
    """A note read from a looping table (2, n, n even) from `place` (even) on."""

    table: Take
    place: int
    loudness: Curve
    energy: float

    @property
    def size(self) -> int:
        """Length in samples."""
        return int(self.loudness.size)

    @property
    def stereo(self) -> bool:
        """Always two sides."""
        return True

    def piece(self, start: int, stop: int) -> Samples:
        """Samples [start, stop)."""
        looped = around(self.table.samples, self.place + start, stop - start)
        return np.asarray(looped * self.loudness[start:stop])

    def sound(self) -> Samples:
        """All of it."""
        return self.piece(0, self.size)

    def low(self, start: int, stop: int) -> Curve:
        """Samples [start, stop) of the mono sum at half the rate."""
        table = self.table.low(0, self.table.size)[None, :]
        looped = around(table, self.place // 2 + start, stop - start)[0]
        return np.asarray(looped * self.loudness[2 * start : 2 * stop : 2])


def around(table: Samples, place: int, count: int, loop: int = 0) -> Samples:
    """`count` samples of (channels, n) from `place` on; behind the end it goes on from `loop`, as often as
    it takes."""
    size = table.shape[1]
    if place >= size:
        place = loop + (place - loop) % (size - loop)
    if place + count <= size:
        return table[:, place : place + count]
    pieces = [table[:, place:]]
    count -= size - place
    while count > 0:
        pieces.append(table[:, loop : loop + count])
        count -= size - loop
    return np.concatenate(pieces, axis=1)


def made_endless(samples: Samples, loop: int, blend: int) -> Samples:
    """`samples` (channels, n) whose last `blend` fade, in place, into what lies before sample `loop`: from
    the end it can go on there (`Take.loop`)."""
    rise = np.sqrt(ramp(blend))
    samples[:, -blend:] *= rise[::-1]
    samples[:, -blend:] += samples[:, loop - blend : loop] * rise
    return samples


def mono(samples: Samples) -> Curve:
    """The mean of the sides of (1, n) or (2, n)."""
    if samples.shape[0] == 1:
        return np.asarray(samples[0])
    return np.asarray((samples[0] + samples[1]) * np.float32(0.5))


def halved(samples: Curve) -> Curve:
    """`samples` (n,) at half the rate, (n // 2,), through a half-band filter."""
    count, reach = samples.size // 2, len(_HALF_BAND)
    odd = np.zeros(count + 2 * reach, np.float32)
    odd[reach : reach + count] = samples[1 : 2 * count : 2]
    low = samples[: 2 * count : 2] * np.float32(0.5)
    for start in range(0, count, _CHUNK):
        here, out = odd[start : start + _CHUNK + 2 * reach], low[start : start + _CHUNK]
        for step, tap in enumerate(_HALF_BAND):
            pair = here[reach + step :][: out.size] + here[reach - 1 - step :][: out.size]
            pair *= np.float32(tap)
            out += pair
    return low


def add_doubled(out: Curve, samples: Curve) -> None:
    """Adds `samples` ((n + 1) // 2,) at half the rate to `out` (n,) at the full one, in place, curved
    between."""
    reach = len(_HALF_BAND)
    wide = np.zeros(samples.size + 2 * reach, np.float32)
    wide[reach:-reach] = samples
    for start in range(0, samples.size, _CHUNK):
        here = wide[start : start + _CHUNK + 2 * reach]
        even, odd = out[2 * start : 2 * (start + _CHUNK) : 2], out[2 * start + 1 : 2 * (start + _CHUNK) : 2]
        even += here[reach : reach + even.size]
        for step, tap in enumerate(_HALF_BAND):
            pair = here[reach + 1 + step :][: odd.size] + here[reach - step :][: odd.size]
            pair *= np.float32(2.0 * tap)
            odd += pair
