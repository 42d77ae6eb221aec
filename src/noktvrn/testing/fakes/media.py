"""Small valid files for fakes to hand out: songs, speech, pictures and shots, made here and now."""

from __future__ import annotations

import io
import subprocess
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
import soundfile
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from noktvrn.film.ffmpeg import find_ffmpeg
from noktvrn.kernel.seeds import derive_seed

RATE = 44_100
ROOTS = (0, -4, 3, -2)
Sound = NDArray[np.float64]


@lru_cache(maxsize=8)
def song(
    seconds: float = 40.0,
    form: Literal["MP3", "WAV", "FLAC"] = "MP3",
    seed: int = 0,
    bpm: float = 120.0,
    tonic: int | None = None,
) -> bytes:
    """A minor chord progression with a beat in it, stereo at 44.1 kHz; never silent. `tonic` is a pitch class
    (0 is C): then it keeps to its key, every other four bars are louder, and the seed decides where the
    progression begins. Without one the seed decides the tonic."""
    time = np.arange(round(seconds * RATE)) / RATE
    left = _plain(time, seed, 60.0 / bpm) if tonic is None else _formed(time, seed, 60.0 / bpm, tonic)
    sound = np.stack([left, np.roll(left, 200)], axis=1).astype(np.float32)
    place = io.BytesIO()
    soundfile.write(place, sound, RATE, format=form)
    return place.getvalue()


def _plain(time: Sound, seed: int, beat_s: float) -> Sound:
    bar = (time / (4 * beat_s)).astype(int) % 4
    root = 110.0 * 2 ** ((derive_seed(seed, "root") % 12) / 12)
    return 0.12 * _tones(time, root, np.array(ROOTS)[bar], (0, 3, 7)) + 0.5 * _drum(time, beat_s, 60.0)


def _formed(time: Sound, seed: int, beat_s: float, tonic: int) -> Sound:
    """Chords of the key alone: i, VI, III and VII."""
    count = (time / (4 * beat_s)).astype(int)
    bar = (count + derive_seed(seed, "turn")) % 4
    root, minor = 110.0 * 2 ** (((tonic - 9) % 12) / 12), bar == 0
    third = np.where(minor, 3, 4)
    chord = _tones(time, root, np.array(ROOTS)[bar], (0, third, 7))
    lead = np.sin(2 * np.pi * 4 * root * 2 ** (np.array(ROOTS)[bar] / 12) * time)
    loud = (count // 4) % 2
    drum = _drum(time, beat_s, 50.0 + derive_seed(seed, "drum") % 20)
    sound: Sound = (0.06 + 0.06 * loud) * chord + 0.08 * loud * lead + (0.35 + 0.15 * loud) * drum
    return sound


def _drum(time: Sound, beat_s: float, hertz: float) -> Sound:
    struck: Sound = np.exp(-14 * (time % beat_s)) * np.sin(2 * np.pi * hertz * time)
    return struck


def _tones(time: Sound, root: float, steps: NDArray[np.int_], chord: tuple[Any, ...]) -> Sound:
    sound: Sound = sum(np.sin(2 * np.pi * root * 2 ** ((steps + tone) / 12) * time) for tone in chord)
    return sound


@lru_cache(maxsize=64)
def speech(
    text: str, voice: str = "", speed: float = 1.0, rate: int = 44_100, form: Literal["MP3", "WAV"] = "MP3"
) -> bytes:
    """A hum with one swell for every three letters, five a second at speed 1: mono, as services speak. The
    voice decides its pitch, the words how long it is."""
    swells = max(1, -(-len(text) // 3))
    pitch = 90.0 * 2 ** ((derive_seed(0, "speech", voice) % 24) / 12)
    time = np.arange(round(swells * 0.2 / speed * rate)) / rate
    tone = sum(np.sin(2 * np.pi * pitch * part * time) / part for part in range(1, 9))
    swell = np.sin(np.pi * ((time * speed / 0.2) % 1.0)) ** 0.5
    place = io.BytesIO()
    soundfile.write(place, (0.2 * tone * swell).astype(np.float32), rate, format=form)
    return place.getvalue()


@lru_cache(maxsize=8)
def picture(
    width: int = 1024,
    height: int = 1024,
    form: Literal["PNG", "JPEG"] = "PNG",
    seed: int = 0,
    words: str = "",
) -> bytes:
    """A field of soft discs; `words` are lettered across it, as image models do unasked."""
    dice = np.random.Generator(np.random.PCG64(derive_seed(seed, "picture")))
    image = Image.new("RGB", (width, height), tuple(int(c) for c in dice.integers(0, 90, 3)))
    pen = ImageDraw.Draw(image)
    for _ in range(24):
        x, y = int(dice.integers(0, width)), int(dice.integers(0, height))
        r = int(dice.integers(width // 20, width // 4))
        pen.ellipse((x - r, y - r, x + r, y + r), fill=tuple(int(c) for c in dice.integers(30, 255, 3)))
    if words:
        pen.text((width // 10, height // 2), words, fill="white", font_size=height // 12)
    place = io.BytesIO()
    image.save(place, form)
    return place.getvalue()


@lru_cache(maxsize=8)
def shot(seconds: float = 5.0, width: int = 640, height: int = 360, seed: int = 0) -> bytes:
    """A moving test card as MP4 (H.264)."""
    hue = derive_seed(seed, "hue") % 360
    source = f"testsrc2=size={width}x{height}:rate=24:duration={seconds:.3f},hue=h={hue}"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "shot.mp4"
        command = [str(find_ffmpeg()), "-v", "error", "-f", "lavfi", "-i", source, "-c:v", "libx264"]
        command += ["-preset", "ultrafast", "-pix_fmt", "yuv420p", str(path)]
        subprocess.run(command, check=True, timeout=60, stdin=subprocess.DEVNULL)
        return path.read_bytes()
