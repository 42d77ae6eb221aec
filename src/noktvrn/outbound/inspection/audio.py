"""Decoding a song to its end: in the house where libsndfile can, by ffmpeg where it is AAC."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import soundfile

from noktvrn.outbound.inspection.ffmpeg import Limits, decoded
from noktvrn.outbound.inspection.meter import Meter
from noktvrn.outbound.inspection.unfit import Found, Unfit, in_time

BLOCK = 1 << 16
_FORMATS = {
    "audio/mpeg": {"MP3"},
    "audio/wav": {"WAV", "WAVEX"},
    "audio/flac": {"FLAC"},
    "audio/ogg": {"OGG"},
}
_DEMUXERS = {"audio/mp4": "mov", "audio/aac": "aac"}
AAC_RATE = 48_000
LIMITS = Limits(cpu_s=120, wall_s=300.0, most_bytes=int(7300 * AAC_RATE * 2 * 2))


def hear(path: Path, media_type: str, told_s: float | None, ffmpeg: Callable[[], Path]) -> Found:
    """Decodes all of it.

    Raises:
        Unfit: it cannot be decoded, is silent, or lasts another time than `told_s`.
    """
    demuxer = _DEMUXERS.get(media_type)
    meter = _by_ffmpeg(path, demuxer, ffmpeg()) if demuxer else _by_libsndfile(path, _FORMATS[media_type])
    in_time(meter.seconds, told_s)
    meter.end()
    return Found(duration_s=meter.seconds)


def _by_libsndfile(path: Path, formats: set[str]) -> Meter:
    try:
        with soundfile.SoundFile(path) as song:
            if song.format not in formats:
                raise Unfit("it is not what it begins like")
            meter = Meter(song.samplerate, song.channels)
            while len(block := song.read(BLOCK, dtype="float32", always_2d=True)):
                meter.hear(block)
            if meter.seconds < 0.98 * song.frames / song.samplerate:
                raise Unfit("it ends in the middle")
            return meter
    except (soundfile.SoundFileError, RuntimeError, OSError):
        raise Unfit("it cannot be decoded") from None


def _by_ffmpeg(path: Path, demuxer: str, ffmpeg: Path) -> Meter:
    meter = Meter(AAC_RATE, 2)
    rest = b""

    def hear_pcm(data: bytes) -> None:
        nonlocal rest
        data = rest + data
        even = len(data) // 4 * 4
        rest = data[even:]
        meter.hear(np.frombuffer(data[:even], "<i2").reshape(-1, 2).astype(np.float32) / np.float32(32768))

    pcm = ("-map", "0:a:0", "-ac", "2", "-ar", str(AAC_RATE), "-f", "s16le")
    decoded(ffmpeg, path, demuxer, pcm, LIMITS, hear_pcm)
    return meter
