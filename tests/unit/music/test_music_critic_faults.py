"""Faults planted in the samples of a song that passes: each is found, and nothing else is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray
from tests.unit.music.test_music_critic import HERE, PLAN, RATE

from noktvrn.model.sound import SectionSpan, Timeline
from noktvrn.music.critic import examine_file
from noktvrn.sound.mastering.master import Character, master

Song = NDArray[np.float32]
SECONDS = 62.0
LABELS = ("verse", "chorus", "verse", "chorus")


def played() -> Song:
    """A minute of random notes of A minor over a beat of 120 BPM, every second quarter louder."""
    rng = np.random.Generator(np.random.PCG64(5))
    time = np.arange(round(SECONDS * RATE)) / RATE
    step, within = (time * 4).astype(np.intp), time % 0.25
    out = np.zeros((2, time.size))
    for voice, root in ((0, 220.0), (1, 440.0), (2, 880.0)):
        notes = root * 2 ** (rng.choice([0, 3, 5, 7, 10], 4 * int(SECONDS) + 8) / 12)
        tone = np.sin(2 * np.pi * np.cumsum(notes[step]) / RATE) * np.exp(-6 * within)
        out += np.array([[0.3 + 0.1 * voice], [0.5 - 0.1 * voice]]) * tone / (1 + voice)
    hiss = rng.standard_normal((2, time.size)) * np.exp(-60 * (time % 0.5))
    out += 0.5 * np.sin(2 * np.pi * 55 * (time % 0.5)) * np.exp(-8 * (time % 0.5)) + 0.05 * hiss
    quarter = SECONDS / 4
    out *= np.where((time // quarter) % 2 == 0, 0.16, 0.28)
    mixed: Song = np.ascontiguousarray(out, np.float32)
    return master(mixed, RATE, Character(0.0, 0.1))


def form() -> Timeline:
    spans = tuple(
        SectionSpan(label=label, start_s=i * SECONDS / 4, end_s=(i + 1) * SECONDS / 4, energy=0.5)
        for i, label in enumerate(LABELS)
    )
    return Timeline(
        duration_s=SECONDS,
        tempo_bpm=120.0,
        key="A minor",
        beats=(),
        downbeats=(),
        sections=spans,
        chords=(),
    )


@pytest.fixture(scope="module")
def good() -> Song:
    return played()


def found(audio: Song, path: Path, *, subtype: str = "PCM_24", rate: int = RATE) -> set[str]:
    soundfile.write(path, audio.T, rate, subtype=subtype)
    report = examine_file(
        path, plan=PLAN, timeline=form(), provenance=HERE, wanted_duration_s=SECONDS, catalogue=()
    )
    return {finding.rule for finding in report.findings}


def clip(audio: Song) -> None:
    top = int(np.argmax(np.abs(audio[0])))
    audio[0, top - 4 : top + 4] = audio[0, top] * np.float32(0.95)


def late(audio: Song) -> None:
    audio[:, : round(0.3 * RATE)] = 0


def trail(audio: Song) -> None:
    audio[:, -round(3.5 * RATE) :] = 0


def gap(audio: Song) -> None:
    audio[:, 20 * RATE : round(22.3 * RATE)] = 0


def click(audio: Song) -> None:
    audio[:, -100:] = np.float32(0.02)


def offset(audio: Song) -> None:
    # Fades to nothing at both ends, as an edge would be another fault.
    audio += np.float32(0.0015) * np.hanning(audio.shape[1]).astype(np.float32) * 1.4


def lean(audio: Song) -> None:
    audio *= np.array([[10 ** (-0.9 / 20)], [10 ** (0.15 / 20)]], np.float32)


def wide_bass(audio: Song) -> None:
    spectrum = np.fft.rfft(audio[1])
    spectrum[: round(120 * audio.shape[1] / RATE)] *= 0.5
    audio[1] = np.fft.irfft(spectrum, audio.shape[1])
    audio[1, :40] = audio[1, -1000:] = 0  # a filter without a phase rings into both edges


def pasted(audio: Song) -> None:
    # Eight bars of 120 BPM are 16 s; the copy begins off the grid of 8 bars, and is mastered afterwards.
    audio[:, 20 * RATE : 36 * RATE] = audio[:, 4 * RATE : 20 * RATE]
    master(audio, RATE, Character(0.0, 0.1))


FAULTS: list[tuple[Callable[[Song], None], set[str]]] = [
    (clip, {"audio.clipping"}),
    (late, {"audio.lead_in"}),
    (trail, {"audio.trail"}),
    (gap, {"audio.gap"}),
    (click, {"audio.edges"}),
    (offset, {"audio.dc"}),
    (lean, {"audio.balance"}),
    (wide_bass, {"audio.low_side"}),
    (pasted, {"audio.loop"}),
]


@pytest.mark.parametrize(("plant", "rules"), FAULTS, ids=lambda value: getattr(value, "__name__", ""))
def test_a_planted_fault_is_found_and_nothing_else(
    plant: Callable[[Song], None], rules: set[str], good: Song, tmp_path: Path
) -> None:
    audio = good.copy()
    plant(audio)
    assert found(audio, tmp_path / "take.flac") == rules


def test_the_song_without_a_fault_passes_without_a_finding(good: Song, tmp_path: Path) -> None:
    assert found(good, tmp_path / "take.flac") == set()
    assert found(good, tmp_path / "take.wav", subtype="FLOAT") == {"audio.depth"}


def test_a_song_turned_up_or_turned_inside_out_is_found(good: Song, tmp_path: Path) -> None:
    assert "audio.loudness" in found(good * np.float32(0.7), tmp_path / "quiet.flac")
    turned = good * np.array([[1], [-1]], np.float32)
    assert {"audio.correlation", "audio.mono_loss"} <= found(turned, tmp_path / "turned.flac")
    mono = np.repeat(good.mean(axis=0, keepdims=True), 2, axis=0)
    assert "audio.correlation" in found(mono, tmp_path / "mono.flac")
    loud = good * np.float32(1.35)
    assert {"audio.true_peak", "audio.target"} <= found(loud, tmp_path / "loud.flac")
