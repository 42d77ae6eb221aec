"""A song at a glance: its waveform above its spectrogram, as a PNG that people and reviewers look at."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from scipy import fft

Samples = NDArray[np.float32]
Pixels = NDArray[np.uint8]

_WINDOW = 4096
_COLUMNS_AT_ONCE = 128
LOW_HZ, HIGH_HZ = 30.0, 18000.0
_RANGE_DB = 78.0
MARKS_HZ = (60, 120, 250, 500, 1000, 2000, 4000, 8000, 16000)
_NIGHT = (9, 10, 20)
_WAVE, _BODY = (96, 104, 168), (196, 170, 232)
_INK = (222, 222, 238)
_RAMP = (
    (9, 10, 20),
    (30, 24, 66),
    (84, 36, 112),
    (168, 52, 104),
    (232, 106, 74),
    (250, 186, 102),
    (255, 246, 214),
)


def write_png(path: Path, audio: Samples, rate: int, *, width: int = 1600, height: int = 900) -> None:
    """Draws `audio` (2, n), at least one second of it, into a PNG of `width` x `height` pixels."""
    wave_height = height // 4
    picture = np.concatenate(
        (_wave(audio, width, wave_height), spectrum(audio, rate, width, height - wave_height))
    )
    image = Image.fromarray(picture)
    _label(image, audio.shape[1] / rate, wave_height)
    image.save(path, "PNG")


def _wave(audio: Samples, width: int, height: int) -> Pixels:
    """Peaks of each column, and inside them its RMS, mirrored around the middle."""
    mono = audio.mean(axis=0)
    starts = np.linspace(0, mono.size, width, endpoint=False).astype(np.intp)
    highest = np.maximum.reduceat(np.abs(audio).max(axis=0), starts)
    loud = np.sqrt(np.add.reduceat(mono.astype(np.float64) ** 2, starts) / (mono.size / width))
    away = np.abs(np.linspace(-1.08, 1.08, height))[:, None]
    picture = np.empty((height, width, 3), np.uint8)
    picture[:] = _NIGHT
    picture[away <= highest] = _WAVE
    picture[away <= loud] = _BODY
    return picture


def spectrum(audio: Samples, rate: int, width: int, height: int) -> Pixels:
    """Level over logarithmic frequency (rows, `HIGH_HZ` on top, `LOW_HZ` below) and time (columns),
    `_RANGE_DB` deep: (height, width, 3)."""
    mono = np.pad(audio.mean(axis=0), (_WINDOW // 2, _WINDOW))
    starts = np.linspace(0, audio.shape[1] - 1, 2 * width).astype(np.intp)
    views = np.lib.stride_tricks.sliding_window_view(mono, _WINDOW)
    window = np.hanning(_WINDOW).astype(np.float32)
    power = np.empty((width, _WINDOW // 2 + 1), np.float32)
    for first in range(0, width, _COLUMNS_AT_ONCE):
        last = min(first + _COLUMNS_AT_ONCE, width)
        squares = np.abs(fft.rfft(views[starts[2 * first : 2 * last]] * window)) ** 2
        power[first:last] = squares.reshape(last - first, 2, -1).max(axis=1)
    hertz = np.geomspace(HIGH_HZ, LOW_HZ, height)
    at = np.clip(hertz * _WINDOW / rate, 0, power.shape[1] - 2)
    below = at.astype(np.intp)
    rows = power[:, below] * (1 - (at - below)) + power[:, below + 1] * (at - below)
    level = 10 * np.log10(rows.T + 1e-12) + 1.5 * np.log2(hertz / 1000)[:, None]
    return _coloured(np.clip(1 + (level - level.max()) / _RANGE_DB, 0, 1))


def _coloured(share: NDArray[np.floating]) -> Pixels:
    stops = np.linspace(0, 1, len(_RAMP))
    table = np.stack(
        [np.interp(np.linspace(0, 1, 256), stops, [c[i] for c in _RAMP]) for i in range(3)], axis=1
    )
    return np.asarray(np.rint(table).astype(np.uint8)[np.rint(share * 255).astype(np.intp)])


def _label(image: Image.Image, duration_s: float, top: int) -> None:
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(size=12)
    height = image.height - top
    for hertz in MARKS_HZ:
        y = top + height * np.log(HIGH_HZ / hertz) / np.log(HIGH_HZ / LOW_HZ)
        draw.line((0, y, 8, y), fill=_INK)
        draw.text(
            (12, y - 7), f"{hertz / 1000:g} kHz" if hertz >= 1000 else f"{hertz} Hz", fill=_INK, font=font
        )
    for second in range(30, int(duration_s), 30):
        x = image.width * second / duration_s
        draw.line((x, image.height - 8, x, image.height), fill=_INK)
        text = f"{second // 60}:{second % 60:02d}"
        draw.text((x + 4, image.height - 17), text, fill=_INK, font=font, stroke_width=2, stroke_fill=_NIGHT)
