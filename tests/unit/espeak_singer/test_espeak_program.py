"""espeak-ng as a program: found or missed in plain words, fed words only, held to limits."""

from __future__ import annotations

import shutil
import stat
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from noktvrn.kernel.errors import Invalid, LabelError, Refused, TimedOut, Unavailable
from noktvrn.model.sound import SoundIdentity
from noktvrn.providers.espeak_singer import program
from noktvrn.providers.espeak_singer.languages import VARIANTS, VOICES, variant_for, voice_for
from noktvrn.sound.voice.character import voice_of

needs_espeak = pytest.mark.skipif(
    shutil.which("espeak-ng") is None,
    reason="espeak-ng is not installed here; `apt install espeak-ng` brings it and this test runs",
)


def fake(path: Path, body: str) -> Path:
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def speak(found: Path, words: list[str], folder: Path) -> list[program.Utterance]:
    return program.speak(found, words, voice="en-us+f1", pitch=60, speed=140, folder=folder)


def test_a_program_that_is_not_there_is_missed_with_a_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Unavailable) as told:
        program.find_espeak(None)
    assert "apt install espeak-ng" in told.value.hint
    with pytest.raises(Unavailable):
        program.find_espeak(tmp_path / "espeak-ng")
    with pytest.raises(Unavailable):
        program.find_espeak(fake(tmp_path / "other", "echo something else"))


@pytest.mark.parametrize(
    "word", ["", " ", "a<break/>b", "[[k]]", "rain\x1b", "a  b", "-v", "rain;ls", "x\ny", "&amp;"]
)
def test_nothing_but_words_reaches_the_program(tmp_path: Path, word: str) -> None:
    with pytest.raises(Invalid):
        speak(tmp_path / "never-started", ["rain", word], tmp_path)


def test_endless_words_are_refused_before_anything_starts(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="longer"):
        speak(tmp_path / "never-started", ["rain"] * 9000, tmp_path)


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("sleep 5", TimedOut),
        ("cat /dev/zero", Refused),
        ("exit 1", Refused),
        ("echo no sound at all, only some words of complaint here", Refused),
    ],
)
def test_a_program_that_misbehaves_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str, error: type[LabelError]
) -> None:
    monkeypatch.setattr(program, "TIMEOUT_S", 0.4)
    monkeypatch.setattr(program, "OUTPUT_LIMIT", 1_000_000)
    with pytest.raises(error):
        speak(fake(tmp_path / "bad", f"exec {body}" if body != "exit 1" else body), ["rain"], tmp_path)


@needs_espeak
def test_every_word_is_spoken_by_itself_in_one_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runs, run = [], program._run

    def counted(*args: Any) -> Any:
        runs.append(args)
        return run(*args)

    monkeypatch.setattr(program, "_run", counted)
    words = ["beautiful", "rain", "don't", "late night", "stops"]
    told = speak(program.find_espeak(None), words, tmp_path)
    assert len(runs) == 1 and len(told) == len(words)
    assert [len(one.phones) for one in told] == [7, 3, 4, 6, 5]
    assert all(0.05 < one.pcm.size / one.rate < 1.5 for one in told)


def test_a_word_without_a_sound_is_refused_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tone = np.full(2000, 900, np.int16)

    def half_mute(_: Path, words: list[str], *rest: object) -> tuple[NDArray[np.int16], int, list[str]]:
        spoken = [np.concatenate((tone, np.zeros(9000, np.int16))) for word in words if word != "mute"]
        return np.concatenate([np.zeros(9000, np.int16), *spoken]), 22050, ["a"] * len(spoken)

    monkeypatch.setattr(program, "_run", half_mute)
    assert len(speak(tmp_path / "any", ["rain", "on", "me"], tmp_path)) == 3
    with pytest.raises(Refused, match="mute"):
        speak(tmp_path / "any", ["rain", "mute", "me"], tmp_path)


@pytest.mark.parametrize(
    ("tag", "voice"),
    [
        ("en", "en-us"),
        ("en-GB", "en-gb"),
        ("es-MX", "es-419"),
        ("pt-BR", "pt-br"),
        ("uk", "uk"),
        ("de-AT", "de"),
    ],
)
def test_languages_have_voices(tag: str, voice: str) -> None:
    assert voice_for(tag) == voice


@pytest.mark.parametrize("tag", ["zxx", "tlh", "xx-YY", ""])
def test_other_languages_are_refused_with_what_there_is(tag: str) -> None:
    with pytest.raises(Invalid) as told:
        voice_for(tag)
    assert "formant_singer" in told.value.hint


@needs_espeak
@pytest.mark.parametrize("voice", sorted(set(VOICES.values())))
def test_every_voice_is_known_to_the_program(tmp_path: Path, voice: str) -> None:
    (told,) = program.speak(
        program.find_espeak(None), ["la la"], voice=voice, pitch=60, speed=140, folder=tmp_path
    )
    assert told.phones


@needs_espeak
def test_artists_of_one_register_may_differ(tmp_path: Path) -> None:
    drawn = {variant_for(voice_of(SoundIdentity(seed=n, style="pop")), n) for n in range(40)}
    assert drawn == {variant for choice in VARIANTS.values() for variant in choice}
