"""The picture shows what sounds, where it sounds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from noktvrn.sound.analysis.spectrogram import write_png

RATE = 44100


def test_a_tone_is_a_line_at_its_height(tmp_path: Path) -> None:
    time = np.arange(6 * RATE) / RATE
    wave = np.where(time < 3, 0.5 * np.sin(2 * np.pi * 1000 * time), 0).astype(np.float32)
    write_png(tmp_path / "a.png", np.stack((wave, wave)), RATE, width=300, height=400)
    light = np.asarray(Image.open(tmp_path / "a.png")).sum(axis=2)
    assert light.shape == (400, 300)
    column = light[100:, 75]
    expected = 300 * np.log(18000 / 1000) / np.log(18000 / 30)
    assert abs(int(np.argmax(column)) - expected) < 8
    assert light[50, 75] > light[50, 225] or light[45, 75] > light[45, 225]
    assert column.max() > 3 * light[100:380, 225].max()


def test_it_is_repeatable(tmp_path: Path) -> None:
    audio = np.random.Generator(np.random.PCG64(1)).standard_normal((2, 2 * RATE)).astype(np.float32) * 0.1
    for name in ("a.png", "b.png"):
        write_png(tmp_path / name, audio, RATE, width=200, height=120)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
