"""Looking at a finished or foreign film through ffmpeg: what it says it is, and what decoding it shows.

Films are hostile input: one protocol only, absolute names, time limits, and nothing they say is believed
before it is decoded.
"""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from noktvrn.film.yuv import Bytes, Floats
from noktvrn.kernel import checkpoint
from noktvrn.kernel.errors import Refused, TimedOut

LOOK_W, LOOK_H = 64, 36
SOUND_HZ = 8_000


@dataclass(frozen=True, slots=True)
class Facts:
    """What a film says it is. Missing streams have an empty codec and zeros."""

    video_codec: str
    width: int
    height: int
    fps: float
    audio_codec: str
    audio_rate: int
    duration_s: float
    tags: Mapping[str, str]
    hdr: bool = False


@dataclass(frozen=True, slots=True)
class Viewing:
    """What decoding to the end shows: `looks` (frames, LOOK_H, LOOK_W) full-range luma, `sound` RMS dBFS per
    frame, `sound_s` seconds of sound, and what the decoder complained about."""

    looks: Bytes
    sound: Floats
    sound_s: float
    complaints: str


def probe(ffmpeg: Path, path: Path) -> Facts:
    """What the container says.

    Raises:
        Refused: it is no film ffmpeg can open.
    """
    banner = _run(ffmpeg, "-v", "info", *_source(path), limit_s=60).stderr.decode("utf-8", "replace")
    video = re.search(r"Stream #0:\d+.*?: Video: (\w+).*?, (\d{2,5})x(\d{2,5}).*?([\d.]+) fps", banner)
    audio = re.search(r"Stream #0:\d+.*?: Audio: (\w+).*?, (\d+) Hz", banner)
    length = re.search(r"Duration: (\d+):(\d+):([\d.]+)", banner)
    if not (video or audio) or not length:
        raise Refused(
            f"{path.name} cannot be opened as a film.", code="film.unreadable", hint="Make the film again."
        )
    hours, minutes, seconds = length.groups()
    return Facts(
        video_codec=video[1] if video else "",
        width=int(video[2]) if video else 0,
        height=int(video[3]) if video else 0,
        fps=float(video[4]) if video else 0.0,
        audio_codec=audio[1] if audio else "",
        audio_rate=int(audio[2]) if audio else 0,
        duration_s=int(hours) * 3600 + int(minutes) * 60 + float(seconds),
        tags=_tags(ffmpeg, path),
        hdr=bool(re.search(r"Stream #0:\d+.*?: Video: .*(smpte2084|arib-std-b67)", banner)),
    )


def watch(ffmpeg: Path, path: Path, *, fps: float, limit_s: float = 900.0) -> Viewing:
    """Decodes picture and sound to the end.

    Raises:
        TimedOut: decoding did not end within `limit_s`.
    """
    # Points instead of areas and no deblocking: a third less CPU time, and enough to see stills and flashes.
    shrink = f"scale={LOOK_W}:{LOOK_H}:flags=neighbor,format=gray"
    look = ("-map", "0:v:0", "-vf", shrink, "-f", "rawvideo", "pipe:1")
    fast = ("-v", "error", "-skip_loop_filter", "all")
    picture = _run(ffmpeg, *fast, *_source(path), *look, limit_s=limit_s)
    pcm = ("-ac", "1", "-ar", str(SOUND_HZ), "-f", "s16le", "pipe:1")
    sound = _run(ffmpeg, "-v", "error", *_source(path), "-map", "0:a:0", *pcm, limit_s=limit_s)
    count = len(picture.stdout) // (LOOK_W * LOOK_H)
    looks = np.frombuffer(picture.stdout, np.uint8, count * LOOK_W * LOOK_H).reshape(count, LOOK_H, LOOK_W)
    samples = np.frombuffer(sound.stdout[: len(sound.stdout) // 2 * 2], np.int16)
    complaints = (picture.stderr + sound.stderr).decode("utf-8", "replace").strip()
    return Viewing(looks, _levels(samples, count, fps), len(samples) / SOUND_HZ, complaints)


def _levels(samples: NDArray[np.int16], frames: int, fps: float) -> Floats:
    """RMS per film frame in dBFS; -120 where there is no sound."""
    step = max(1, round(SOUND_HZ / max(fps, 1.0)))
    whole = np.zeros(frames * step, np.float32)
    part = samples[: len(whole)]
    whole[: len(part)] = part / 32768.0
    power = (whole.reshape(frames, step) ** 2).mean(axis=1) if frames else np.zeros(0, np.float32)
    return np.asarray(10.0 * np.log10(power + 1e-12), dtype=np.float32)


def _tags(ffmpeg: Path, path: Path) -> dict[str, str]:
    """The container's metadata, read in ffmpeg's own `ffmetadata` format."""
    done = _run(ffmpeg, "-v", "error", *_source(path), "-f", "ffmetadata", "pipe:1", limit_s=60)
    text = done.stdout.decode("utf-8", "replace").split("\n[", 1)[0]
    pairs = re.findall(r"^([^;=\n]+)=((?:\\\n|[^\n])*)$", text, flags=re.MULTILINE)
    return {name.lower(): re.sub(r"\\(.)", r"\1", value, flags=re.DOTALL) for name, value in pairs}


def _source(path: Path) -> tuple[str, ...]:
    return ("-protocol_whitelist", "file,pipe", "-i", f"file:{path.absolute()}")


def _run(ffmpeg: Path, *arguments: str, limit_s: float) -> subprocess.CompletedProcess[bytes]:
    command = [str(ffmpeg), "-hide_banner", "-nostdin", *arguments]
    try:
        return _finished(command, limit_s)
    except subprocess.TimeoutExpired as error:
        raise TimedOut(
            f"ffmpeg did not get through the film in {limit_s:.0f} s.",
            code="film.unreadable",
            hint="Make the film again.",
        ) from error


def _finished(command: list[str], limit_s: float) -> subprocess.CompletedProcess[bytes]:
    """A program's whole output. Raises TimeoutExpired; it does not outlive its caller."""
    deadline = time.monotonic() + limit_s
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe) as process:
        try:
            while True:
                try:
                    said, complained = process.communicate(timeout=1.0)
                    return subprocess.CompletedProcess(command, process.returncode, said, complained)
                except subprocess.TimeoutExpired:
                    if time.monotonic() > deadline:
                        raise
                    checkpoint.reached()
        except BaseException:
            process.kill()
            raise
