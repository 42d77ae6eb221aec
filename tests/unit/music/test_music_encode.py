"""Copies of a master: every codec carries the mark, the same bytes come again, nothing unmarked leaves."""

from __future__ import annotations

import subprocess
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
import soundfile

from noktvrn.kernel.errors import NotReady, Unavailable
from noktvrn.model.provenance import SourceType
from noktvrn.music import encode
from noktvrn.sound.files import flac, id3

FFMPEG = Path(imageio_ffmpeg.get_ffmpeg_exe())
MARK = SourceType.ALGORITHMIC.value
TAGS = {"TITLE": "Nächte = 1", "ARTIST": "Nok; Test", "ISRC": "XXABC2600001", "DIGITALSOURCETYPE": MARK}
CODECS: tuple[encode.Codec, ...] = ("mp3", "aac", "opus")


@pytest.fixture
def master(tmp_path: Path) -> Path:
    path = tmp_path / "master.flac"
    sound = 0.1 * np.random.Generator(np.random.PCG64(1)).standard_normal((2, 4 * 44100)).astype(np.float32)
    flac.write_flac(path, flac.chunks(sound), 44100, 24, 1)
    return path


@pytest.fixture
def marked(master: Path) -> Path:
    flac.write_tags(master, TAGS)
    return master


@pytest.mark.parametrize("codec", CODECS)
def test_a_copy_carries_the_mark_and_lasts_as_long(tmp_path: Path, marked: Path, codec: encode.Codec) -> None:
    made = encode.lossy(marked, tmp_path / f"copy{encode.suffix(codec)}", FFMPEG, codec)
    decoded = tmp_path / "back.wav"
    subprocess.run([FFMPEG, "-loglevel", "error", "-i", made, decoded], check=True)
    assert soundfile.info(decoded).duration == pytest.approx(4.0, abs=0.1)
    assert MARK.encode() in made.read_bytes()


def test_mp3_has_every_tag(tmp_path: Path, marked: Path) -> None:
    assert id3.read_id3(encode.lossy(marked, tmp_path / "copy.mp3", FFMPEG)) == TAGS


def test_a_smaller_mp3_keeps_the_mark(marked: Path, tmp_path: Path) -> None:
    usual = encode.lossy(marked, tmp_path / "usual.mp3", FFMPEG)
    small = encode.lossy(marked, tmp_path / "small.mp3", FFMPEG, quality="9")
    assert small.stat().st_size < usual.stat().st_size
    assert id3.read_id3(small) == TAGS


@pytest.mark.parametrize("codec", ["aac", "opus"])
def test_other_codecs_name_song_and_artist(tmp_path: Path, marked: Path, codec: encode.Codec) -> None:
    made = encode.lossy(marked, tmp_path / f"copy{encode.suffix(codec)}", FFMPEG, codec).read_bytes()
    assert "Nächte = 1".encode() in made and b"Nok; Test" in made and b"XXABC2600001" in made


@pytest.mark.parametrize("codec", CODECS)
def test_the_same_master_gives_the_same_bytes(tmp_path: Path, marked: Path, codec: encode.Codec) -> None:
    one, other = (
        encode.lossy(marked, tmp_path / f"{n}{encode.suffix(codec)}", FFMPEG, codec).read_bytes()
        for n in "ab"
    )
    assert one == other


def test_the_small_master_is_16_bits_with_the_tags(tmp_path: Path, marked: Path) -> None:
    small = encode.flac16(marked, tmp_path / "small.flac")
    assert flac.read_tags(small) == TAGS and flac.probe(small).bits == 16


@pytest.mark.parametrize("codec", CODECS)
def test_nothing_unmarked_is_copied(tmp_path: Path, master: Path, codec: encode.Codec) -> None:
    with pytest.raises(NotReady, match="does not say how it was made"):
        encode.lossy(master, tmp_path / "copy", FFMPEG, codec)
    with pytest.raises(NotReady):
        encode.flac16(master, tmp_path / "small.flac")
    assert not (tmp_path / "copy").exists()


@pytest.mark.parametrize("program", ["none", "/bin/false"])
def test_a_program_that_is_no_ffmpeg_is_said_so(tmp_path: Path, marked: Path, program: str) -> None:
    with pytest.raises(Unavailable) as caught:
        encode.lossy(marked, tmp_path / "copy.mp3", tmp_path / program)
    assert "libmp3lame" in caught.value.hint
