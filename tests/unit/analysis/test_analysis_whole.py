"""The whole analysis: sections, curves, spectral figures, and what becomes of odd recordings."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from tests.unit.analysis.analysis_rhythms import GROOVES, RATE, band

from noktvrn.kernel.errors import Invalid
from noktvrn.model.analysis import TrackAnalysis
from noktvrn.sound.analysis import analyse


@cache
def rising_song() -> TrackAnalysis:
    audio, _ = band(GROOVES["backbeat"], 120.0, seconds=50.0, lift_from=0.5)
    return analyse(audio, RATE)


def test_the_pieces_agree_with_the_whole() -> None:
    heard = rising_song()
    assert heard.tempo is not None and heard.key is not None and heard.meter is not None
    assert heard.figures.tempo_bpm == heard.tempo.bpm == pytest.approx(120, abs=0.1)
    assert heard.figures.key == heard.key.name == "A minor"
    assert heard.meter.signature == (4, 4)
    assert set(heard.downbeats) <= set(heard.beats)
    assert heard.figures.fingerprint


def test_sections_cover_the_song_and_begin_on_downbeats() -> None:
    heard = rising_song()
    spans = heard.sections
    assert spans[0].start_s == 0 and spans[-1].end_s == pytest.approx(heard.figures.duration_s, abs=1e-3)
    assert all(one.end_s == other.start_s for one, other in pairwise(spans))
    assert spans[0].label == "A"
    for span in spans[1:]:
        assert min(abs(span.start_s - at) for at in heard.downbeats) < 1e-3


def test_a_lift_is_a_section_of_its_own_with_more_energy() -> None:
    spans = rising_song().sections
    lift = min(spans[1:], key=lambda span: abs(span.start_s - 24.3))
    before = spans[spans.index(lift) - 1]
    assert lift.start_s == pytest.approx(24.3, abs=2.1)
    assert lift.label != before.label and lift.energy > before.energy


def test_loudness_curves_are_those_of_their_windows() -> None:
    heard = rising_song()
    pieces = int(heard.figures.duration_s * 10)
    assert len(heard.loudness.momentary_lufs) == pieces - 3
    assert len(heard.loudness.short_term_lufs) == pieces - 29
    assert max(heard.loudness.short_term_lufs) <= max(heard.loudness.momentary_lufs)


def test_spectral_figures_tell_a_tone_from_noise() -> None:
    time = np.arange(5 * RATE) / RATE
    tone = np.tile(0.3 * np.sin(2 * np.pi * 1000 * time), (2, 1)).astype(np.float32)
    noise = np.random.Generator(np.random.PCG64(3)).normal(0, 0.1, (2, 5 * RATE)).astype(np.float32)
    still, restless = analyse(tone, RATE).spectral, analyse(noise, RATE).spectral
    assert still.centroid_hz == pytest.approx(1000, abs=15) and still.rolloff_hz == pytest.approx(
        1000, abs=15
    )
    assert still.flatness < 0.01 < 0.8 < restless.flatness
    assert still.flux < restless.flux
    assert restless.rolloff_hz > 8000


def test_silence_has_nothing_to_hear() -> None:
    heard = analyse(np.zeros((2, 5 * RATE), np.float32), RATE)
    assert heard.tempo is None and heard.key is None and heard.meter is None
    assert heard.beats == heard.downbeats == ()
    assert len(heard.sections) == 1
    assert heard.figures.integrated_lufs == -120


@pytest.mark.parametrize("rate", [8_000, 48_000, 192_000])
def test_any_rate_is_heard(rate: int) -> None:
    audio, _ = band(GROOVES["four"], 125.0, seconds=14.0, tonic=4)
    slow = np.arange(round(14.0 * rate)) * (RATE / rate)
    taken = np.stack([np.interp(slow, np.arange(audio.shape[1]), channel) for channel in audio])
    heard = analyse(taken.astype(np.float32), rate)
    assert heard.tempo is not None and heard.key is not None
    assert heard.tempo.bpm == pytest.approx(125, rel=0.005)
    assert heard.figures.sample_rate == rate


@pytest.mark.parametrize(
    ("shape", "code"), [((1, 5 * RATE), "audio.not_stereo"), ((2, RATE), "audio.too_short")]
)
def test_what_cannot_be_measured_is_refused(shape: tuple[int, int], code: str) -> None:
    with pytest.raises(Invalid) as refused:
        analyse(np.ones(shape, np.float32), RATE)
    assert refused.value.code == code


def test_the_same_samples_are_heard_the_same() -> None:
    audio, _ = band(GROOVES["waltz"], 96.0, seconds=15.0)
    assert analyse(audio, RATE) == analyse(audio.copy(), RATE)
