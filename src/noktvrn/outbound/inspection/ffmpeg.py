"""ffmpeg on hostile files: one demuxer, no protocol but the file, and an end to time, memory and output."""

from __future__ import annotations

import contextlib
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from noktvrn.outbound.inspection.unfit import Unfit

MEMORY = 4 << 30
ALLOCATION = 600_000_000
MOST_PIXELS = 40_000_000
"""Of one frame: 8K UHD has 33 million."""
MOST_WORDS = 1 << 20
CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds of processor and clock, and the bytes that are taken."""

    cpu_s: int
    wall_s: float
    most_bytes: int


def decoded(
    ffmpeg: Path,
    path: Path,
    demuxer: str,
    output: tuple[str, ...],
    limits: Limits,
    take: Callable[[bytes], None],
) -> str:
    """Decodes a file to its end into `take`, and returns what ffmpeg says of it.

    Raises:
        Unfit: it cannot be decoded within the limits; also whatever `take` raises.
    """
    with tempfile.TemporaryFile() as words:
        with _running([*_command(ffmpeg, path, demuxer), *output, "pipe:1"], words, limits) as process:
            _read(process, limits, take)
            code = process.wait(limits.wall_s)
        words.seek(0)
        said = words.read(MOST_WORDS).decode("utf-8", "replace")
    if code != 0:
        raise Unfit("it cannot be decoded")
    return said


def _command(ffmpeg: Path, path: Path, demuxer: str) -> list[str]:
    fast = ["-threads", "2", "-skip_loop_filter", "all", "-max_pixels", str(MOST_PIXELS)]
    source = ["-protocol_whitelist", "file,pipe", "-f", demuxer, "-i", f"file:{path.absolute()}"]
    # An odd frame is passed over by players, too; halves are found by length.
    return [
        str(ffmpeg),
        "-hide_banner",
        "-nostdin",
        "-nostats",
        "-max_alloc",
        str(ALLOCATION),
        *fast,
        *source,
    ]


@contextlib.contextmanager
def _running(command: list[str], words: IO[bytes], limits: Limits) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=words)
    alarm = threading.Timer(limits.wall_s, process.kill)
    alarm.daemon = True
    try:
        _limit(process.pid, limits)
        alarm.start()
        with process:
            try:
                yield process
            finally:
                process.kill()
    finally:
        alarm.cancel()


def _limit(pid: int, limits: Limits) -> None:
    """Where the system can limit another process (Linux). A function between fork and exec is no way to do
    it: this process has threads."""
    try:
        import resource

        prlimit = resource.prlimit
    except (ImportError, AttributeError):
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):
        prlimit(pid, resource.RLIMIT_AS, (MEMORY, MEMORY))
        prlimit(pid, resource.RLIMIT_CPU, (limits.cpu_s, limits.cpu_s))
        prlimit(pid, resource.RLIMIT_FSIZE, (MOST_WORDS * 8, MOST_WORDS * 8))


def _read(process: subprocess.Popen[bytes], limits: Limits, take: Callable[[bytes], None]) -> None:
    assert process.stdout is not None  # noqa: S101 - a pipe was asked for
    came = 0
    while data := process.stdout.read1(CHUNK):  # type: ignore[attr-defined]  # a pipe is buffered
        came += len(data)
        if came > limits.most_bytes:
            raise Unfit("there is no end to it")
        take(data)
