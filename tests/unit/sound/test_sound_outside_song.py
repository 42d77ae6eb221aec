"""What a song from outside is to the house: its form, its time-line, and what is no song."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
import soundfile

from noktvrn.film.ffmpeg import find_ffmpeg
from noktvrn.kernel.errors import Refused
from noktvrn.model.song import SectionPlan, SongPlan
from noktvrn.model.sound import SectionSpan, Timeline
from noktvrn.sound.recordings.outside import counted_as, outside_song
from noktvrn.testing.fakes import media

PLAN = SongPlan(
    genre="pop",
    style="pop",
    tempo_bpm=93,
    tonic=2,
    mode="dorian",
    meter=(3, 4),
    seed=1,
    sections=(
        SectionPlan(label="verse", bars=8, energy=0.5),
        SectionPlan(label="chorus", bars=8, energy=0.9),
    ),
)


@pytest.mark.parametrize(("form", "lossy"), [("MP3", True), ("FLAC", False), ("WAV", False)])
def test_a_song_is_float_wav_with_a_time_line(
    form: Literal["MP3", "FLAC", "WAV"], lossy: bool, tmp_path: Path
) -> None:
    (tmp_path / "came").write_bytes(media.song(12.0, form))
    song = outside_song(tmp_path / "came", tmp_path, find_ffmpeg, PLAN)
    facts = soundfile.info(song.path)
    assert (facts.samplerate, facts.channels, facts.subtype) == (44_100, 2, "FLOAT")
    assert song.path == tmp_path / "mix.wav"
    assert song.lossy is lossy
    assert song.timeline.duration_s == pytest.approx(facts.frames / 44_100)
    assert song.timeline.duration_s == pytest.approx(12.0, abs=0.2)
    assert song.timeline.tempo_bpm == pytest.approx(120, rel=0.02)
    assert song.timeline.beats and song.timeline.sections[-1].end_s <= song.timeline.duration_s + 0.01


def test_the_same_file_is_the_same_bytes(tmp_path: Path) -> None:
    (tmp_path / "came").write_bytes(media.song(6.0))
    digests = {
        hashlib.sha256(
            outside_song(tmp_path / "came", tmp_path, find_ffmpeg, PLAN).path.read_bytes()
        ).hexdigest()
        for _ in range(2)
    }
    assert len(digests) == 1


def test_the_plan_stands_in_where_nothing_is_heard(tmp_path: Path) -> None:
    dice = np.random.Generator(np.random.PCG64(4))
    soundfile.write(tmp_path / "hiss.wav", 0.1 * dice.standard_normal((6 * 44_100, 2)), 44_100)
    heard = outside_song(tmp_path / "hiss.wav", tmp_path, find_ffmpeg, PLAN).timeline
    assert (heard.tempo_bpm, heard.key, heard.meter) == (93, "D dorian", (3, 4))
    assert heard.downbeats[1] == pytest.approx(3 * 60 / 93, abs=0.001)


@pytest.mark.parametrize("came", [b"", b"<html>no</html>", media.song(1.0), b"RIFF" + bytes(200)])
def test_what_is_no_song_is_refused(came: bytes, tmp_path: Path) -> None:
    (tmp_path / "came").write_bytes(came)
    with pytest.raises(Refused) as refused:
        outside_song(tmp_path / "came", tmp_path, find_ffmpeg, PLAN)
    assert refused.value.hint


HEARD = Timeline(
    duration_s=12.0,
    tempo_bpm=60.0,
    key="A minor",
    beats=tuple(float(beat) for beat in range(1, 12)),
    downbeats=(2.0, 6.0, 10.0),
    sections=(SectionSpan(label="verse", start_s=0, end_s=12, energy=0.5),),
    chords=(),
)


@pytest.mark.parametrize(
    ("asked", "bpm", "beats", "downbeats"),
    [
        (120.5, 120.0, (1.0, 1.5, 2.0), (2.0, 4.0, 6.0)),
        (30.0, 30.0, (2.0, 4.0, 6.0), (2.0, 10.0)),
        (60.0, 60.0, (1.0, 2.0, 3.0), (2.0, 6.0, 10.0)),
        (90.0, 60.0, (1.0, 2.0, 3.0), (2.0, 6.0, 10.0)),
    ],
)
def test_of_two_tempi_an_octave_apart_the_asked_one_is_counted(
    asked: float, bpm: float, beats: tuple[float, ...], downbeats: tuple[float, ...]
) -> None:
    told = counted_as(HEARD, asked)
    assert told.tempo_bpm == bpm
    assert told.beats[:3] == beats and told.downbeats[: len(downbeats)] == downbeats
