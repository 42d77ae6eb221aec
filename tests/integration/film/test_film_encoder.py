"""The encoder against the real program: hostile names, failures, kills, full disks."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import replace
from pathlib import Path

import pytest
from tests.integration.film.film_samples import MARK, moving_frame, reel, write_song

from noktvrn.film.encoder import Encoder, Reel
from noktvrn.film.ffmpeg import choose_codec, find_ffmpeg
from noktvrn.film.probe import probe, watch
from noktvrn.kernel.errors import LabelError, Refused, TimedOut, Unavailable

FFMPEG = find_ffmpeg()
CODEC = choose_codec(FFMPEG)


def encode(
    job: Reel, *, program: Path = FFMPEG, stop_after: int | None = None, stall_s: float = 60.0
) -> Path:
    """Encodes the reel's frames, or as many as `stop_after` and then ends the film."""
    with Encoder(program, CODEC, job, stall_s=stall_s) as encoder:
        for index in range(job.frames if stop_after is None else stop_after):
            encoder.write(moving_frame(index).view)
        return encoder.finish()


def encode_and_kill(job: Reel, *, after: int) -> None:
    with Encoder(FFMPEG, CODEC, job) as encoder:
        for index in range(job.frames):
            if index == after:
                os.killpg(encoder.pid, signal.SIGKILL)
            encoder.write(moving_frame(index).view)
        encoder.finish()


def encode_and_cancel(job: Reel, pids: list[int]) -> None:
    with Encoder(FFMPEG, CODEC, job) as encoder:
        pids.append(encoder.pid)
        encoder.write(moving_frame(0).view)
        raise KeyboardInterrupt


@pytest.mark.parametrize("name", ["-i", "a b", "ночь 夜", "50%d'\"$(x)", "file:x", "c:\\d|e"])
def test_hostile_names_are_only_names(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    folder.mkdir()
    film = encode(reel(folder / f"{name}.mp4", write_song(folder / f"{name}.flac", 1.0)))
    facts = probe(FFMPEG, film)
    assert (facts.width, facts.height, facts.fps) == (64, 36, 30)
    assert facts.duration_s == pytest.approx(1.0, abs=0.05)
    assert sorted(path.name for path in folder.iterdir()) == sorted([f"{name}.flac", f"{name}.mp4"])


def test_the_file_says_what_it_is_and_decodes_to_the_last_frame(tmp_path: Path) -> None:
    film = encode(reel(tmp_path / "a.mp4", write_song(tmp_path / "a.flac", 1.0)))
    facts = probe(FFMPEG, film)
    assert (facts.video_codec, facts.audio_codec, facts.audio_rate) == ("h264", "aac", 48_000)
    assert facts.tags["comment"] == MARK
    assert facts.tags["title"] == "A"
    viewing = watch(FFMPEG, film, fps=30)
    assert len(viewing.looks) == 30
    assert not viewing.complaints
    assert viewing.sound[10:20].max() > -40
    head = film.read_bytes()[:4096]
    assert b"moov" in head, "the index is not at the front"


def test_a_song_shorter_than_the_film_is_followed_by_silence(tmp_path: Path) -> None:
    film = encode(reel(tmp_path / "a.mp4", write_song(tmp_path / "a.flac", 0.5)))
    viewing = watch(FFMPEG, film, fps=30)
    assert viewing.sound_s == pytest.approx(1.0, abs=0.1)
    assert viewing.sound[22:].max() < -50


def test_the_sound_of_a_cut_fades_in_and_out(tmp_path: Path) -> None:
    job = replace(
        reel(tmp_path / "a.mp4", write_song(tmp_path / "a.flac", 3.0), frames=60),
        audio_start_s=0.5,
        fade_in_s=0.03,
        fade_out_s=0.4,
    )
    viewing = watch(FFMPEG, encode(job), fps=30)
    assert viewing.sound_s == pytest.approx(2.0, abs=0.06)
    assert viewing.sound[-1] < viewing.sound[30] - 12
    assert viewing.sound[1] > -30


def test_the_same_frames_give_the_same_bytes(tmp_path: Path) -> None:
    audio = write_song(tmp_path / "a.flac", 1.0)
    one, two = encode(reel(tmp_path / "1.mp4", audio)), encode(reel(tmp_path / "2.mp4", audio))
    assert one.read_bytes() == two.read_bytes()


def test_a_missing_song_is_refused_with_ffmpegs_own_words(tmp_path: Path) -> None:
    with pytest.raises(Refused) as caught:
        encode(reel(tmp_path / "a.mp4", tmp_path / "absent.flac", frames=300))
    assert "No such file" in caught.value.message
    assert list(tmp_path.iterdir()) == []


def test_a_killed_encoder_is_reported_and_leaves_nothing(tmp_path: Path) -> None:
    job = reel(tmp_path / "a.mp4", write_song(tmp_path / "a.flac", 1.0), frames=3000)
    with pytest.raises(Refused):
        encode_and_kill(job, after=20)
    assert [path.name for path in tmp_path.iterdir()] == ["a.flac"]


def test_a_cancelled_film_kills_the_process_and_its_part(tmp_path: Path) -> None:
    job, pids = reel(tmp_path / "a.mp4", write_song(tmp_path / "a.flac", 1.0)), list[int]()
    with pytest.raises(KeyboardInterrupt):
        encode_and_cancel(job, pids)
    with pytest.raises(ProcessLookupError):
        os.killpg(pids[0], 0)
    assert [path.name for path in tmp_path.iterdir()] == ["a.flac"]


def test_too_few_frames_are_no_film(tmp_path: Path) -> None:
    job = reel(tmp_path / "a.mp4", write_song(tmp_path / "a.flac", 1.0))
    with pytest.raises(LabelError):
        encode(job, stop_after=1)
    assert not job.path.exists()


def test_an_earlier_film_stays_until_the_new_one_is_whole(tmp_path: Path) -> None:
    job = reel(tmp_path / "a.mp4", tmp_path / "absent.flac")
    job.path.write_bytes(b"earlier")
    with pytest.raises(Refused):
        encode(job)
    assert job.path.read_bytes() == b"earlier"


def test_a_full_disk_is_named(tmp_path: Path) -> None:
    job = reel(tmp_path / "a.mp4", write_song(tmp_path / "a.flac", 1.0))
    job.part.symlink_to("/dev/full")
    with pytest.raises(Unavailable) as caught:
        encode(job)
    assert caught.value.code == "disk.full"
    assert not job.path.exists()


def test_a_hanging_encoder_is_stopped(tmp_path: Path) -> None:
    sleeper = tmp_path / "ffmpeg"
    sleeper.write_text("#!/bin/sh\nsleep 60\n", encoding="utf-8")
    sleeper.chmod(0o755)
    job = reel(tmp_path / "a.mp4", tmp_path / "a.flac", frames=2000)
    started = time.monotonic()
    with pytest.raises(TimedOut):
        encode(job, program=sleeper, stall_s=0.4)
    assert time.monotonic() - started < 10


def test_foreign_files_are_refused_as_films(tmp_path: Path) -> None:
    for number, content in enumerate([b"", b"not a film", b"#EXTM3U\nfile:///etc/passwd\n"]):
        path = tmp_path / f"{number}.mp4"
        path.write_bytes(content)
        with pytest.raises(Refused):
            probe(FFMPEG, path)
