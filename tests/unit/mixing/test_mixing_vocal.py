"""The vocal bus: level, width, room, and the room made for it."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from noktvrn.model.sound import SectionSpan
from noktvrn.sound.analysis import loudness
from noktvrn.sound.mixing.vocal import place_voice, sit_voice
from noktvrn.sound.score import RATE

SECTIONS = (
    SectionSpan(label="verse", start_s=0.0, end_s=6.0, energy=0.5),
    SectionSpan(label="chorus", start_s=6.0, end_s=12.0, energy=0.9),
)
Samples = NDArray[np.float32]


def sung(loud_verse: float = 0.1) -> Samples:
    """Phrases of two seconds and a rest of one, a quiet verse and a loud chorus, with s-sounds; (n,)."""
    clock = np.arange(12 * RATE) / RATE
    tone = sum(np.sin(2 * np.pi * 220 * k * clock) / k for k in range(1, 9))
    rng = np.random.Generator(np.random.PCG64(1))
    sharp = np.diff(rng.standard_normal(clock.size), prepend=0.0) * (clock % 1.0 > 0.9)
    level = np.where(clock < 6.0, loud_verse, 0.3) * (clock % 3.0 < 2.0)
    return np.asarray((0.4 * tone + sharp) * level, dtype=np.float32)


def power(samples: Samples) -> float:
    return float(np.mean(samples.astype(np.float64) ** 2))


def test_it_is_stereo_as_long_as_before_and_the_same_twice() -> None:
    out = place_voice(sung(), SECTIONS, 0.5, seed=3)
    assert out.shape == (2, 12 * RATE)
    assert np.isfinite(out).all()
    assert np.array_equal(out, place_voice(sung()[None, :], SECTIONS, 0.5, seed=3))
    assert not np.array_equal(out, place_voice(sung(), SECTIONS, 0.5, seed=4))


def test_choruses_stand_wide_and_verses_in_the_middle() -> None:
    out = place_voice(sung(), SECTIONS, 0.5, seed=3)
    side, mid = out[0] - out[1], out[0] + out[1]
    widths = [power(side[a * RATE : b * RATE]) / power(mid[a * RATE : b * RATE]) for a, b in ((0, 2), (6, 8))]
    assert widths[1] > 3.0 * widths[0] > 0.0


def test_loud_and_soft_phrases_come_nearer() -> None:
    out = place_voice(sung(), SECTIONS, 0.5, seed=3)
    before = power(sung()[6 * RATE : 8 * RATE]) / power(sung()[: 2 * RATE])
    after = power(out[:, 6 * RATE : 8 * RATE]) / power(out[:, : 2 * RATE])
    assert after < 0.5 * before


def test_sibilants_are_held_down() -> None:
    out = place_voice(sung(), SECTIONS, 0.5, seed=3).mean(axis=0)
    at = slice(round(0.92 * RATE), round(0.98 * RATE))
    tone = slice(round(0.4 * RATE), round(0.6 * RATE))
    before = power(sung()[at]) / power(sung()[tone])
    assert power(out[at]) / power(out[tone]) < 0.6 * before


def test_phrases_ring_on_in_their_rests() -> None:
    out = place_voice(sung(), SECTIONS, 0.5, seed=3)
    assert power(out[:, round(2.1 * RATE) : round(2.5 * RATE)]) > 1e-7


def test_silence_stays_silent() -> None:
    assert not place_voice(np.zeros(3 * RATE, np.float32), SECTIONS, 0.5, seed=1).any()
    mix = np.ones((2, 3 * RATE), np.float32)
    assert sit_voice(mix, np.zeros((2, 3 * RATE), np.float32), SECTIONS) == 1.0
    assert np.all(mix == 1.0)


@pytest.mark.parametrize("over_lu", [-2.0, 1.0])
def test_it_sits_by_loudness_and_the_instrumental_gives_way(over_lu: float) -> None:
    rng = np.random.Generator(np.random.PCG64(2))
    band = (0.05 * rng.standard_normal((2, 12 * RATE))).astype(np.float32)
    voice = place_voice(sung(), SECTIONS, 0.5, seed=3)
    singing, mix = voice.copy(), band.copy()
    sit_voice(mix, singing, SECTIONS, over_lu=over_lu, duck_db=1.5)
    kept = mix - singing
    sings = np.arange(120) % 30 < 20
    own = loudness.powers_of(singing, RATE)[sings].mean()
    beside = loudness.powers_of(kept, RATE)[sings].mean()
    assert 10 * np.log10(own / beside) == pytest.approx(over_lu + 1.5, abs=1.0)
    sung_s, rest_s = slice(RATE, round(1.6 * RATE)), slice(round(2.4 * RATE), round(2.6 * RATE))
    under, open_ = (10 * np.log10(power(kept[:, at]) / power(band[:, at])) for at in (sung_s, rest_s))
    assert under - open_ == pytest.approx(-1.5, abs=0.5)


def test_a_verse_with_words_does_not_outgrow_a_chorus_without() -> None:
    rng = np.random.Generator(np.random.PCG64(4))
    band = (0.03 * rng.standard_normal((2, 12 * RATE))).astype(np.float32)
    band[:, 6 * RATE :] *= np.float32(10 ** (3 / 20))
    voice = place_voice(sung(), SECTIONS, 0.5, seed=3)
    voice[:, 6 * RATE :] = 0.0
    halves = [
        SectionSpan(label="verse", start_s=0.0, end_s=6.0, energy=0.5),
        SectionSpan(label="chorus", start_s=6.0, end_s=12.0, energy=0.9),
    ]
    sit_voice(band, voice, halves, over_lu=0.5)
    powers = loudness.powers_of(band, RATE)
    assert 10 * np.log10(powers[65:115].mean() / powers[5:55].mean()) == pytest.approx(3.0, abs=0.5)
