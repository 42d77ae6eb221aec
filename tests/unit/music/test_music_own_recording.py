"""A person's own recording: which files are taken, what is told of them, and what is heard in them."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from noktvrn.film.ffmpeg import find_ffmpeg
from noktvrn.kernel.errors import Invalid, Unavailable
from noktvrn.music.own_recording import decode, read
from noktvrn.sound.files import flac
from noktvrn.sound.recordings.decoding import RATE


def tone(seconds: float = 31.0, rate: int = RATE, channels: int = 2) -> NDArray[np.float32]:
    """A beat of 120 BPM under an A minor chord, louder in its second half; (n, channels)."""
    time = np.arange(round(seconds * rate)) / rate
    chord = sum(np.sin(2 * np.pi * hertz * time) for hertz in (220.0, 261.63, 329.63))
    beat = np.sin(2 * np.pi * 60 * (time % 0.5)) * np.exp(-12 * (time % 0.5))
    out = (0.05 * chord + 0.4 * beat) * np.where(time < seconds / 2, 0.5, 1.0)
    return np.repeat(out[:, None], channels, axis=1).astype(np.float32)


def no_ffmpeg() -> Path:
    raise Unavailable("none", code="film.no_ffmpeg")


def write(path: Path, audio: NDArray[np.float32], rate: int = RATE, **how: Any) -> Path:
    soundfile.write(path, audio, rate, **how)
    return path


def test_an_mp3_that_tells_no_length_is_heard_to_its_end(tmp_path: Path) -> None:
    sound, bare = write(tmp_path / "whole.wav", tone()), tmp_path / "bare.mp3"
    command = [str(find_ffmpeg()), "-v", "error", "-i", str(sound), "-q:a", "9"]
    command += ["-write_xing", "0", str(bare)]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, timeout=60)
    assert soundfile.info(str(bare)).duration < 30  # by libsndfile
    assert decode(bare, tmp_path, find_ffmpeg).duration_s == pytest.approx(31.0, abs=0.3)


@pytest.mark.parametrize(
    ("name", "how", "lossy"),
    [
        ("a.wav", {"subtype": "PCM_16"}, False),
        ("a.wav", {"subtype": "FLOAT"}, False),
        ("a.flac", {"subtype": "PCM_24"}, False),
        ("a.aiff", {"subtype": "PCM_24"}, False),
        ("a.ogg", {"format": "OGG", "subtype": "VORBIS"}, True),
        ("a.mp3", {"format": "MP3"}, True),
        ("lies.wav", {"format": "MP3"}, True),
        ("phone.wav", {"subtype": "ULAW"}, True),
    ],
)
def test_what_went_through_a_codec_is_told_by_its_content(
    name: str, how: dict[str, Any], lossy: bool, tmp_path: Path
) -> None:
    made = decode(write(tmp_path / name, tone(), **how), tmp_path, no_ffmpeg)
    assert made.lossy is lossy
    facts = flac.probe(made.path)
    assert (facts.sample_rate, facts.channels, facts.bits) == (RATE, 2, 24)
    assert made.duration_s == pytest.approx(31.0, abs=0.3)


def test_aac_is_read_where_an_ffmpeg_is_there(tmp_path: Path) -> None:
    source, aac = write(tmp_path / "a.wav", tone(), subtype="PCM_16"), tmp_path / "a.m4a"
    ffmpeg = find_ffmpeg()
    subprocess.run([str(ffmpeg), "-v", "error", "-i", str(source), "-c:a", "aac", str(aac)], check=True)
    assert decode(aac, tmp_path, lambda: ffmpeg).lossy
    with pytest.raises(Unavailable):
        decode(aac, tmp_path, no_ffmpeg)


@pytest.mark.parametrize("rate", [22_050, 48_000, 96_000])
def test_another_rate_keeps_pitch_and_length(rate: int, tmp_path: Path) -> None:
    made = decode(write(tmp_path / "a.wav", tone(rate=rate), rate, subtype="PCM_24"), tmp_path, no_ffmpeg)
    audio, got = flac.read_audio(made.path)
    spectrum = np.abs(np.fft.rfft(audio[0, RATE : 9 * RATE]))
    peak = 100 * 8 + int(np.argmax(spectrum[100 * 8 : 1000 * 8]))
    assert got == RATE
    assert made.duration_s == pytest.approx(31.0, abs=0.3)
    assert peak / 8 in (pytest.approx(220, abs=1), pytest.approx(261.6, abs=1), pytest.approx(329.6, abs=1))


def test_one_channel_becomes_two_and_silence_around_goes(tmp_path: Path) -> None:
    quiet = np.zeros((3 * RATE, 1), np.float32)
    audio = np.concatenate((quiet, tone(channels=1), quiet))
    made = decode(write(tmp_path / "a.wav", audio, subtype="PCM_24"), tmp_path, no_ffmpeg)
    back, _ = flac.read_audio(made.path)
    assert (
        np.array_equal(back[0] - back[1], np.zeros(back.shape[1])) or np.abs(back[0] - back[1]).max() < 1e-6
    )
    assert made.duration_s == pytest.approx(32.5, abs=0.3)


@pytest.mark.parametrize(
    ("audio", "rate", "told"),
    [
        (tone(3.0), RATE, "lasts 3 s"),
        (np.zeros((31 * RATE, 2), np.float32), RATE, "silent"),
        (tone(31.0, channels=6), RATE, "6 channels"),
        (tone(31.0, 8_000), 8_000, "8000 samples"),
        (np.zeros((1_500 * 22_050, 1), np.float32), 22_050, "1,500 s"),
        (np.full((31 * RATE, 2), np.nan, np.float32), RATE, "no numbers"),
    ],
)
def test_a_recording_nothing_can_be_made_of_is_told(
    audio: NDArray[np.float32], rate: int, told: str, tmp_path: Path
) -> None:
    with pytest.raises(Invalid, match=told) as refused:
        decode(write(tmp_path / "a.wav", audio, rate, subtype="FLOAT"), tmp_path, no_ffmpeg)
    assert refused.value.hint


@pytest.mark.parametrize("data", [b"RIFF" + bytes(400), b"fLaC" + bytes(4000), b"hello", b"\xff\xfb" * 50])
def test_a_broken_file_is_told(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(data)
    with pytest.raises(Invalid):
        decode(tmp_path / "a.wav", tmp_path, find_ffmpeg)


def test_a_wave_file_that_breaks_off_is_told_and_one_of_unknown_size_is_read(tmp_path: Path) -> None:
    whole = write(tmp_path / "a.wav", tone(40.0), subtype="PCM_16").read_bytes()
    (tmp_path / "short.wav").write_bytes(whole[: len(whole) * 9 // 10])
    with pytest.raises(Invalid, match="breaks off"):
        decode(tmp_path / "short.wav", tmp_path, no_ffmpeg)
    place = whole.index(b"data") + 4
    (tmp_path / "piped.wav").write_bytes(whole[:place] + b"\xff" * 4 + whole[place + 4 :])
    assert decode(tmp_path / "piped.wav", tmp_path, no_ffmpeg).duration_s == pytest.approx(40.0, abs=0.3)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_values_that_are_no_numbers_are_told(bad: float, tmp_path: Path) -> None:
    audio = tone()
    audio[1000:1002, 0] = bad
    audio[2000, 1] = -bad
    with pytest.raises(Invalid, match="no numbers"):
        decode(write(tmp_path / "a.wav", audio, subtype="FLOAT"), tmp_path, no_ffmpeg)


def test_a_playlist_is_not_followed(tmp_path: Path) -> None:
    secret = write(tmp_path / "secret.wav", tone(), subtype="PCM_16")
    (tmp_path / "a.m3u8").write_text(f"#EXTM3U\n#EXTINF:31,\nfile://{secret}\n#EXT-X-ENDLIST\n")
    (tmp_path / "b.txt").write_text(f"ffconcat version 1.0\nfile '{secret}'\n")
    for name in ("a.m3u8", "b.txt"):
        with pytest.raises(Invalid):
            decode(tmp_path / name, tmp_path, find_ffmpeg)


def test_what_is_heard_makes_a_plan_the_recording_keeps(tmp_path: Path) -> None:
    made = decode(write(tmp_path / "a.wav", tone(40.0), subtype="PCM_24"), tmp_path, no_ffmpeg)
    heard = read(made.path, genre="folk", style="folk", seed=3)
    assert len(heard.plan.sections) >= 2
    assert heard.timeline.tempo_bpm == heard.plan.tempo_bpm
    assert heard.timeline.duration_s == pytest.approx(made.duration_s)
    assert heard.timeline.sections[-1].end_s == pytest.approx(made.duration_s, abs=0.1)
    assert heard.timeline.beats and heard.timeline.downbeats
    assert heard == read(made.path, genre="folk", style="folk", seed=3)
