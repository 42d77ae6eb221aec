"""Decoding a song to its end: by libsndfile, by ffmpeg where it is AAC or an MP3 that tells no length."""

from __future__ import annotations

import mmap
from collections.abc import Callable
from pathlib import Path

import numpy as np
import soundfile

from noktvrn.outbound.inspection.ffmpeg import Limits, decoded
from noktvrn.outbound.inspection.meter import Meter
from noktvrn.outbound.inspection.mpeg_audio import frames_of
from noktvrn.outbound.inspection.unfit import CUT, Found, Unfit, in_time

BLOCK = 1 << 16
_FORMATS = {
    "audio/mpeg": {"MP3"},
    "audio/wav": {"WAV", "WAVEX"},
    "audio/flac": {"FLAC"},
    "audio/ogg": {"OGG"},
}
_DEMUXERS = {"audio/mp4": "mov", "audio/aac": "aac"}
PCM_RATE = 48_000
SPARE_S = 0.1
"""Decoders leave out what an encoder put before and behind the sound: two frames, a lot of a spoken word."""
LIMITS = Limits(cpu_s=120, wall_s=300.0, most_bytes=int(7300 * PCM_RATE * 2 * 2))


def hear(path: Path, media_type: str, told_s: float | None, ffmpeg: Callable[[], Path]) -> Found:
    """Decodes all of it.

    Raises:
        Unfit: it cannot be decoded, is silent, or lasts another time than `told_s`.
    """
    demuxer = _DEMUXERS.get(media_type)
    if media_type == "audio/mpeg":
        meter = _mp3(path, told_s, ffmpeg)
    elif demuxer is not None:
        meter = _by_ffmpeg(path, demuxer, ffmpeg())
    else:
        meter = _by_libsndfile(path, _FORMATS[media_type])
    in_time(meter.seconds, told_s)
    meter.end()
    return Found(duration_s=meter.seconds)


def _mp3(path: Path, told_s: float | None, ffmpeg: Callable[[], Path]) -> Meter:
    """libsndfile believes the encoder's count of frames, and guesses where there is none: of 20 s at a
    changing bit rate it read 8. So it is asked only where the count is right."""
    with path.open("rb") as source, mmap.mmap(source.fileno(), 0, access=mmap.ACCESS_READ) as data:
        frames = frames_of(data)  # type: ignore[arg-type]  # a map is read like bytes
    if frames.count < 0.98 * frames.told or (frames.cut and not frames.told and not told_s):
        raise Unfit(CUT)
    if 0.98 * frames.count <= frames.told:
        return _by_libsndfile(path, _FORMATS["audio/mpeg"])
    meter = _by_ffmpeg(path, "mp3", ffmpeg())
    if meter.seconds < 0.98 * frames.seconds - SPARE_S:
        raise Unfit("much of it cannot be decoded")
    return meter


def _by_libsndfile(path: Path, formats: set[str]) -> Meter:
    try:
        with soundfile.SoundFile(path) as song:
            if song.format not in formats:
                raise Unfit("it is not what it begins like")
            meter = Meter(song.samplerate, song.channels)
            while len(block := song.read(BLOCK, dtype="float32", always_2d=True)):
                meter.hear(block)
            if meter.seconds < 0.98 * song.frames / song.samplerate:
                raise Unfit(CUT)
            return meter
    except (soundfile.SoundFileError, RuntimeError, OSError):
        raise Unfit("it cannot be decoded") from None


def _by_ffmpeg(path: Path, demuxer: str, ffmpeg: Path) -> Meter:
    meter = Meter(PCM_RATE, 2)
    rest = b""

    def hear_pcm(data: bytes) -> None:
        nonlocal rest
        data = rest + data
        even = len(data) // 4 * 4
        rest = data[even:]
        meter.hear(np.frombuffer(data[:even], "<i2").reshape(-1, 2).astype(np.float32) / np.float32(32768))

    pcm = ("-map", "0:a:0", "-ac", "2", "-ar", str(PCM_RATE), "-f", "s16le")
    decoded(ffmpeg, path, demuxer, pcm, LIMITS, hear_pcm)
    return meter
