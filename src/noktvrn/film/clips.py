"""Footage: what a clip is before it may be cut into a film, and how it is played frame by frame.

Clips are hostile input: one protocol only, absolute names, limits on time and size, and everything that is
believed about them was seen while decoding. One process decodes one part of one clip at a time, so memory
does not grow with the number of clips.
"""

from __future__ import annotations

import contextlib
import subprocess
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO

import numpy as np

from noktvrn.film.flashes import LIMIT, relative_luminance, worst_flashing
from noktvrn.film.probe import Facts, probe
from noktvrn.film.yuv import Bytes, Floats, Frame
from noktvrn.kernel.errors import Refused

LOOK_W, LOOK_H = 64, 36
LONGEST_S, SHORTEST_S = 60.0, 1.5
"""Of longer clips only the beginning is used; shorter ones are no shots."""
SMALLEST = 360
"""Pixels of the short side, at least; libraries are asked for more."""
STILL = 0.15
"""Mean change of luma (0..255) a second below which a clip is a photograph."""
_LOOK_LIMIT_S = 180
_EXACT = "bicubic"
_RANGE = "out_color_matrix=bt709:out_range=tv"
_HINT = "It is left out of the film; use another clip."


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """A clip that was watched to its end. `motion` is the mean change of luma (0..255) per frame of each
    second; `low` and `high` are its usual darkest and lightest luma (0..255), `u` and `v` its mean chroma
    about 0, `focus` the centre of what moves in shares of width and height."""

    path: Path
    width: int
    height: int
    duration_s: float
    fps: float
    motion: Floats
    low: float
    high: float
    u: float
    v: float
    focus: tuple[float, float]

    @property
    def stir(self) -> float:
        """How much moves in it, over all of it."""
        return float(self.motion.mean())


@dataclass(frozen=True, slots=True)
class Part:
    """Which part of a clip is seen: from `start_s` of the clip on, at `speed` (1 is its own)."""

    start_s: float
    speed: float = 1.0
    mirrored: bool = False


def examine(ffmpeg: Path, path: Path) -> Clip:
    """Watches a clip, small and to its end.

    Raises:
        Refused: it cannot be decoded, or it is nothing to cut with: too short or small, HDR, a photograph,
            or flashing dangerously.
    """
    facts = probe(ffmpeg, path)
    _check(facts, path)
    looks = _looks(ffmpeg, path)
    duration = len(looks) / facts.fps
    if duration < SHORTEST_S:
        raise _unfit(path, f"only {duration:.1f} s of it can be decoded")
    luma = looks[:, 0]
    steps = np.abs(np.diff(luma.astype(np.int16), axis=0))
    motion = _per_second(steps.mean(axis=(1, 2)), facts.fps)
    if float(motion.max()) * facts.fps < STILL:
        raise _unfit(path, "nothing moves in it")
    if worst_flashing(relative_luminance(luma), facts.fps)[0] > LIMIT:
        raise _unfit(path, "it flashes dangerously")
    low, high = (float(value) for value in np.percentile(luma, (5, 95)))
    return Clip(
        path=path,
        width=facts.width,
        height=facts.height,
        duration_s=duration,
        fps=facts.fps,
        motion=motion,
        low=low,
        high=high,
        u=float(looks[:, 1].mean()) - 128.0,
        v=float(looks[:, 2].mean()) - 128.0,
        focus=_focus(steps),
    )


def _check(facts: Facts, path: Path) -> None:
    if not facts.video_codec or not 1 <= facts.fps <= 240:
        raise _unfit(path, "it has no picture with a steady rate")
    if min(facts.width, facts.height) < SMALLEST:
        raise _unfit(path, f"it is only {facts.width}x{facts.height}")
    if facts.hdr:
        raise _unfit(path, "it is HDR, and its colours would be wrong")


def _looks(ffmpeg: Path, path: Path) -> Bytes:
    """(frames, 3, LOOK_H, LOOK_W): full-range luma and chroma. Points and no deblocking: enough to judge."""
    shrink = f"scale={LOOK_W}:{LOOK_H}:flags=neighbor:out_range=full,format=yuv444p"
    command = [
        *(str(ffmpeg), "-hide_banner", "-nostdin", "-v", "error", "-skip_loop_filter", "all"),
        *("-protocol_whitelist", "file,pipe", "-i", f"file:{path.absolute()}", "-map", "0:v:0"),
        *("-t", f"{LONGEST_S}", "-vf", shrink, "-f", "rawvideo", "pipe:1"),
    ]
    try:
        done = subprocess.run(command, capture_output=True, timeout=_LOOK_LIMIT_S, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired as error:
        raise _unfit(path, f"it was not decoded in {_LOOK_LIMIT_S} s") from error
    if done.returncode != 0:
        raise _unfit(path, "it does not decode")
    size = 3 * LOOK_W * LOOK_H
    count = len(done.stdout) // size
    return np.frombuffer(done.stdout, np.uint8, count * size).reshape(count, 3, LOOK_H, LOOK_W)


def _per_second(changes: Floats, fps: float) -> Floats:
    bounds = np.arange(0, len(changes), max(1, round(fps)))
    sums = np.add.reduceat(changes, bounds)
    counts = np.diff([*bounds, len(changes)])
    return np.asarray(sums / counts, dtype=np.float32)


def _focus(steps: Bytes) -> tuple[float, float]:
    """The centre of what changes, half way to the middle: a crop should lean, not leap."""
    weight = steps.mean(axis=0, dtype=np.float64) + 0.05
    rows, columns = weight.sum(axis=1), weight.sum(axis=0)
    y = float((rows * (np.arange(LOOK_H) + 0.5)).sum() / rows.sum() / LOOK_H)
    x = float((columns * (np.arange(LOOK_W) + 0.5)).sum() / columns.sum() / LOOK_W)
    return 0.5 + (x - 0.5) / 2, 0.5 + (y - 0.5) / 2


def _unfit(path: Path, why: str) -> Refused:
    return Refused(f"{path.name} is not cut into the film: {why}.", code="film.clip_unfit", hint=_HINT)


class Projector:
    """Plays a part of a clip as frames of the film's size and rate. Use as a context."""

    def __init__(self, ffmpeg: Path, clip: Clip, part: Part, *, width: int, height: int, fps: int) -> None:
        self._process = subprocess.Popen(
            projection(ffmpeg, clip, part, width=width, height=height, fps=fps),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
        )
        assert self._process.stdout  # noqa: S101 - asked for above
        self._pipe: IO[bytes] = self._process.stdout

    def read(self, frame: Frame) -> bool:
        """The next frame into `frame`; False when the clip has none left."""
        view, got = frame.view, 0
        while got < len(view):
            count = self._pipe.readinto(view[got:])  # type: ignore[attr-defined]  # a raw FileIO
            if not count:
                return False
            got += count
        return True

    def close(self) -> None:
        """Ends the decoder, wherever it is."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        self._pipe.close()
        self._process.wait()

    def __enter__(self) -> Projector:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def projection(ffmpeg: Path, clip: Clip, part: Part, *, width: int, height: int, fps: int) -> list[str]:
    """The decoder's argument list: rate before size, so that no frame is scaled in vain; the picture covers
    the frame, cropped about what moves."""
    x, y = clip.focus
    scale = f"scale={width}:{height}:force_original_aspect_ratio=increase:flags={_EXACT}:{_RANGE}"
    chain = [
        f"setpts=(PTS-STARTPTS)/{part.speed:.4f}",
        f"fps={fps}",
        scale,
        f"crop={width}:{height}:'clip(iw*{x:.4f}-ow/2,0,iw-ow)':'clip(ih*{y:.4f}-oh/2,0,ih-oh)'",
        *(["hflip"] if part.mirrored else []),
        "format=yuv420p",
    ]
    return [
        *(str(ffmpeg), "-hide_banner", "-nostdin", "-v", "error", "-threads", "2"),
        *(
            "-protocol_whitelist",
            "file,pipe",
            "-ss",
            f"{part.start_s:.4f}",
            "-i",
            f"file:{clip.path.absolute()}",
        ),
        *("-map", "0:v:0", "-vf", ",".join(chain), "-f", "rawvideo", "pipe:1"),
    ]
