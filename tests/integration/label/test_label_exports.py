"""Copies of a song: every form, with the codes of the sealed release, never over a file of the person's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import soundfile
from tests.integration.label.shell import noktvrn

from noktvrn.sound.files import flac, id3, lrc

Made = dict[str, Any]


def export(made: Made, folder: Path, *forms: str) -> Any:
    return noktvrn("track", "export", made["run_id"], "--to", str(folder), *forms, "--json")


def test_every_codec_is_copied_with_codes_and_mark(made: Made, tmp_path: Path) -> None:
    forms = [word for form in ("flac", "flac16", "mp3", "aac", "opus") for word in ("--as", form)]
    said = export(made, tmp_path / "out", *forms)
    assert said.code == 0, said.err
    files = {Path(name).suffix: Path(name) for name in said.data["files"] if "16 bit" not in name}
    assert set(files) == {".flac", ".mp3", ".m4a", ".opus"}
    master = flac.read_tags(files[".flac"])
    assert master["ISRC"] and id3.read_id3(files[".mp3"])["ISRC"] == master["ISRC"]
    for path in files.values():
        assert master["DIGITALSOURCETYPE"].encode() in path.read_bytes(), path
    small = next(Path(name) for name in said.data["files"] if "16 bit" in name)
    assert flac.probe(small).bits == 16 and soundfile.info(files[".opus"]).samplerate == 48000


def test_the_score_is_copied(made: Made, tmp_path: Path) -> None:
    said = export(made, tmp_path, "--as", "midi")
    assert Path(said.data["files"][0]).read_bytes().startswith(b"MThd")


def test_words_in_time_are_copied(made: Made, tmp_path: Path) -> None:
    said = export(made, tmp_path, "--as", "lrc", "--as", "lrc-words", "--as", "captions")
    assert said.code == 0, said.err
    plain, worded, captions = (Path(name).read_text("utf-8") for name in said.data["files"])
    assert lrc.read(plain) == lrc.read(worded) and len(lrc.read(plain)) > 3
    assert "<" in worded and "<" not in plain
    assert captions.startswith("WEBVTT") and captions.count("-->") >= 3


def test_a_file_that_is_there_is_never_replaced(made: Made, tmp_path: Path) -> None:
    first = export(made, tmp_path, "--as", "midi")
    before = Path(first.data["files"][0]).read_bytes()
    again = export(made, tmp_path, "--as", "midi")
    assert again.code == 4 and "--to" in again.problem["hint"]
    assert Path(first.data["files"][0]).read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == [Path(first.data["files"][0]).name]


@pytest.mark.parametrize("form", ["stems", "instrumental"])
def test_what_nobody_asked_for_is_not_there(made: Made, tmp_path: Path, form: str) -> None:
    said = export(made, tmp_path, "--as", form)
    assert said.code == 4 and f"--{form}" in said.problem["hint"]


def test_a_folder_that_cannot_be_written_is_said_so(made: Made) -> None:
    said = export(made, Path("/proc/nowhere"), "--as", "midi")
    assert said.code == 7 and "--to" in said.problem["hint"]


@pytest.mark.long
def test_stems_are_kept_when_asked_for(copied: Made, tmp_path: Path) -> None:
    words = ("run", "start", copied["artist_id"], "--duration", "30", "--no-video", "--stems", "--json")
    run = noktvrn(*words).data["id"]
    said = export({"run_id": run}, tmp_path, "--as", "stems")
    assert said.code == 0, said.err
    assert len(said.data["files"]) >= 4
    assert all(flac.read_tags(Path(name))["DIGITALSOURCETYPE"] for name in said.data["files"])
