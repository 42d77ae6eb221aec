"""The world behind: it covers the frame wherever it drifts, and its breathing is never a flash."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noktvrn.film.backdrop import Backdrop, Grade, Set, margin_of
from noktvrn.film.flashes import relative_luminance, worst_flashing
from noktvrn.film.light import BASE_LIMIT
from noktvrn.film.yuv import Bytes, Frame

WIDTH, HEIGHT = 96, 54


def still(level: int = 150) -> Bytes:
    """A picture that is a little brighter to the right, so that a move shows."""
    ramp = np.linspace(level - 60, level + 60, 160).astype(np.uint8)
    return np.repeat(np.repeat(ramp[None, :, None], 90, axis=0), 3, axis=2)


def lit(grade: Grade | None = None, *, level: int = 150, grain: float = 0.0) -> Set:
    return Backdrop(still(level), WIDTH, HEIGHT, grain=grain, seed=2).light(grade or Grade(), seed=3)


@settings(max_examples=40)
@given(st.floats(0, 4000), st.floats(0, 1))
def test_it_covers_the_frame_at_any_time(time_s: float, pulse: float) -> None:
    frame = Frame(WIDTH, HEIGHT)
    frame.y[...] = 0
    lit().lay(frame, time_s, pulse)
    assert frame.y.min() >= 16
    assert frame.y.max() <= 235


def test_it_drifts_on_and_on() -> None:
    backdrop, frame = Backdrop(still(), 480, 270, grain=0.0, seed=2).light(Grade(), seed=3), Frame(480, 270)
    pictures = []
    for second in range(30):
        backdrop.lay(frame, float(second), 0.0)
        pictures.append(frame.y.copy())
    moved = [bool((one != two).any()) for one, two in pairwise(pictures)]
    assert sum(moved) > 0.8 * len(moved)


def test_the_bass_lifts_it_step_by_step() -> None:
    frame, means = Frame(WIDTH, HEIGHT), []
    for pulse in (0.0, 0.25, 0.5, 0.75, 1.0):
        lit().lay(frame, 1.0, pulse)
        means.append(float(frame.y.mean()))
    assert means == sorted(means)
    assert means[-1] > means[0] * 1.05


@pytest.mark.parametrize("level", [80, 130, 180])
def test_even_the_fastest_beating_bass_never_flashes(level: int) -> None:
    backdrop, frame, looks = lit(level=level), Frame(WIDTH, HEIGHT), []
    for index in range(60):
        backdrop.lay(frame, index / 30, float(index // 2 % 2))
        full = np.clip((frame.y[::6, ::6].astype(np.float32) - 16) * 255 / 219, 0, 255)
        looks.append(full.astype(np.uint8))
    assert worst_flashing(relative_luminance(np.stack(looks)), 30)[0] <= 3


def test_chroma_stays_where_light_can_be_added() -> None:
    red = np.zeros((90, 160, 3), dtype=np.uint8)
    red[..., 0] = 255
    frame = Frame(WIDTH, HEIGHT)
    Backdrop(red, WIDTH, HEIGHT, grain=0, seed=1).light(Grade(saturation=2.0), seed=1).lay(frame, 0, 0)
    for plane in (frame.u, frame.v):
        assert np.abs(plane.astype(int) - 128).max() <= BASE_LIMIT + 1


def test_the_margin_is_even_and_64_at_1080p() -> None:
    assert margin_of(1920, 1080) == 64
    assert all(margin_of(side, side) % 2 == 0 for side in range(16, 4000, 7))
