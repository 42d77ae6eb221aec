"""Colour against the published values of BT.709, and the operations on planes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from noktvrn.film.light import add_light, add_tint, blend, darken, dim, neutral
from noktvrn.film.yuv import BLACK, WHITE, Frame, Planes, Tone, halved, to_planes, to_rgb, tone
from noktvrn.kernel.errors import Invalid

BYTE = st.integers(0, 255)


@pytest.mark.parametrize(
    ("rgb", "expected"),
    [
        ((0, 0, 0), Tone(16, 128, 128)),
        ((1, 1, 1), Tone(235, 128, 128)),
        ((1, 0, 0), Tone(63, 102, 240)),
        ((0, 1, 0), Tone(173, 42, 26)),
        ((0, 0, 1), Tone(32, 240, 118)),
    ],
)
def test_tones_of_the_colour_bars(rgb: tuple[float, float, float], expected: Tone) -> None:
    assert tone(rgb) == expected


@given(BYTE, BYTE, BYTE)
def test_planes_and_back_keep_the_colour(red: int, green: int, blue: int) -> None:
    picture = np.full((16, 16, 3), (red, green, blue), dtype=np.uint8)
    back = to_rgb(to_planes(picture)).astype(int)
    assert np.abs(back - [red, green, blue]).max() <= 5


@pytest.mark.parametrize("size", [(15, 20), (20, 15), (2, 2), (0, 0)])
def test_odd_and_tiny_frames_are_refused(size: tuple[int, int]) -> None:
    with pytest.raises(Invalid):
        Frame(*size)


def test_a_frame_is_one_buffer_in_i420_order() -> None:
    frame = Frame(32, 16)
    frame.y[...], frame.u[...], frame.v[...] = 1, 2, 3
    assert bytes(frame.view) == b"\1" * 512 + b"\2" * 128 + b"\3" * 128


@given(st.integers(BLACK, WHITE), BYTE)
def test_light_stops_at_white(under: int, light: int) -> None:
    luma = np.full((4, 4), under, np.uint8)
    add_light(luma, np.full((4, 4), light, np.uint8), np.empty((4, 4), np.uint8))
    assert (luma == min(WHITE, under + light)).all()


@given(st.integers(60, 196), st.integers(-58, 58))
def test_tint_moves_both_ways(under: int, step: int) -> None:
    chroma = np.full((4, 4), under, np.uint8)
    add_tint(chroma, np.full((4, 4), step, np.int8))
    assert (chroma == under + step).all()


@given(BYTE, st.integers(0, 235), st.floats(0, 1), BYTE)
def test_blend_lands_between_ground_and_value(under: int, value: int, alpha: float, cover: int) -> None:
    plane = np.full((4, 4), under, np.uint8)
    blend(plane, np.full((4, 4), cover, np.uint8), value, alpha)
    wanted = under + (value - under) * alpha * cover / 255
    assert abs(int(plane[0, 0]) - wanted) <= 4
    assert min(under, value) - 1 <= plane[0, 0] <= max(under, value)


def test_darken_dim_and_neutral() -> None:
    luma = np.full((2, 2), 200, np.uint8)
    darken(luma, np.array([[40, 255], [255, 40]], np.uint8))
    assert luma.tolist() == [[40, 200], [200, 40]]
    dim(luma, 1.0)
    assert (luma == BLACK).all()
    chroma = np.full((2, 2), 60, np.uint8)
    neutral(chroma, 1.0)
    assert (chroma == 128).all()


def test_halved_is_the_mean_of_four() -> None:
    assert halved(np.array([[0, 255], [255, 255]], np.uint8)).tolist() == [[191]]


def test_planes_of_a_gradient_are_dithered_not_banded() -> None:
    ramp = np.linspace(40, 44, 256, dtype=np.float32)
    picture = np.repeat(np.repeat(ramp[None, :, None], 64, axis=0), 3, axis=2).astype(np.uint8)
    still: Planes = to_planes(picture, seed=1)
    assert len(np.unique(still.y[:, 10])) == 2
