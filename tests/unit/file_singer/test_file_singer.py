"""A person's recording as a stem: its length is the song's, its name is the voice's."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from noktvrn.kernel.errors import Invalid, LabelError, Unavailable
from noktvrn.model.provenance import SourceType
from noktvrn.model.sound import MelodyNote, SoundIdentity
from noktvrn.providers.file_singer.singer import FileSinger
from noktvrn.roles.singer import SingingRequest, SungLine, SungSyllable

RATE = 44100
NOTE = MelodyNote(start_s=0.5, end_s=1.0, pitch=60, section=0, line=0, syllable=0)


def request(folder: Path, seconds: float = 3.0) -> SingingRequest:
    line = SungLine(text="ah", syllables=(SungSyllable(text="ah", notes=(NOTE,)),))
    identity = SoundIdentity(seed=1, style="pop")
    return SingingRequest(
        lines=(line,), language="en", identity=identity, duration_s=seconds, seed=1, folder=folder
    )


def recorded(path: Path, seconds: float, *, rate: int = RATE, channels: int = 1) -> Path:
    time = np.arange(round(seconds * rate)) / rate
    sound = np.tile(0.3 * np.sin(2 * np.pi * 220 * time)[:, None], (1, channels))
    soundfile.write(path, sound, rate, subtype="FLOAT")
    return path


@pytest.mark.parametrize(("seconds", "channels"), [(2.0, 1), (3.0, 2), (3.9, 2)])
def test_a_recording_is_handed_on_at_the_songs_length(tmp_path: Path, seconds: float, channels: int) -> None:
    file = recorded(tmp_path / "jo.wav", seconds, channels=channels)
    stem = FileSinger(file, "jo-doe", "recording").sing(request(tmp_path))
    sound, rate = soundfile.read(stem.stem.path)
    assert (rate, sound.shape) == (RATE, (3 * RATE, 2))
    original, _ = soundfile.read(file, always_2d=True)
    kept = min(len(original), 3 * RATE)
    assert np.allclose(sound[:kept, 0], original[:kept, 0])
    assert not sound[kept:].any()
    assert (stem.voice, stem.words, stem.use) == ("jo-doe", "sung", "recording")
    assert stem.provenance.licence_class == "human"
    assert stem.provenance.source_type is SourceType.HUMAN


def test_speech_is_spoken(tmp_path: Path) -> None:
    file = recorded(tmp_path / "jo.wav", 2.0)
    assert FileSinger(file, "jo-doe", "speech").sing(request(tmp_path)).words == "spoken"


def test_a_model_of_a_voice_counts_as_generated(tmp_path: Path) -> None:
    made = FileSinger(recorded(tmp_path / "jo.wav", 2.0), "jo-doe", "clone").sing(request(tmp_path))
    assert made.provenance.licence_class == "licensed"
    assert made.provenance.source_type is SourceType.TRAINED


def test_values_that_are_no_numbers_are_told(tmp_path: Path) -> None:
    sound = np.full((RATE, 1), np.nan, np.float32)
    soundfile.write(tmp_path / "nan.wav", sound, RATE, subtype="FLOAT")
    with pytest.raises(Invalid, match="no numbers"):
        FileSinger(tmp_path / "nan.wav", "jo-doe", "recording").sing(request(tmp_path))


def _text(path: Path) -> Path:
    path.write_text("not a sound")
    return path


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda path: path, Unavailable),
        (_text, Invalid),
        (lambda path: recorded(path, 2.0, rate=22050), Invalid),
        (lambda path: recorded(path, 2.0, channels=3), Invalid),
        (lambda path: recorded(path, 5.0), Invalid),
    ],
)
def test_what_cannot_be_used_is_said_so(tmp_path: Path, make: object, error: type[LabelError]) -> None:
    assert callable(make)
    with pytest.raises(error) as told:
        FileSinger(make(tmp_path / "jo.wav"), "jo-doe", "recording").sing(request(tmp_path))
    assert told.value.hint
