"""Decoding a film to its end by ffmpeg: its size, its length, and that there is something to see."""

from __future__ import annotations

import re
from pathlib import Path

from noktvrn.outbound.inspection.ffmpeg import Limits, decoded
from noktvrn.outbound.inspection.unfit import Found, Unfit, in_time

SIDE = 16
LONGEST_S = 3600
BLACK = 24
"""The brightest that an all-black film gets on its 256 steps."""
MOST_FRAMES = LONGEST_S * 60
LIMITS = Limits(cpu_s=300, wall_s=600.0, most_bytes=SIDE * SIDE * MOST_FRAMES)
_DEMUXERS = {"video/mp4": "mov", "video/quicktime": "mov", "video/webm": "matroska"}
_LOOK = ("-map", "0:v:0", "-vf", f"scale={SIDE}:{SIDE}:flags=area,format=gray", "-fps_mode", "passthrough")
_SIZE = re.compile(r"^Input.*?Stream #0:\d+.*?: Video: .*?, (\d{2,5})x(\d{2,5})", re.DOTALL | re.MULTILINE)
_TURNED = re.compile(r"rotation of -?(?:90|270)\.")
_LENGTH = re.compile(r"^\s+Duration: (\d+):(\d+):([\d.]+)", re.MULTILINE)
_ENDED = re.compile(r"^out_time_us=(\d+)", re.MULTILINE)


def watch(path: Path, media_type: str, told_s: float | None, ffmpeg: Path) -> Found:
    """Decodes every frame.

    Raises:
        Unfit: it cannot be decoded, shows nothing, or lasts another time than `told_s` or its header say.
    """
    brightest = 0

    def look(frames: bytes) -> None:
        nonlocal brightest
        top = max(frames)
        brightest = max(brightest, top)

    output = ("-t", str(LONGEST_S), *_LOOK, "-progress", "pipe:2", "-f", "rawvideo")
    said = decoded(ffmpeg, path, _DEMUXERS[media_type], output, LIMITS, look)
    size, ended = _SIZE.search(said), _ENDED.findall(said)
    if size is None or not ended:
        raise Unfit("there is no picture in it")
    seconds = int(ended[-1]) / 1e6
    in_time(seconds, told_s)
    _as_headed(seconds, said)
    if brightest <= BLACK:
        raise Unfit("it is black from end to end")
    width, height = int(size[1]), int(size[2])
    return Found(seconds, *((height, width) if _TURNED.search(said) else (width, height)))


def _as_headed(seconds: float, said: str) -> None:
    """A film whose sound or header lasts longer than its pictures was cut off."""
    length = _LENGTH.search(said)
    if length is None:
        return
    hours, minutes, rest = length.groups()
    headed = int(hours) * 3600 + int(minutes) * 60 + float(rest)
    if headed > LONGEST_S or seconds < headed - max(0.05 * headed, 1.0):
        raise Unfit(f"its pictures end after {seconds:.1f} of {headed:.1f} s")
