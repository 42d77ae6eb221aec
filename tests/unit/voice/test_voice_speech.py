"""Speech set to notes: words found, sounds placed, pitch marks, and the tune they end on."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from noktvrn.model.sound import SoundIdentity
from noktvrn.sound.score import RATE
from noktvrn.sound.voice import chant, speech
from noktvrn.sound.voice.character import voice_of
from noktvrn.sound.voice.phrase import Tone

Samples = NDArray[np.float32]


def spoken_word(hertz: float = 140.0) -> Samples:
    """s - a - t: noise, pulses through a resonance, silence and a burst; 0.1, 0.2, 0.06 and 0.03 s."""
    rng = np.random.Generator(np.random.PCG64(1))
    time = np.arange(round(0.2 * RATE)) / RATE
    pulses = sum(
        np.cos(2 * np.pi * n * hertz * time) / (1 + (n * hertz / 700 - 1) ** 2 * 9) for n in range(1, 30)
    )
    hiss = np.diff(rng.standard_normal(round(0.1 * RATE) + 1)) * 0.03
    burst = np.diff(rng.standard_normal(round(0.03 * RATE) + 1)) * 0.05
    parts = [
        np.zeros(441),
        hiss,
        0.12 * np.asarray(pulses),
        np.zeros(round(0.06 * RATE)),
        burst,
        np.zeros(441),
    ]
    return np.concatenate(parts).astype(np.float32)


def test_sounds_are_named_by_class() -> None:
    assert speech.sounds_of(["s", "ˈɪ", "l", "v", "ɚ", "tʃ", "ː"]) == (
        "hiss",
        "vowel",
        "sonorant",
        "voiced",
        "vowel",
        "stop",
    )


def test_words_lie_between_silences() -> None:
    pcm = np.zeros(22050, np.int16)
    pcm[2000:4000], pcm[4500:6000], pcm[14000:15000] = 500, -500, 900
    assert speech.words_in(pcm, 22050, 0.2) == [(2000, 6000), (14000, 15000)]
    assert speech.words_in(np.zeros(100, np.int16), 22050, 0.2) == []


def test_resampling_keeps_a_tone() -> None:
    tone = (9000 * np.sin(2 * np.pi * 500 * np.arange(22050) / 22050)).astype(np.int16)
    sound = speech.resampled(tone, 22050)
    middle = sound[RATE // 4 : RATE // 4 + 8820].astype(np.float64)
    level = np.abs(np.fft.rfft(middle * np.hanning(middle.size)))
    assert level.argmax() * RATE / middle.size == pytest.approx(500, abs=6)
    assert np.abs(middle).max() == pytest.approx(9000 / 32768, rel=0.01)


def test_a_word_is_read_where_its_sounds_lie() -> None:
    word = speech.spoken(spoken_word(), ["hiss", "vowel", "stop"], 60, 500)
    (_, _, hiss_end), (_, vowel, vowel_end), (_, _, end) = word.sounds
    assert hiss_end == vowel == pytest.approx(0.11, abs=0.02)
    assert vowel_end == pytest.approx(0.31, abs=0.03)
    assert end == pytest.approx(0.4, abs=0.03)
    assert RATE / np.median(np.diff(word.marks)) == pytest.approx(140, rel=0.01)
    assert word.marks.min() > 0.09 * RATE and word.marks.max() < 0.345 * RATE


@pytest.mark.parametrize("hertz", [90.0, 220.0, 410.0])
def test_pitch_is_read_within_two_cents(hertz: float) -> None:
    time = np.arange(round(0.04 * RATE)) / RATE
    frame = sum(np.sin(2 * np.pi * n * hertz * time + n) / n for n in range(1, 12))
    found, strength = speech.pitch_of(np.asarray(frame)[None, :], 60, 520)
    assert abs(1200 * np.log2(found[0] / hertz)) < 2.0
    assert strength[0] > 0.9


def test_a_word_of_no_voice_is_read_without_marks() -> None:
    rng = np.random.Generator(np.random.PCG64(2))
    noise = (0.1 * rng.standard_normal(8000)).astype(np.float32)
    assert speech.spoken(noise, ["hiss"], 60, 500).vowels  # a singer needs something to hold
    assert speech.spoken(np.zeros(3000, np.float32), [], 60, 500).marks.size == 0


@pytest.mark.parametrize("pitch", [45.0, 52.0, 64.0])
def test_a_word_is_sung_on_its_note_and_its_vowel_is_held(pitch: float) -> None:
    word = speech.spoken(spoken_word(), ["hiss", "vowel", "stop"], 60, 500)
    voice = voice_of(SoundIdentity(seed=4, style="pop"))
    sung = chant.SungWord(word, ((Tone(1.0, 2.2, pitch),),))
    sound = chant.sing([sung], voice, 3 * RATE, 7)
    hertz = 440 * 2 ** ((pitch - 69) / 12)
    piece = sound[round(1.1 * RATE) : round(1.3 * RATE)].astype(np.float64)
    lags = np.correlate(piece, piece, "full")[piece.size - 1 :]
    first = int(RATE / hertz / 1.3)
    best = first + int(lags[first : int(RATE / hertz * 1.3)].argmax())
    assert abs(1200 * np.log2(RATE / best / hertz)) < 30
    loud = np.sqrt(np.convolve(sound**2, np.ones(441) / 441, "same"))
    assert loud[round(1.05 * RATE) : round(2.0 * RATE)].min() > 0.02
    assert loud[round(2.4 * RATE) :].max() < 1e-3
    assert loud[round(0.92 * RATE) : round(0.98 * RATE)].max() > 1e-3  # the consonant comes before the note


def test_more_syllables_than_vowels_and_more_vowels_than_syllables_are_sung() -> None:
    word = speech.spoken(spoken_word(), ["hiss", "vowel", "stop"], 60, 500)
    notes = tuple((Tone(0.5 + n * 0.4, 0.9 + n * 0.4, 60.0 + n),) for n in range(3))
    moments, places = chant.course(chant.SungWord(word, notes), 0.0, None)
    assert (np.diff(moments) > 0).all() and (np.diff(places) > 0).all()
    assert places[-1] == pytest.approx(word.sounds[-1][2], abs=0.01)
    double = speech.spoken(spoken_word(), ["vowel", "hiss", "vowel", "stop"], 60, 500)
    moments, _ = chant.course(chant.SungWord(double, notes[:1]), 0.0, None)
    assert moments[-1] == pytest.approx(0.94, abs=0.05)


def test_words_in_one_breath_follow_each_other() -> None:
    word = speech.spoken(spoken_word(), ["hiss", "vowel", "stop"], 60, 500)
    first = chant.SungWord(word, ((Tone(0.5, 1.0, 60.0),),))
    second = chant.SungWord(word, ((Tone(1.0, 1.5, 62.0),),))
    moments, _ = chant.course(first, 0.0, second)
    lead = word.sounds[1][1] - word.sounds[0][1]
    assert moments[-1] <= 1.0 - lead + 0.02
