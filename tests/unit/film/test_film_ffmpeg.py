"""Finding ffmpeg, and the argument list."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from noktvrn.film import ffmpeg as finder
from noktvrn.film.encoder import Reel, command
from noktvrn.film.ffmpeg import CODECS, choose_codec, find_ffmpeg
from noktvrn.kernel.errors import Unavailable


def program(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(["#!/bin/sh", *lines, ""]), encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@pytest.fixture
def only(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder that is the whole PATH; the wheel is not there."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)
    return tmp_path


def test_the_one_on_path_is_found(only: Path) -> None:
    works = program(only / "ffmpeg", "echo ffmpeg version 7.0")
    assert find_ffmpeg() == works


def test_a_broken_one_on_path_is_passed_over_for_the_wheel(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program(tmp_path / "ffmpeg", "exit 127")
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    found = find_ffmpeg()
    assert found.parent != tmp_path
    assert found.is_file()


def test_none_at_all_is_one_clear_error_with_a_hint(only: Path) -> None:
    with pytest.raises(Unavailable) as caught:
        find_ffmpeg()
    assert caught.value.code == "film.no_ffmpeg"
    assert "NOKTVRN_FFMPEG" in caught.value.hint


@pytest.mark.parametrize("lines", [["exit 1"], ["echo something else"]])
def test_a_named_one_that_does_not_work_is_never_replaced_in_silence(
    tmp_path: Path, lines: list[str]
) -> None:
    with pytest.raises(Unavailable) as caught:
        find_ffmpeg(program(tmp_path / "mine", *lines))
    assert "mine" in caught.value.message
    with pytest.raises(Unavailable):
        find_ffmpeg(tmp_path / "absent")


def test_an_ffmpeg_without_a_usable_encoder_is_said_so(only: Path) -> None:
    bare = program(only / "ffmpeg", "echo ffmpeg version 7.0", "echo ' V....D libx264 listed'", "exit 1")
    with pytest.raises(Unavailable) as caught:
        choose_codec(bare)
    assert caught.value.code == "film.no_encoder"


def test_listed_is_not_enough_the_next_that_encodes_is_taken(only: Path) -> None:
    listing = (
        "case \"$*\" in *-encoders*) echo ' V....D libx264 x'; echo ' V....D libopenh264 x'; exit 0;; esac"
    )
    trial = 'case "$*" in *libx264*) exit 1;; esac'
    assert choose_codec(program(only / "ffmpeg", listing, trial)).name == "libopenh264"


def test_the_wheels_program_has_x264() -> None:
    assert choose_codec(find_ffmpeg()).name == finder.CODECS[0].name


def test_the_argument_list_keeps_the_lessons(tmp_path: Path) -> None:
    reel = Reel(
        tmp_path / "-a.mp4", 64, 36, 30, 60, tmp_path / "-i.flac", tags={"comment": "a\nb", "title": ""}
    )
    arguments = command(Path("/usr/bin/ffmpeg"), CODECS[0], reel)
    assert "-shortest" not in arguments
    assert arguments.count("-t") == 2
    assert not [
        name for name in arguments if name.endswith((".mp4", ".flac")) and not name.startswith("file:/")
    ]
    assert arguments[-1].endswith("-a.part.mp4")
    assert "comment=a b" in arguments
    assert not [value for value in arguments if value.startswith("title=")]
