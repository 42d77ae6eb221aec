"""Which files of a person's folder are the song that is waited for."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from noktvrn.kernel.errors import NotReady
from noktvrn.providers.suno_session.inbox import is_of, songs_in
from noktvrn.storage.vault import file_sha256

OPENED = datetime(2026, 11, 21, 12, tzinfo=UTC)
NOW = (OPENED + timedelta(hours=1)).timestamp()


def put(folder: Path, name: str, minutes: float = 5, content: bytes = b"song") -> Path:
    path = folder / name
    path.write_bytes(content)
    came = (OPENED + timedelta(minutes=minutes)).timestamp()
    os.utime(path, (came, came))
    return path


@pytest.mark.parametrize(
    "name",
    ["Night Bus.mp3", "night_bus.WAV", "Night Bus (1).mp3", "Night-Bus v2.m4a", "NIGHT BUS - copy.mp3"],
)
def test_a_song_is_known_by_its_title(name: str) -> None:
    assert is_of(name, "Night Bus")


@pytest.mark.parametrize(
    "name",
    [
        "Night Bus.mp4",
        "Night Bus",
        "Night Bus Driver.mp3",
        "Night.mp3",
        ".mp3",
        "Night Bus.mp3.crdownload",
        "Night Bus 66.mp3",
    ],
)
def test_another_file_is_not(name: str) -> None:
    assert not is_of(name, "Night Bus")


def test_signs_a_file_name_cannot_have_do_not_count() -> None:
    assert is_of("Where_s my bus_.mp3", "Where's my bus?")
    assert is_of("Ночной автобус.mp3", "Ночной Автобус")
    assert is_of("Route 66.mp3", "Route 66")
    assert not is_of("Route.mp3", "Route 66")


def test_only_whole_songs_of_this_time_count_oldest_first(tmp_path: Path) -> None:
    second = put(tmp_path, "Night Bus (1).mp3", minutes=6, content=b"two")
    first = put(tmp_path, "Night Bus.mp3", minutes=5)
    put(tmp_path, "night bus.mp3", minutes=-10, content=b"an old one")
    put(tmp_path, "Night_Bus.mp3", minutes=60, content=b"being written")
    put(tmp_path, "NightBus.mp3", content=b"under way")
    put(tmp_path, "NightBus.mp3.crdownload", content=b"")
    put(tmp_path, "Night Bus.wav", content=b"")
    (tmp_path / "Night Bus.m4a").symlink_to(first)
    (tmp_path / "Night Bus (2).mp3").mkdir()
    assert songs_in(tmp_path, "Night Bus", OPENED, now=NOW) == (first, second)
    assert songs_in(tmp_path, "Night Bus", OPENED, known={file_sha256(first)}, now=NOW) == (second,)


def test_nothing_in_the_folder_is_changed(tmp_path: Path) -> None:
    put(tmp_path, "Night Bus.mp3")
    before = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    songs_in(tmp_path, "Night Bus", OPENED, now=NOW)
    assert {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == before


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotReady, match="no folder"):
        songs_in(tmp_path / "gone", "Night Bus", OPENED)
