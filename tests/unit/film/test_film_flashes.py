"""The photosensitivity meter against pictures whose flashes are known."""

from __future__ import annotations

import numpy as np
import pytest

from noktvrn.film.flashes import LIMIT, relative_luminance, worst_flashing
from noktvrn.film.yuv import Floats

FPS = 30


def blinking(per_second: float, low: float, high: float, share: float = 1.0, seconds: float = 3.0) -> Floats:
    """A picture of 40 points of which `share` blink as a square wave."""
    time = np.arange(round(seconds * FPS)) / FPS
    wave = np.where((time * per_second) % 1.0 < 0.5, low, high).astype(np.float32)
    picture = np.full((len(time), 40), low, dtype=np.float32)
    picture[:, : round(40 * share)] = wave[:, None]
    return picture


@pytest.mark.parametrize("rate", [1, 2, 3, 5, 7.5])
def test_it_counts_flashes_per_second(rate: float) -> None:
    worst, _ = worst_flashing(blinking(rate, 0.1, 0.6), FPS)
    assert worst == pytest.approx(rate, abs=0.51)


def test_small_changes_are_no_flashes() -> None:
    assert worst_flashing(blinking(10, 0.30, 0.39), FPS)[0] == 0


def test_changes_between_bright_pictures_are_no_flashes() -> None:
    assert worst_flashing(blinking(10, 0.82, 1.0), FPS)[0] == 0


def test_a_small_area_is_no_danger() -> None:
    assert worst_flashing(blinking(10, 0.0, 1.0, share=0.2), FPS)[0] == 0
    assert worst_flashing(blinking(10, 0.0, 1.0, share=0.3), FPS)[0] > LIMIT


def test_a_slow_fade_is_one_change_however_many_steps_it_takes() -> None:
    fade = np.linspace(0, 0.7, 90, dtype=np.float32)[:, None] * np.ones((1, 9), np.float32)
    assert worst_flashing(fade, FPS)[0] <= 0.5


def test_it_says_where() -> None:
    calm = np.full((60, 40), 0.1, np.float32)
    _, frame = worst_flashing(np.concatenate([calm, blinking(8, 0.1, 0.7)]), FPS)
    assert 60 <= frame <= 100


def test_luminance_is_that_of_wcag() -> None:
    table = relative_luminance(np.array([[0, 10, 128, 255]], np.uint8))[0]
    assert table == pytest.approx([0.0, 0.003035, 0.215861, 1.0], abs=1e-4)


def test_an_empty_film_has_none() -> None:
    assert worst_flashing(np.zeros((0, 4), np.float32), FPS) == (0, 0)
