"""Raw samples as they come for `pcm_44100`, given the head of a WAV so that they tell what they are."""

from __future__ import annotations

import struct
from pathlib import Path

from noktvrn.outbound.spool import CHUNK, Pouring, Spooled, discard, finish

RATE = 44_100
_BYTES = 2


def as_wav(raw: Path, out: Path, seconds: float) -> Path:
    """The samples (16 bit, little endian) of `raw` as the WAV `out`; `raw` is gone then.

    The service does not say how many channels there are: the length that was asked for tells. The file has
    its name only once it is whole.
    """
    size = raw.stat().st_size
    channels = 2 if size > 1.5 * seconds * RATE * _BYTES else 1
    size -= size % (channels * _BYTES)
    with Pouring(out) as pouring, raw.open("rb") as source:
        pouring.take(_head(channels, size))
        while size > 0 and (piece := source.read(min(CHUNK, size))):
            pouring.take(piece)
            size -= len(piece)
    finish(Spooled(out, pouring.size, pouring.sha256, "audio/wav"))
    discard(raw)
    return out


def _head(channels: int, size: int) -> bytes:
    """RIFF, `fmt ` (PCM) and the head of `data` (Multimedia Programming Interface and Data Specifications
    1.0)."""
    frame = channels * _BYTES
    form = struct.pack("<HHIIHH", 1, channels, RATE, RATE * frame, frame, 8 * _BYTES)
    return (
        struct.pack("<4sI4s", b"RIFF", 36 + size, b"WAVE")
        + struct.pack("<4sI", b"fmt ", len(form))
        + form
        + struct.pack("<4sI", b"data", size)
    )
