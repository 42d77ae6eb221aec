"""ID3v2.4 tags: every text comes back, the audio behind them stays."""

from __future__ import annotations

import subprocess
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
import soundfile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from noktvrn.kernel.errors import Invalid, LabelError, NotFound
from noktvrn.sound.files import id3

NAMES = st.one_of(st.sampled_from(sorted(id3.FRAMES)), st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ_", min_size=1))
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@pytest.fixture(scope="module")
def audio(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("id3") / "a.mp3"
    soundfile.write(path, np.zeros((8000, 2), np.float32), 44100, format="MP3")
    return path.read_bytes()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(NAMES, TEXT, max_size=12))
def test_any_text_makes_the_round_trip(tmp_path: Path, audio: bytes, tags: dict[str, str]) -> None:
    path = tmp_path / "a.mp3"
    path.write_bytes(audio)
    id3.write_id3(path, {"TITLE": "an earlier tag", "X": "y" * 500})
    id3.write_id3(path, tags)
    assert id3.read_id3(path) == tags
    assert path.read_bytes().endswith(audio)


def test_foreign_readers_see_the_tags(tmp_path: Path, audio: bytes) -> None:
    path = tmp_path / "a.mp3"
    path.write_bytes(audio)
    id3.write_id3(path, {"TITLE": "Nacht 夜", "ISRC": "QZABC2600001", "DIGITALSOURCETYPE": "http://x/y"})
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-i", str(path), "-f", "ffmetadata", "-"]
    said = subprocess.run(command, capture_output=True, check=True).stdout.decode()
    assert "title=Nacht 夜" in said and "DIGITALSOURCETYPE=http://x/y" in said and "QZABC2600001" in said


def outcome(path: Path) -> str:
    try:
        id3.read_id3(path)
    except LabelError as error:
        return error.code
    return "read"


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=60), st.booleans())
def test_garbled_tags_are_our_error_or_read(tmp_path: Path, content: bytes, tagged: bool) -> None:
    path = tmp_path / "b.mp3"
    path.write_bytes(b"ID3\x04\x00\x00\x00\x00\x00" + content if tagged else content)
    assert outcome(path) in ("read", "audio.corrupt")


@pytest.mark.parametrize(
    "tags", [{"A": "x\0y"}, {"": "x"}, {"Ä": "x"}, {"A": "\udfff"}, {"A": "x" * (1 << 20)}]
)
def test_tags_a_file_cannot_hold_are_refused(tmp_path: Path, audio: bytes, tags: dict[str, str]) -> None:
    path = tmp_path / "a.mp3"
    path.write_bytes(audio)
    with pytest.raises(Invalid):
        id3.write_id3(path, tags)
    assert path.read_bytes() == audio


def test_no_file_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        id3.read_id3(tmp_path / "none.mp3")
