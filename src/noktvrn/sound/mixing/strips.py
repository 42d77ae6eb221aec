"""Strips: each part's notes are laid onto its bus and, at half the rate, onto what is sent to its space."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from noktvrn.sound.gain import apply_gain
from noktvrn.sound.mixing.automation import STEP, Nodes
from noktvrn.sound.mixing.levels import Sounding
from noktvrn.sound.synthesis.spectrum import Curve, Samples

_CHUNK = 1 << 15
_STEREO_SHARE = 1.2
"""What a stereo note sends more than a mono one: its sides are averaged before they are sent."""


@dataclass(frozen=True, slots=True)
class Laid:
    """A note and its final gains: left, right, to the space, and to the thrown echo."""

    note: Sounding
    left: float
    right: float
    send: float
    thrown: float


@dataclass(frozen=True, slots=True)
class Strip:
    """A part on the desk: its notes in time, the gain they all follow (one value each `STEP` samples), and
    whether the moving filter is in its way."""

    notes: tuple[Laid, ...]
    curve: Nodes | None
    swept: bool

    def lay(self, out: Samples, space: Curve, echo: Curve) -> None:
        """Adds the part to `out` (2, n), what its space gets to `space`, what is thrown to `echo`
        ((n + 1) // 2)."""
        if self.curve is None:
            for laid in self.notes:
                _add(out, 0, laid)
                _send(space, 0, laid, laid.send)
        else:
            self._ride(out, space, self.curve)
        for laid in self.notes:
            _send(echo, 0, laid, laid.thrown)

    def _ride(self, out: Samples, space: Curve, curve: Nodes) -> None:
        """In chunks that stay in the cache: the notes, then the gain, then the sum."""
        scratch, low = np.zeros((2, _CHUNK), np.float32), np.zeros((1, _CHUNK // 2), np.float32)
        for start, ringing in _chunks(self.notes, out.shape[1]):
            stop = min(start + _CHUNK, out.shape[1])
            here, sent = scratch[:, : stop - start], low[:, : (stop - start + 1) // 2]
            for laid in ringing:
                _add(here, start, laid)
                _send(sent[0], start // 2, laid, laid.send)
            nodes = curve[start // STEP : -(-stop // STEP) + 1]
            apply_gain(here, nodes, STEP)
            apply_gain(sent, nodes, STEP // 2)
            out[:, start:stop] += here
            space[start // 2 : start // 2 + sent.shape[1]] += sent[0]
            here[:], sent[:] = 0.0, 0.0


def _chunks(notes: Sequence[Laid], count: int) -> Iterator[tuple[int, list[Laid]]]:
    """Where each chunk that sounds begins, and the notes that sound in it."""
    ringing: list[Laid] = []
    after = 0
    for start in range(0, count, _CHUNK):
        ringing = [laid for laid in ringing if laid.note.at + laid.note.take.size > start]
        while after < len(notes) and notes[after].note.at < start + _CHUNK:
            ringing.append(notes[after])
            after += 1
        if ringing:
            yield start, ringing


def _add(out: Samples, origin: int, laid: Laid) -> None:
    """Adds what of a note lies in `out`, whose first sample is `origin`."""
    at, take = laid.note.at - origin, laid.note.take
    start, stop = max(0, at), min(out.shape[1], at + take.size)
    if start >= stop:
        return
    piece = take.piece(start - at, stop - at)
    scratch = piece[0] * np.float32(laid.left)
    out[0, start:stop] += scratch
    if len(piece) == 2 or laid.right != laid.left:
        np.multiply(piece[-1], np.float32(laid.right), out=scratch)
    out[1, start:stop] += scratch


def _send(low: Curve, origin: int, laid: Laid, share: float) -> None:
    """Adds a `share` of what of a note lies in `low`, at half the rate."""
    if not share:
        return
    at, take = laid.note.at // 2 - origin, laid.note.take
    start, stop = max(0, at), min(low.size, at + take.size // 2)
    if start < stop:
        gain = np.float32(share * (_STEREO_SHARE if take.stereo else 1.0))
        low[start:stop] += take.low(start - at, stop - at) * gain
