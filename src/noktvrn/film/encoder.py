"""One film, one external ffmpeg process: raw frames in through a pipe, an MP4 with sound out.

The file appears under its name only when it is whole: it is written as `x.part.mp4` and renamed. A failed
or cancelled job kills the process group and leaves nothing behind.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO

from noktvrn.film.ffmpeg import Codec
from noktvrn.kernel import checkpoint
from noktvrn.kernel.errors import LabelError, Refused, TimedOut, Unavailable

PIPE_BYTES = 1 << 20
THREADS = 4  # fixed, so that machines with other core counts give the same bytes, and memory stays bounded
MAX_BITS, RATE_BUFFER = "7500k", "15M"
AUDIO_BITS = "224k"
AUDIO_RATE = 48_000
_F_SETPIPE_SZ = 1031  # Linux; fcntl names it only there
_STDERR_LINES = 30


@dataclass(frozen=True, slots=True)
class Reel:
    """What is to be encoded. Fades are of the sound, in seconds; `tags` go into the file's metadata."""

    path: Path
    width: int
    height: int
    fps: int
    frames: int
    audio: Path
    audio_start_s: float = 0.0
    fade_in_s: float = 0.0
    fade_out_s: float = 0.0
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def duration_s(self) -> float:
        """Exactly the frames' time."""
        return self.frames / self.fps

    @property
    def part(self) -> Path:
        """Where it is written until it is whole."""
        return self.path.with_name(f"{self.path.stem}.part{self.path.suffix}")


def command(ffmpeg: Path, codec: Codec, reel: Reel) -> list[str]:
    """The argument list. Never `-shortest`: with raw frames it makes ffmpeg queue seconds of them."""
    return [
        *(str(ffmpeg), "-hide_banner", "-nostdin", "-v", "error", "-nostats", "-progress", "pipe:1", "-y"),
        *("-f", "rawvideo", "-pix_fmt", "yuv420p", "-color_range", "tv", "-colorspace", "bt709"),
        *(
            "-s",
            f"{reel.width}x{reel.height}",
            "-r",
            str(reel.fps),
            "-thread_queue_size",
            "4",
            "-i",
            "pipe:0",
        ),
        *("-protocol_whitelist", "file", "-ss", f"{reel.audio_start_s:.6f}", "-t", f"{reel.duration_s:.6f}"),
        *("-i", _file(reel.audio), "-map", "0:v:0", "-map", "1:a:0", "-map_metadata", "-1"),
        *("-c:v", codec.name, *codec.options, "-threads", str(THREADS), "-g", str(2 * reel.fps)),
        *("-maxrate", MAX_BITS, "-bufsize", RATE_BUFFER, "-pix_fmt", "yuv420p", "-color_range", "tv"),
        *("-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"),
        *("-c:a", "aac", "-b:a", AUDIO_BITS, "-ar", str(AUDIO_RATE), "-ac", "2", *_fades(reel)),
        *("-t", f"{reel.duration_s:.6f}", "-fflags", "+bitexact", "-flags:v", "+bitexact"),
        *("-flags:a", "+bitexact", "-movflags", "+faststart", *_metadata(reel.tags)),
        *("-f", "mp4", _file(reel.part)),
    ]


def _file(path: Path) -> str:
    """A name that can be neither an option nor another protocol."""
    return f"file:{path.absolute()}"


def _fades(reel: Reel) -> tuple[str, ...]:
    fades = []
    if reel.fade_in_s:
        fades.append(f"afade=t=in:st=0:d={reel.fade_in_s:.3f}")
    if reel.fade_out_s:
        fades.append(f"afade=t=out:st={reel.duration_s - reel.fade_out_s:.3f}:d={reel.fade_out_s:.3f}")
    # A song shorter than the film is followed by silence, so sound and picture end together.
    return ("-af", ",".join([*fades, f"apad=whole_dur={reel.duration_s:.6f}"]))


def _metadata(tags: Mapping[str, str]) -> list[str]:
    pairs = [("-metadata", f"{name}={' '.join(value.split())}") for name, value in tags.items() if value]
    return [part for pair in pairs for part in pair]


class Encoder:
    """A running encoder. Use as a context; `finish()` inside it, or nothing is kept."""

    def __init__(self, ffmpeg: Path, codec: Codec, reel: Reel, *, stall_s: float = 120.0) -> None:
        self._reel = reel
        self._stall_s = stall_s
        self._stderr: deque[str] = deque(maxlen=_STDERR_LINES)
        self._encoded = 0
        self._moved_at = time.monotonic()
        self._stalled = False
        self._done = threading.Event()
        self._process = _start(command(ffmpeg, codec, reel))
        assert self._process.stdin and self._process.stdout and self._process.stderr  # noqa: S101
        self._pipe = self._process.stdin
        _enlarge(self._pipe)
        self._threads = [
            threading.Thread(target=self._follow, args=(self._process.stdout,), daemon=True),
            threading.Thread(target=self._collect, args=(self._process.stderr,), daemon=True),
            threading.Thread(target=self._watch, daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    @property
    def encoded(self) -> int:
        """Frames ffmpeg says it has encoded."""
        return self._encoded

    @property
    def pid(self) -> int:
        """The ffmpeg process, which leads its own group."""
        return self._process.pid

    def write(self, frame: memoryview) -> None:
        """Hands over one I420 frame; the buffer may be reused at once.

        Raises:
            Refused, Unavailable, TimedOut: the encoder ended or stands still.
        """
        try:
            self._write_all(frame)
        except (BrokenPipeError, ValueError) as error:
            raise self._failure() from error

    def _write_all(self, frame: memoryview) -> None:
        descriptor, left = self._pipe.fileno(), frame
        while left:
            left = left[os.write(descriptor, left) :]
            self._moved_at = time.monotonic()

    def finish(self) -> Path:
        """Ends the film and gives it its name.

        Raises:
            Refused, Unavailable, TimedOut: ffmpeg failed; its last words are in the message.
        """
        with contextlib.suppress(BrokenPipeError):
            self._pipe.close()
        code = self._ended()
        self._close()
        if code != 0 or self._encoded != self._reel.frames:
            raise self._failure()
        return self._reel.part.replace(self._reel.path)

    def _ended(self) -> int:
        while True:
            try:
                return self._process.wait(timeout=1.0)
            except subprocess.TimeoutExpired:
                checkpoint.reached()

    def __enter__(self) -> Encoder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._kill()
        with contextlib.suppress(BrokenPipeError):
            self._pipe.close()
        self._process.wait()
        self._close()
        self._reel.part.unlink(missing_ok=True)

    def _close(self) -> None:
        self._done.set()
        for thread in self._threads:
            thread.join()
        for stream in (self._process.stdout, self._process.stderr):
            if stream:
                stream.close()

    def _kill(self) -> None:
        if self._process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def _follow(self, progress: IO[bytes]) -> None:
        for line in progress:
            name, _, value = line.decode("ascii", "replace").strip().partition("=")
            if name == "frame" and value.isdigit():
                self._encoded = int(value)
                self._moved_at = time.monotonic()

    def _collect(self, stderr: IO[bytes]) -> None:
        for line in stderr:
            self._stderr.append(line.decode("utf-8", "replace").strip())

    def _watch(self) -> None:
        while not self._done.wait(min(1.0, self._stall_s / 4)):
            if time.monotonic() - self._moved_at > self._stall_s:
                self._stalled = True
                self._kill()
                return

    def _failure(self) -> LabelError:
        self._kill()
        code = self._process.wait()
        self._close()
        words = " | ".join(self._stderr) or f"it ended with code {code}"
        if self._stalled:
            return TimedOut(
                f"The film encoder stood still for {self._stall_s:.0f} s.",
                code="film.stalled",
                hint="Look at the machine's load and memory, then resume the run.",
            )
        if "No space left" in words:
            return Unavailable(
                "The film could not be written: the disk is full.",
                code="disk.full",
                hint="Free some space, then resume the run.",
            )
        return Refused(
            f"ffmpeg could not encode the film: {words}",
            code="film.encoder_failed",
            hint="`noktvrn doctor` checks the film encoder; NOKTVRN_FFMPEG names another one.",
        )


def _start(arguments: list[str]) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            arguments,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            start_new_session=True,
        )
    except OSError as error:
        raise Unavailable(
            f"ffmpeg does not start: {error.strerror}", code="film.no_ffmpeg", hint="Run `noktvrn doctor`."
        ) from error


def _enlarge(pipe: IO[bytes]) -> None:
    """A larger pipe means fewer switches between the two processes; Linux only, and never required."""
    with contextlib.suppress(ImportError, OSError):
        import fcntl

        fcntl.fcntl(pipe.fileno(), _F_SETPIPE_SZ, PIPE_BYTES)
