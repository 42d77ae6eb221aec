"""FLAC files: exact samples, tags that change none of them, errors a person can read."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
import soundfile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from noktvrn.kernel.errors import Invalid, LabelError, NotFound, Refused
from noktvrn.sound.files import flac

SETTINGS = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
NAMES = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7D, exclude_characters="="), min_size=1)
TAGS = st.dictionaries(NAMES.map(str.upper), st.text(st.characters(exclude_categories=["Cs"])), max_size=12)


@pytest.fixture
def master(tmp_path: Path) -> Path:
    path = tmp_path / "master.flac"
    time = np.arange(30000) / 44100
    wave = (0.4 * np.sin(2 * np.pi * 440 * time) * np.minimum(1, time * 10)).astype(np.float32)
    flac.write_flac(path, flac.chunks(np.stack((wave, -wave))), 44100, 24, seed=1)
    return path


def test_samples_survive_at_24_bit(tmp_path: Path) -> None:
    audio = (np.random.Generator(np.random.PCG64(1)).random((2, 70000), np.float32) - 0.5).astype(np.float32)
    audio[:, 100:200] = 0
    digest = flac.write_flac(tmp_path / "a.flac", flac.chunks(audio), 44100, 24, seed=5)
    back, rate = flac.read_audio(tmp_path / "a.flac")
    assert rate == 44100 and back.shape == audio.shape
    assert np.abs(back - audio).max() <= 1.6 / (1 << 23)
    assert np.all(back[:, 100:200] == 0)
    assert digest == flac.pcm_sha256(tmp_path / "a.flac")
    assert flac.probe(tmp_path / "a.flac") == flac.FlacFacts(44100, 2, 24, 70000)


def test_the_same_samples_and_seed_give_the_same_bytes(tmp_path: Path) -> None:
    audio = np.random.Generator(np.random.PCG64(2)).random((2, 5000), np.float32)
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        flac.write_flac(tmp_path / name, [audio], 44100, 16, seed)
        flac.write_tags(tmp_path / name, {"TITLE": "One", "ARTIST": "Two"})
    one, same, other = ((tmp_path / name).read_bytes() for name in "abc")
    assert one == same != other


def test_dither_frees_a_16_bit_fade_of_distortion(tmp_path: Path) -> None:
    level = 0.4 / (1 << 15)
    audio = np.full((2, 200000), level, np.float32)
    flac.write_flac(tmp_path / "a.flac", [audio], 44100, 16, seed=1)
    back, _ = flac.read_audio(tmp_path / "a.flac")
    assert back.mean() == pytest.approx(level, rel=0.02)


def test_too_loud_samples_are_held_at_full_scale(tmp_path: Path) -> None:
    flac.write_flac(tmp_path / "a.flac", [np.array([[3.0], [-3.0]], np.float32)], 44100, 24, seed=1)
    back, _ = flac.read_audio(tmp_path / "a.flac")
    assert back[0, 0] == pytest.approx(1.0, abs=1e-6) and back[1, 0] == -1.0


@SETTINGS
@given(TAGS)
def test_any_text_makes_the_round_trip_and_no_sample_moves(master: Path, tags: dict[str, str]) -> None:
    before = flac.pcm_sha256(master)
    flac.write_tags(master, tags)
    assert flac.read_tags(master) == tags
    assert flac.pcm_sha256(master) == before
    assert list(master.parent.iterdir()) == [master]


def test_tags_are_replaced_and_leave_no_trace(master: Path) -> None:
    flac.write_tags(master, {"TITLE": "A"})
    first = master.read_bytes()
    flac.write_tags(master, {"TITLE": "B" * 5000, "GENRE": "x"})
    flac.write_tags(master, {"title": "A"})
    assert master.read_bytes() == first


def test_foreign_readers_see_the_tags(master: Path) -> None:
    flac.write_tags(master, {"TITLE": "Nacht 夜", "DIGITALSOURCETYPE": "http://x/algorithmicMedia"})
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-i", str(master), "-f", "ffmetadata", "-"]
    said = subprocess.run(command, capture_output=True, check=True).stdout.decode()
    assert "Nacht 夜" in said and "DIGITALSOURCETYPE=http://x/algorithmicMedia" in said
    with soundfile.SoundFile(master) as source:
        assert source.title == "Nacht 夜"


@pytest.mark.parametrize(
    "tags",
    [
        {"": "x"},
        {"A=B": "x"},
        {"Ä": "x"},
        {"A": "\ud800"},
        {"A": "x" * (1 << 20)},
        dict.fromkeys(map(str, range(600)), ""),
    ],
)
def test_tags_a_file_cannot_hold_are_refused(master: Path, tags: dict[str, str]) -> None:
    before = master.read_bytes()
    with pytest.raises(Invalid) as caught:
        flac.write_tags(master, tags)
    assert caught.value.hint and master.read_bytes() == before


def outcome(read: Callable[[Path], object], path: Path) -> str:
    try:
        read(path)
    except LabelError as error:
        return error.code
    return "read"


@SETTINGS
@given(st.data())
def test_a_corrupt_file_is_our_error_or_reads_to_its_end(master: Path, data: st.DataObject) -> None:
    content = bytearray(master.read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, min(len(content) - 1, 600)))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(content)))
    broken = master.parent / "broken.flac"
    broken.write_bytes(content[:cut])
    for read in (flac.read_audio, flac.read_tags, flac.pcm_sha256):
        assert outcome(read, broken) in ("read", "audio.corrupt")


def test_a_header_that_tells_of_weeks_is_a_corrupt_file(master: Path) -> None:
    content = bytearray(master.read_bytes())
    content[21] |= 0x0F  # the 36 bits of the number of samples
    content[22:26] = b"\xff" * 4
    broken = master.parent / "broken.flac"
    broken.write_bytes(content)
    assert outcome(flac.read_audio, broken) == "audio.corrupt"


def test_a_cut_file_never_passes_as_whole(master: Path) -> None:
    content = master.read_bytes()
    master.write_bytes(content[: len(content) // 2])
    with pytest.raises(Refused, match=r"master\.flac"):
        flac.read_audio(master)


def test_lies_about_lengths_are_refused(master: Path) -> None:
    content = master.read_bytes()
    comment = (
        (len(b"noktvrn")).to_bytes(4, "little")
        + b"noktvrn"
        + b"\xff\xff\xff\x7f"
        + b"\xff\xff\xff\x7fTITLE=x"
    )
    block = bytes([4]) + len(comment).to_bytes(3, "big") + comment
    master.write_bytes(content[:42] + block + content[42:])
    with pytest.raises(Refused):
        flac.read_tags(master)


def test_no_file_is_not_found(tmp_path: Path) -> None:
    for read in (flac.read_audio, flac.read_tags, flac.probe, flac.pcm_sha256):
        with pytest.raises(NotFound):
            read(tmp_path / "none.flac")


def test_an_unwritable_place_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="could not be written"):
        flac.write_flac(tmp_path / "no" / "a.flac", [np.zeros((2, 10), np.float32)], 44100, 24, 1)
