"""Each meter reads what was planted."""

from __future__ import annotations

import numpy as np
import pytest
from tests.unit.sound.sound_test_song import RATE, Samples, song

from noktvrn.kernel.errors import Invalid
from noktvrn.model.sound import SectionSpan, Timeline
from noktvrn.sound.analysis import meters
from noktvrn.sound.mastering.master import Character, master


@pytest.fixture(scope="module")
def mastered() -> Samples:
    return master(song(1), RATE, Character())


def noise(seconds: float, level: float = 0.1, seed: int = 1) -> Samples:
    rng = np.random.Generator(np.random.PCG64(seed))
    return (rng.standard_normal((2, round(seconds * RATE))) * level).astype(np.float32)


def test_a_mastered_song_is_clean(mastered: Samples) -> None:
    figures = meters.measure(mastered, RATE)
    assert figures.clipped_runs == 0 and figures.dc_offset < 1e-3
    assert figures.duration_s == pytest.approx(20.0)
    assert len(figures.energy_curve) == 128 and max(figures.energy_curve) == 1.0
    assert len(figures.band_shares_db) == 7
    assert sum(10 ** (share / 10) for share in figures.band_shares_db) == pytest.approx(1, abs=0.05)


def test_a_planted_clip_is_found(mastered: Samples) -> None:
    clipped = mastered.copy()
    clipped[0, 50000:50004] = 1.0
    clipped[1, 90000:90003] = -1.0
    assert meters.measure(clipped, RATE).clipped_runs == 2


def test_flat_tops_below_full_scale_are_found() -> None:
    audio = np.clip(noise(4.0, 0.5), -0.6, 0.6)
    time = np.arange(audio.shape[1]) / RATE
    audio[:] = np.clip(np.sin(2 * np.pi * 200 * time), -0.7, 0.7).astype(np.float32)
    assert meters.measure(audio, RATE).clipped_runs > 1000


def test_a_planted_offset_is_read(mastered: Samples) -> None:
    assert meters.measure(mastered + np.float32(0.01), RATE).dc_offset == pytest.approx(0.01, abs=1e-3)


def test_a_hard_end_is_heard(mastered: Samples) -> None:
    cut = mastered[:, : 15 * RATE].copy()
    assert meters.measure(cut, RATE).edge_peak_dbfs > -50 > meters.measure(mastered, RATE).edge_peak_dbfs


def test_silences_are_measured() -> None:
    audio = noise(12.0)
    audio[:, : round(0.4 * RATE)] = 0
    audio[:, 5 * RATE : round(7.5 * RATE)] = 1e-4
    audio[:, -RATE:] = 0
    figures = meters.measure(audio, RATE)
    assert figures.leading_silence_s == pytest.approx(0.4, abs=0.002)
    assert figures.longest_inner_silence_s == pytest.approx(2.5, abs=0.003)
    assert figures.trailing_silence_s == pytest.approx(1.0, abs=0.002)


def test_width_balance_and_correlation() -> None:
    wide = noise(4.0)
    figures = meters.measure(wide, RATE)
    assert figures.correlation == pytest.approx(0, abs=0.02) and figures.side_mid_db == pytest.approx(
        0, abs=0.2
    )
    lopsided = np.stack((wide[0], wide[0] * np.float32(0.5)))
    figures = meters.measure(lopsided, RATE)
    assert figures.correlation == pytest.approx(1, abs=1e-4) and figures.balance_db == pytest.approx(
        6.02, abs=0.01
    )
    assert meters.measure(np.stack((wide[0], -wide[0])), RATE).correlation == pytest.approx(-1, abs=1e-4)


def test_crest_of_a_sine_is_three_decibels() -> None:
    wave = np.sin(2 * np.pi * 441 * np.arange(4 * RATE) / RATE).astype(np.float32) * np.float32(0.5)
    assert meters.measure(np.stack((wave, wave)), RATE).crest_db == pytest.approx(3.01, abs=0.05)


def test_white_noise_rises_three_decibels_an_octave() -> None:
    assert meters.measure(noise(8.0), RATE).tilt_db_per_octave == pytest.approx(3.0, abs=0.3)


def test_contrast_of_sections_follows_the_timeline() -> None:
    audio = noise(40.0)
    audio[:, 10 * RATE : 20 * RATE] *= np.float32(2)
    audio[:, 30 * RATE :] *= np.float32(2)
    spans = tuple(
        SectionSpan(label=label, start_s=10.0 * i, end_s=10.0 * i + 10, energy=0.5)
        for i, label in enumerate(("verse", "chorus", "verse", "chorus"))
    )
    timeline = Timeline(
        duration_s=40, tempo_bpm=120, key="A minor", beats=(), downbeats=(), sections=spans, chords=()
    )
    assert meters.measure(audio, RATE, timeline).section_contrast_lu == pytest.approx(6.02, abs=0.1)
    assert meters.measure(audio, RATE).section_contrast_lu == pytest.approx(6.0, abs=0.5)


@pytest.mark.parametrize(
    ("audio", "code"),
    [
        (np.zeros((1, 5 * RATE), np.float32), "audio.not_stereo"),
        (np.zeros((2, RATE), np.float32), "audio.too_short"),
        (np.full((2, 4 * RATE), np.nan, np.float32), "audio.not_finite"),
    ],
)
def test_what_cannot_be_measured_is_refused(audio: Samples, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        meters.measure(audio, RATE)
    assert caught.value.code == code and caught.value.hint


def test_silence_can_be_measured() -> None:
    figures = meters.measure(np.zeros((2, 5 * RATE), np.float32), RATE)
    assert figures.integrated_lufs == -120 and figures.leading_silence_s == pytest.approx(5.0, abs=0.001)
    assert all(np.isfinite(v) for v in figures.as_data().values() if isinstance(v, float))


def test_a_lossy_journey_keeps_the_level(mastered: Samples) -> None:
    assert meters.true_peak_after_mp3(mastered, RATE) == pytest.approx(-1.2, abs=1.0)
