"""Colour is a contract with the eye: known values, round trips, gamut."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noktvrn.picture.colour import (
    contrast,
    hex_of,
    linear_of,
    luminance,
    oklch,
    to_encoded,
    to_linear,
    to_oklch,
)
from noktvrn.picture.identity import make_look
from noktvrn.picture.palette import palette_of


def test_black_on_white_is_twenty_one_to_one() -> None:
    white, black = (float(luminance(linear_of(text))) for text in ("#ffffff", "#000000"))
    assert contrast(white, black) == pytest.approx(21.0, abs=0.01)


def test_known_oklch_of_srgb_red() -> None:
    """Ottosson's published value: L 0.628, C 0.2577, h 29.23."""
    lightness, chroma, hue = to_oklch(linear_of("#ff0000"))
    assert lightness == pytest.approx(0.628, abs=1e-3)
    assert chroma == pytest.approx(0.2577, abs=1e-3)
    assert hue == pytest.approx(29.23, abs=0.1)


@given(st.integers(0, 0xFFFFFF))
def test_hex_survives_linear_light(number: int) -> None:
    text = f"#{number:06x}"
    assert hex_of(linear_of(text)) == text


@given(st.floats(0, 1), st.floats(0, 0.4), st.floats(0, 360))
def test_every_oklch_colour_is_shown_inside_srgb(lightness: float, chroma: float, hue: float) -> None:
    linear = oklch(lightness, chroma, hue)
    assert linear.min() >= 0 and linear.max() <= 1


def test_transfer_curve_round_trip() -> None:
    values = np.linspace(0, 1, 256, dtype=np.float32)
    assert np.abs(to_encoded(to_linear(values)) - values).max() < 1e-4


@settings(max_examples=60)
@given(st.integers(0, 2**62))
def test_ramps_rise_in_lightness(seed: int) -> None:
    look = make_look(seed, moods=[], looks=[], stage_name="Ost Harbor")
    steps = [to_oklch(linear_of(stop))[0] for stop in look.ramp]
    assert all(upper - lower > 0.1 for lower, upper in pairwise(steps))


def test_a_release_turns_hues_by_at_most_twenty_degrees() -> None:
    look = make_look(4, moods=["joyful"], looks=["risograph"], stage_name="Kiosk Kino")
    assert np.array_equal(palette_of(look, 500.0).ramp, palette_of(look, 20.0).ramp)
    before, after = (to_oklch(palette_of(look, shift).ramp[2])[2] for shift in (0.0, 20.0))
    assert abs((after - before + 180) % 360 - 180) == pytest.approx(20.0, abs=1.5)
