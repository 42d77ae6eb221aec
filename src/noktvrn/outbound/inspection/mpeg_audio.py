"""MP3 frame by frame: how many there are, and whether the last one is all there (ISO/IEC 11172-3, 13818-3).

Decoders forgive a file that ends in the middle. A song that was paid for whole must not come in halves.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from noktvrn.outbound.inspection.sniff import is_layer3
from noktvrn.outbound.inspection.unfit import SHORTEST_S, Unfit

_MPEG1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_MPEG2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
MOST_FRAMES = 600_000
LOST_SHARE = 0.05
TAIL_BYTES = 200_000
"""Behind the last frame there may be tags so long (ID3v1, APE, lyrics)."""


@dataclass(frozen=True, slots=True)
class Frames:
    """`seconds` by the frames that are whole; `told` frames by the encoder's own count (Xing, Info), 0 where
    it gives none; `cut`: the last frame is not all there."""

    count: int
    seconds: float
    told: int
    cut: bool


def frames_of(data: bytes) -> Frames:
    """Walks the whole file.

    Raises:
        Unfit: there are no frames, absurdly many, or much between them that is none.
    """
    place = _behind_tag(data)
    count, seconds, lost, told = 0, 0.0, 0, 0
    for at, length, lasts in _walk(data, place):
        lost += at - place
        place = at + length
        if place > len(data):
            return _judged(Frames(count, seconds, told, cut=True), lost, len(data))
        if count == 0:
            told = _told(data[at : at + length])
        count += 1
        seconds += lasts
        if count > MOST_FRAMES:
            raise Unfit("it lasts for hours")
    return _judged(Frames(count, seconds, told, cut=False), lost + len(data) - place, len(data))


def _judged(frames: Frames, lost: int, size: int) -> Frames:
    if not frames.count:
        raise Unfit("it has no MP3 frame in it")
    if lost > LOST_SHARE * size + TAIL_BYTES:
        raise Unfit("much of it is no MP3")
    if frames.seconds < SHORTEST_S:
        raise Unfit("it holds next to nothing")
    return frames


def _walk(data: bytes, place: int) -> Iterator[tuple[int, int, float]]:
    """Every frame: where it is, its length in bytes and in seconds."""
    while (at := _next(data, place)) >= 0:
        length, lasts = _size(data[at : at + 4])
        yield at, length, lasts
        place = at + length


def _next(data: bytes, place: int) -> int:
    """The next header; one that was not expected here has to be followed by another."""
    if is_layer3(data[place : place + 4]):
        return place
    while (place := data.find(b"\xff", place)) >= 0:
        header = data[place : place + 4]
        if is_layer3(header):
            behind = place + _size(header)[0]
            if is_layer3(data[behind : behind + 4]):
                return place
        place += 1
    return -1


def _size(header: bytes) -> tuple[int, float]:
    version = header[1] >> 3 & 3
    rate = _RATES[version][header[2] >> 2 & 3]
    bits = (_MPEG1 if version == 3 else _MPEG2)[header[2] >> 4] * 1000
    samples = 1152 if version == 3 else 576
    return samples // 8 * bits // rate + (header[2] >> 1 & 1), samples / rate


def _behind_tag(data: bytes) -> int:
    if data[:3] != b"ID3" or len(data) < 10:
        return 0
    size = 0
    for byte in data[6:10]:
        size = size << 7 | byte & 0x7F
    return 10 + size + (10 if data[5] & 0x10 else 0)


def _told(frame: bytes) -> int:
    """The number of frames by the encoder's own note in the first one, which is none of them."""
    for name in (b"Xing", b"Info"):
        at = frame.find(name, 0, 48)
        if at > 0 and len(frame) >= at + 12 and frame[at + 7] & 1:
            return int.from_bytes(frame[at + 8 : at + 12], "big")
    return 0
