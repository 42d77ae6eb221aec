"""A sound file of any usual kind as 44.1 kHz stereo samples, within limits."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray
from scipy import fft

from noktvrn.kernel.errors import Invalid, Unavailable
from noktvrn.sound.analysis.meters import SILENCE_DBFS

Samples = NDArray[np.float32]

RATE = 44_100
RATES = range(22_050, 192_001)

LOSSLESS = ("WAV", "WAVEX", "RF64", "W64", "FLAC", "AIFF", "CAF")
LINEAR = ("PCM_16", "PCM_24", "PCM_32", "PCM_S8", "PCM_U8", "FLOAT", "DOUBLE", "ALAC_16", "ALAC_24")
"""Containers and encodings that keep every sample; what is in any other went through a lossy codec."""

UNTOLD = 0x7FFF_0000
"""Data sizes from here on stand for `unknown`: what programs write that cannot go back to the header."""

SPARE_BYTES = 4096
"""What may be missing at the end of a wave file: some programs count a chunk of theirs wrongly."""

MOST_CHUNKS = 1000

LEAD_S, TRAIL_S = 0.05, 1.5
"""Silence that is left at the start and the end; the rest is cut off, since stores refuse it."""

_DECODE_S = 120.0
_HINT = "WAV, FLAC, AIFF, MP3 and Ogg can be read; AAC where an ffmpeg is there."


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a recording may be without the silence around it, in seconds."""

    shortest_s: float
    longest_s: float


@dataclass(frozen=True, slots=True)
class Decoded:
    """Samples (2, n) at 44.1 kHz, at most full scale, and whether they came through a lossy codec."""

    audio: Samples
    lossy: bool

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return float(self.audio.shape[1] / RATE)


def decoded(path: Path, folder: Path, ffmpeg: Callable[[], Path], limits: Limits) -> Decoded:
    """Decodes a sound file. `folder` takes what ffmpeg makes of one that soundfile cannot read.

    Raises:
        Invalid: no sound file, not one or two channels, a rate nobody uses, silent, or not within `limits`.
        Unavailable: only ffmpeg could read it, and there is none.
    """
    lossy, source = _opened(path, folder, ffmpeg, limits)
    audio, rate = _samples(source, limits)
    audio = _trimmed(_at_house_rate(_stereo(audio), rate))
    seconds = audio.shape[1] / RATE
    if not limits.shortest_s <= seconds <= limits.longest_s:
        raise _of_wrong_length(f"lasts {seconds:.0f} s without the silence around it", seconds, limits)
    return Decoded(audio, lossy)


def _opened(path: Path, folder: Path, ffmpeg: Callable[[], Path], limits: Limits) -> tuple[bool, Path]:
    """Whether it is lossy, and the file to read: the person's, or what ffmpeg made of it."""
    try:
        facts = soundfile.info(str(path))
    except (soundfile.SoundFileError, RuntimeError):
        return True, _by_ffmpeg(path, folder, ffmpeg, limits)
    if facts.format == "MP3":  # libsndfile stops early where the length is nowhere told
        with contextlib.suppress(Unavailable):
            return True, _by_ffmpeg(path, folder, ffmpeg, limits)
    if facts.channels not in (1, 2):
        raise _bad(f"has {facts.channels} channels", "not_stereo", "Mix it down to two channels.")
    if facts.samplerate not in RATES:
        raise _bad(f"has {facts.samplerate} samples a second", "bad_rate", "44.1 or 48 kHz is usual.")
    seconds = facts.frames / facts.samplerate
    if seconds > 2 * limits.longest_s:
        raise _of_wrong_length(f"lasts {seconds:,.0f} s", seconds, limits)
    if facts.format in ("WAV", "WAVEX") and _breaks_off(path):
        raise _bad("breaks off before its end", "cut_short", "Copy or export it again.")
    return not (facts.format in LOSSLESS and facts.subtype in LINEAR), path


def _breaks_off(path: Path) -> bool:
    """Whether a wave file holds less sound than it says; one written into a pipe says no size at all.

    Chunks: Multimedia Programming Interface and Data Specifications 1.0 (IBM, Microsoft 1991), RIFF.
    """
    whole = path.stat().st_size
    with path.open("rb") as source:
        place = source.seek(12)
        for _ in range(MOST_CHUNKS):
            name, size = source.read(4), int.from_bytes(source.read(4), "little")
            if name == b"data":
                return size < UNTOLD and place + 8 + size > whole + SPARE_BYTES
            place = source.seek(place + 8 + size + size % 2)
    return False


def _by_ffmpeg(path: Path, folder: Path, ffmpeg: Callable[[], Path], limits: Limits) -> Path:
    """The sound of a file soundfile cannot read, or not to its end, at most a little too long."""
    out = folder / "decoded.wav"
    command = [str(ffmpeg()), "-nostdin", "-hide_banner", "-v", "error", "-y"]
    command += ["-protocol_whitelist", "file,pipe", "-i", f"file:{path}", "-map", "0:a:0", "-vn", "-sn"]
    command += ["-t", str(limits.longest_s + 60), "-ac", "2", "-ar", str(RATE), "-c:a", "pcm_f32le", str(out)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=_DECODE_S, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        raise _bad("takes too long to decode", "unreadable", _HINT) from None
    except OSError as error:
        raise Unavailable(f"ffmpeg did not start: {error}.", code="film.no_ffmpeg", hint=_HINT) from error
    if done.returncode != 0 or not out.is_file():
        raise _bad("is no sound file that can be read", "unreadable", _HINT)
    return out


def _samples(path: Path, limits: Limits) -> tuple[Samples, int]:
    try:
        with soundfile.SoundFile(str(path)) as source:
            most = round(2 * limits.longest_s * source.samplerate)
            audio = np.ascontiguousarray(source.read(most, dtype="float32", always_2d=True).T)
            rate = int(source.samplerate)
    except (soundfile.SoundFileError, RuntimeError):
        raise _bad("does not decode to its end", "unreadable", _HINT) from None
    peak = max(float(audio.max()), -float(audio.min())) if audio.size else 0.0
    if not np.isfinite(peak):
        raise _bad("holds values that are no numbers", "not_finite", "Export it again.")
    if peak > 1.0:
        audio /= np.float32(peak)
    return audio, rate


def _stereo(audio: Samples) -> Samples:
    return audio if audio.shape[0] == 2 else np.repeat(audio, 2, axis=0)


def _at_house_rate(audio: Samples, rate: int) -> Samples:
    """Resampled by its spectrum: nothing is added above the lower of the two Nyquist frequencies."""
    if rate == RATE:
        return audio
    step = rate // int(np.gcd(rate, RATE))
    size = -(-audio.shape[1] // step) * step
    wanted = size // step * (RATE * step // rate)
    length = round(audio.shape[1] * RATE / rate)
    out = np.empty((2, length), np.float32)
    for channel, samples in enumerate(audio):
        spectrum = fft.rfft(samples, size)[: wanted // 2 + 1]
        out[channel] = fft.irfft(spectrum * np.float32(wanted / size), wanted)[:length]
    return out


def _trimmed(audio: Samples) -> Samples:
    """Without the silence around it."""
    heard = np.flatnonzero(np.abs(audio).max(axis=0) >= 10 ** (SILENCE_DBFS / 20))
    if heard.size == 0:
        raise _bad("is silent", "silent", "Export it again.")
    first = max(0, int(heard[0]) - round(LEAD_S * RATE))
    return np.ascontiguousarray(audio[:, first : int(heard[-1]) + round(TRAIL_S * RATE)])


def _bad(what: str, code: str, hint: str) -> Invalid:
    return Invalid(f"The recording {what}.", code=f"audio.{code}", hint=hint)


def _of_wrong_length(what: str, seconds: float, limits: Limits) -> Invalid:
    code = "too_short" if seconds < limits.shortest_s else "too_long"
    return _bad(what, code, f"Songs last {limits.shortest_s:g} to {limits.longest_s:g} seconds.")
