"""Sound files of anybody: whatever soundfile decodes, and what ffmpeg can turn into something it does."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from noktvrn.film.ffmpeg import find_ffmpeg
from noktvrn.kernel.errors import Invalid, NotFound, Refused, Unavailable
from noktvrn.sound.files import flac

Samples = NDArray[np.float32]

LONGEST_S = 1_200
MOST_FRAMES = LONGEST_S * 48_000
RATES = range(8_000, 192_001)
STEREO = 2

SILENT = 1e-5
"""Nothing above -100 dBFS is nothing to hear."""

_CONVERT_S = 300.0
_MOST_BYTES = 1_500_000_000
_FORMATS = "aac,ac3,aiff,amr,ape,asf,caf,dsf,eac3,flac,matroska,mov,mp3,mpegts,ogg,tta,w64,wav,wv"
_HINT = "WAV, FLAC, MP3, Ogg and AIFF can be read; with ffmpeg also M4A, WMA and most others."


def read(path: Path, ffmpeg: Path | None = None) -> tuple[Samples, int, int]:
    """The samples of a file as (2, n), their rate, and how many channels the file has. One channel is read as
    two equal ones. `ffmpeg` is the program named by the settings, if one is.

    Raises:
        NotFound: no such file, or it is a folder.
        Invalid: empty, no sound, silent, too long, of a rate outside `RATES`, or of more than two channels.
    """
    _look(path)
    try:
        facts = flac.probe(path)
    except Refused:
        audio, rate = _converted(path, ffmpeg)
    else:
        _check(path, facts)
        audio, rate = _decoded(path, ffmpeg)
    channels = audio.shape[0]
    if audio.shape[1] == 0:
        raise _refused(path, "holds no sound", "audio.empty", "Export it again.")
    if max(float(audio.max()), -float(audio.min())) < SILENT:
        raise _refused(
            path, "is silent from its first to its last sample", "audio.silent", "Check the export."
        )
    return (audio if channels == STEREO else np.repeat(audio, STEREO, axis=0)), rate, channels


def _look(path: Path) -> None:
    if path.is_dir():
        raise NotFound(f"{path.name} is a folder.", code="audio.not_found", hint="Name one sound file in it.")
    if not path.is_file():
        raise NotFound(f"There is no sound file {path.name}.", code="audio.not_found", hint="Check the path.")
    if path.stat().st_size == 0:
        raise _refused(path, "is empty", "audio.empty", "Export or fetch it again.")


def _refused(path: Path, why: str, code: str, hint: str) -> Invalid:
    return Invalid(f"{path.name} {why}.", code=code, hint=hint)


def _check(path: Path, facts: flac.FlacFacts) -> None:
    if facts.channels > STEREO:
        what = f"has {facts.channels} channels"
        raise _refused(path, what, "audio.not_stereo", "Mix it down to two channels.")
    if facts.sample_rate not in RATES:
        hint = f"{RATES.start:,} to {RATES.stop - 1:,} can be measured."
        raise _refused(path, f"has {facts.sample_rate:,} samples a second", "audio.bad_rate", hint)
    longest = min(LONGEST_S, MOST_FRAMES // facts.sample_rate)
    if facts.frames > longest * facts.sample_rate:
        what = f"lasts {facts.frames / facts.sample_rate:,.0f} s"
        raise _refused(path, what, "audio.too_long", f"At most {longest:,} s at this rate are read at once.")


def _decoded(path: Path, ffmpeg: Path | None) -> tuple[Samples, int]:
    try:
        return flac.read_audio(path)
    except Refused:
        # A file that breaks off may still be played as far as it goes.
        return _converted(path, ffmpeg)


def _converted(path: Path, ffmpeg: Path | None) -> tuple[Samples, int]:
    """What ffmpeg makes of it. It opens this one file only, in formats of sound only."""
    with tempfile.TemporaryDirectory(prefix="noktvrn-") as folder:
        wave = Path(folder) / "decoded.wav"
        try:
            command = [str(find_ffmpeg(ffmpeg)), "-nostdin", "-hide_banner", "-loglevel", "error"]
            command += ["-protocol_whitelist", "file", "-format_whitelist", _FORMATS]
            command += ["-i", f"file:{path.absolute()}", "-map", "0:a:0", "-t", str(LONGEST_S + 1)]
            command += ["-c:a", "pcm_f32le", "-fs", str(_MOST_BYTES), "-y", str(wave)]
            subprocess.run(command, check=True, capture_output=True, timeout=_CONVERT_S)
            _check(path, flac.probe(wave))
            return flac.read_audio(wave)
        except (Unavailable, OSError, subprocess.SubprocessError, Refused, NotFound) as error:
            raise _refused(path, "is no sound file that can be read", "audio.unreadable", _HINT) from error
