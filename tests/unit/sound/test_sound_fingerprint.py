"""The fingerprint knows a recording again, and only that one."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st
from scipy import signal
from tests.unit.sound.sound_test_song import RATE, Samples, song

from noktvrn.kernel.errors import Invalid
from noktvrn.sound.analysis.fingerprint import DUPLICATE, NEAR, fingerprint, similarity

SECONDS = 40.0


@pytest.fixture(scope="module")
def original() -> Samples:
    return song(1, seconds=SECONDS)


@pytest.fixture(scope="module")
def known(original: Samples) -> str:
    return fingerprint(original, RATE)


def mp3(audio: Samples) -> Samples:
    carried = io.BytesIO()
    soundfile.write(carried, audio.T * 0.7, RATE, format="MP3", compression_level=0.8)
    carried.seek(0)
    return np.ascontiguousarray(soundfile.read(carried, dtype="float32")[0].T)


def noisy(audio: Samples) -> Samples:
    return (
        audio + np.random.Generator(np.random.PCG64(1)).standard_normal(audio.shape).astype(np.float32) * 0.02
    )


CHANGES: dict[str, Callable[[Samples], Samples]] = {
    "itself": lambda a: a,
    "quieter": lambda a: a * np.float32(0.25),
    "trimmed by an odd length": lambda a: a[:, round(3.11 * RATE) :],
    "trimmed at the end": lambda a: a[:, : 25 * RATE],
    "a lossy codec": mp3,
    "noise": noisy,
    "duller": lambda a: signal.lfilter([0.3], [1, -0.7], a).astype(np.float32),
    "one channel louder": lambda a: a * np.array([[1.0], [0.4]], np.float32),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_copy_is_the_same_recording(original: Samples, known: str, change: str) -> None:
    copy = fingerprint(np.ascontiguousarray(CHANGES[change](original)), RATE)
    assert similarity(known, copy) >= DUPLICATE
    assert similarity(copy, known) >= DUPLICATE


def test_a_transposed_copy_is_the_same_recording(known: str) -> None:
    assert similarity(known, fingerprint(song(1, tonic=11, seconds=SECONDS), RATE)) >= NEAR


@pytest.mark.parametrize(
    ("seed", "bpm", "minor"),
    [(2, 118.0, True), (3, 118.0, True), (4, 118.0, False), (5, 122.0, True), (6, 90.0, True)],
)
def test_another_song_of_the_same_engine_is_another(known: str, seed: int, bpm: float, minor: bool) -> None:
    assert similarity(known, fingerprint(song(seed, bpm=bpm, minor=minor, seconds=SECONDS), RATE)) < NEAR


def test_it_is_compact_and_repeatable(original: Samples, known: str) -> None:
    assert fingerprint(original, RATE) == known
    assert len(known) <= 50 * SECONDS


def test_silence_resembles_nothing(known: str) -> None:
    assert similarity(known, fingerprint(np.zeros((2, 20 * RATE), np.float32), RATE)) < NEAR


@given(st.text(max_size=200))
def test_foreign_text_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        similarity(text, text)
    assert caught.value.code == "audio.bad_fingerprint"
