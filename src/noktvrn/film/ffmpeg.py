"""Finding an ffmpeg program that works, and the best film encoder it really has."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from noktvrn.kernel.errors import Unavailable

_HINT = "Install ffmpeg (Debian, Ubuntu: apt install ffmpeg) or name one with NOKTVRN_FFMPEG."
_PROBE_S = 20.0


@dataclass(frozen=True, slots=True)
class Codec:
    """A video encoder of ffmpeg by its name there, and the options this house gives it."""

    name: str
    options: tuple[str, ...]


X264 = ("-preset", "superfast", "-x264-params", "mbtree=1:rc-lookahead=10", "-crf", "21")
"""`superfast` with the macroblock tree put back: on a 1080p30 strand film 0.71 CPU s a second of film against
1.21 of `veryfast`, at the bits and SSIM of `veryfast`; plain `superfast` needs half as many bits again."""

CODECS = (
    Codec("libx264", (*X264, "-profile:v", "high", "-bf", "2")),
    Codec("libopenh264", ("-b:v", "8M", "-profile:v", "high")),
    Codec("h264_videotoolbox", ("-b:v", "8M", "-profile:v", "high")),
    Codec("h264_nvenc", ("-preset", "p4", "-cq", "23", "-profile:v", "high")),
    Codec("h264_qsv", ("-global_quality", "23")),
    Codec("libvpx-vp9", ("-deadline", "realtime", "-cpu-used", "8", "-row-mt", "1", "-b:v", "8M")),
    Codec("libsvtav1", ("-preset", "10", "-crf", "30")),
)
"""In order of preference: H.264 first because every platform takes it, x264 first among those."""


def find_ffmpeg(setting: Path | None = None) -> Path:
    """The ffmpeg program to use: the one named by `setting`, else on PATH, else the installed wheel's.

    A program that does not start is passed over, except a named one, which is an error.

    Raises:
        Unavailable: none works.
    """
    if setting is not None:
        if _works(setting):
            return setting.absolute()
        raise Unavailable(
            f"The ffmpeg named in the settings does not start: {setting}", code="film.no_ffmpeg", hint=_HINT
        )
    for candidate in _candidates():
        if _works(candidate):
            return candidate.absolute()
    raise Unavailable("No working ffmpeg was found.", code="film.no_ffmpeg", hint=_HINT)


def _candidates() -> Iterator[Path]:
    on_path = shutil.which("ffmpeg")
    if on_path:
        yield Path(on_path)
    try:
        import imageio_ffmpeg

        yield Path(imageio_ffmpeg.get_ffmpeg_exe())
    except (ImportError, RuntimeError):
        return


@cache
def _works(program: Path) -> bool:
    try:
        done = subprocess.run(
            [str(program.absolute()), "-version"],
            capture_output=True,
            timeout=_PROBE_S,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0 and done.stdout.startswith(b"ffmpeg version")


@cache
def choose_codec(ffmpeg: Path) -> Codec:
    """The first of `CODECS` that encodes a test picture here: being listed is not enough.

    Raises:
        Unavailable: none does.
    """
    listed = _listed_encoders(ffmpeg)
    for codec in CODECS:
        if codec.name in listed and _encodes(ffmpeg, codec):
            return codec
    raise Unavailable(
        f"{ffmpeg} has no film encoder this house can use.",
        code="film.no_encoder",
        hint=f"Use an ffmpeg built with one of {', '.join(codec.name for codec in CODECS)}. {_HINT}",
    )


def _listed_encoders(ffmpeg: Path) -> frozenset[str]:
    done = _ask(ffmpeg, "-encoders")
    rows = (line.split() for line in done.stdout.decode("utf-8", "replace").splitlines())
    return frozenset(row[1] for row in rows if len(row) > 1 and row[0].startswith("V"))


def _encodes(ffmpeg: Path, codec: Codec) -> bool:
    size, frames = "320x192", 3
    grey = bytes(320 * 192 * 3 // 2 * frames)
    raw = ("-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", size, "-r", "30", "-i", "pipe:0")
    sink = ("-c:v", codec.name, *codec.options, "-f", "null", "-")
    return _ask(ffmpeg, *raw, *sink, given=grey).returncode == 0


def _ask(ffmpeg: Path, *arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = [str(ffmpeg), "-hide_banner", "-v", "error", *arguments]
    try:
        return subprocess.run(command, input=given, capture_output=True, timeout=_PROBE_S)
    except (OSError, subprocess.TimeoutExpired):
        return subprocess.CompletedProcess(command, 1, b"", b"")
