"""Artists of one style are told apart by ear: by a descriptor that knows nothing of their seeds."""

from __future__ import annotations

import numpy as np
import pytest
from tests.unit.sound.sound_test_artists import describe, told_apart


def _share(style: str, artists: int, songs: int, seconds: int) -> float:
    return told_apart(
        np.array([[describe(style, a, s, seconds) for s in range(songs)] for a in range(1, artists + 1)])
    )


def test_chance_is_what_artists_without_a_signature_get() -> None:
    noise = np.random.Generator(np.random.PCG64(1)).standard_normal((8, 12, 48))
    assert told_apart(noise) < 0.3


@pytest.mark.long
def test_three_artists_of_one_style_are_told_apart() -> None:
    assert _share("house", 3, 3, 30) >= 0.8


@pytest.mark.long
@pytest.mark.parametrize("style", ["dark_electronic", "house", "folk", "lofi", "rock"])
def test_eight_artists_of_one_style_are_told_apart(style: str) -> None:
    assert _share(style, 8, 4, 60) >= 0.8
