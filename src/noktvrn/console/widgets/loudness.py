"""How loud a recording is from moment to moment, read once and kept by the hash of its file."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from noktvrn.kernel.errors import Invalid

if TYPE_CHECKING:
    import numpy as np
    import soundfile
    from numpy.typing import NDArray

MOMENTS = 480
"""Slices a recording is read in, more than any pane has columns."""
RANGE_DB = 36.0
"""What lies farther below full scale is drawn as silence."""
_BLOCK = 2048
_LONGEST_FRAMES = 96_000 * 3600 * 3
"""Three hours at 96 kHz; nothing longer is a song."""
_KEPT = 256


@dataclass(frozen=True, slots=True)
class Loudness:
    """Heights from 0 to 1 of equal slices: of the highest sample of each (`peaks`), of its power (`body`)."""

    peaks: tuple[float, ...]
    body: tuple[float, ...]
    measured: bool = True
    """Whether the file was read; else it is what the ledger remembers of it."""

    def columns(self, count: int) -> tuple[tuple[float, float], ...]:
        """Peak and body of `count` columns: the highest peak of those they show, and the mean body."""
        return tuple(zip(_highest(self.peaks, count), _mean(self.body, count), strict=True))


class Loudnesses:
    """Reads recordings, each once. May be asked from several threads."""

    def __init__(self) -> None:
        self._known: dict[str, Loudness] = {}
        self._lock = Lock()

    def of(self, sha256: str, path: Path) -> Loudness:
        """The loudness of the file with this hash.

        Raises:
            Invalid: nobody can read it as sound.
        """
        with self._lock:
            known = self._known.get(sha256)
        if known is None:
            known = read(path)
            with self._lock:
                if len(self._known) >= _KEPT:
                    self._known.pop(next(iter(self._known)))
                self._known[sha256] = known
        return known


def remembered(curve: Sequence[float]) -> Loudness:
    """The loudness the ledger has of a recording: relative energies from 0 to 1."""
    heights = tuple(min(1.0, max(0.0, one)) if math.isfinite(one) else 0.0 for one in curve)
    return Loudness(heights, heights, measured=False)


def read(path: Path) -> Loudness:
    """Reads a sound file to its end.

    Raises:
        Invalid: nobody can read it as sound.
    """
    import numpy as np
    import soundfile

    try:
        with soundfile.SoundFile(str(path)) as source:
            peaks, powers = _blocks(source)
    except (soundfile.SoundFileError, RuntimeError, OSError, ValueError) as error:
        raise _unreadable(path) from error
    if not len(peaks):
        raise _unreadable(path)
    edges = np.linspace(0, len(peaks), min(MOMENTS, len(peaks)) + 1).astype(int)[:-1]
    counts = np.diff([*edges, len(peaks)])
    body = np.sqrt(np.add.reduceat(powers, edges) / counts)
    return Loudness(_heights(np.maximum.reduceat(peaks, edges)), _heights(body))


def _blocks(source: soundfile.SoundFile) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Highest sample and mean power of every block."""
    import numpy as np

    peaks, powers, frames = [], [], 0
    for block in source.blocks(blocksize=_BLOCK, dtype="float32", always_2d=True):
        sound = np.nan_to_num(block, copy=False, nan=0.0, posinf=1.0, neginf=-1.0).astype(np.float64)
        peaks.append(np.abs(sound).max(initial=0.0))
        powers.append(np.mean(np.square(sound)) if sound.size else 0.0)
        frames += len(block)
        if frames > _LONGEST_FRAMES:
            break
    return np.asarray(peaks), np.asarray(powers)


def _heights(levels: NDArray[np.float64]) -> tuple[float, ...]:
    """Levels as shares of the height, even in decibels: what the ear takes for even."""
    import numpy as np

    decibels = 20 * np.log10(np.maximum(levels, 1e-9))
    return tuple(float(one) for one in np.clip(1 + decibels / RANGE_DB, 0.0, 1.0))


def _spans(count: int, columns: int) -> list[tuple[int, int]]:
    """Which slices each column shows, at least one."""
    starts = [column * count // columns for column in range(columns)]
    return [(start, max(start + 1, (n + 1) * count // columns)) for n, start in enumerate(starts)]


def _highest(values: Sequence[float], columns: int) -> list[float]:
    return [max(values[start:end], default=0.0) for start, end in _spans(len(values), columns)]


def _mean(values: Sequence[float], columns: int) -> list[float]:
    shown = (values[start:end] for start, end in _spans(len(values), columns))
    return [sum(some) / len(some) if some else 0.0 for some in shown]


def _unreadable(path: Path) -> Invalid:
    return Invalid(
        f"{path.name} cannot be read as sound.",
        code="sound.unreadable",
        hint="`noktvrn vault check` tells which files are damaged.",
    )
