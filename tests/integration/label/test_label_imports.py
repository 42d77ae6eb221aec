"""A person's own work through the command line: taken in, checked, mastered, disclosed as a person's."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from PIL import Image
from tests.integration.label.shell import Said, noktvrn

from noktvrn.kernel.errors import Invalid, LabelError, NotAllowed, NotFound
from noktvrn.label.intake import take_in
from noktvrn.sound.files import flac

RATE = 44_100
BY = ("--by", "Jo Doe", "--no-video")


def band(seed: int = 3, seconds: float = 34.0) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """Notes of A minor over a beat of 120 BPM, the second half of each quarter of the song louder; (n, 2)."""
    rng = np.random.Generator(np.random.PCG64(seed))
    time = np.arange(round(seconds * RATE)) / RATE
    step, within = (time * 4).astype(np.intp), time % 0.25
    out = np.zeros((2, time.size))
    for voice, root in ((0, 220.0), (1, 440.0)):
        notes = root * 2 ** (rng.choice([0, 3, 5, 7, 10], 4 * int(seconds) + 8) / 12)
        tone = np.sin(2 * np.pi * np.cumsum(notes[step]) / RATE) * np.exp(-6 * within)
        out += np.array([[0.3 + 0.1 * voice], [0.5 - 0.1 * voice]]) * tone
    out += 0.5 * np.sin(2 * np.pi * 55 * (time % 0.5)) * np.exp(-8 * (time % 0.5))
    out += 0.03 * rng.standard_normal(out.shape) * np.exp(-60 * (time % 0.5))
    out *= np.where((time // (seconds / 6)) % 2 == 0, 0.2, 0.35)
    return np.ascontiguousarray(out.T, np.float32)


@pytest.fixture
def artist(hired: str) -> str:
    return hired


def paths_of(run: dict[str, Any]) -> dict[str, Any]:
    release = noktvrn("release", "list", "--json").data[0]["draft"]
    folder = Path(os.environ["NOKTVRN_HOME"]) / "packages" / release["id"]
    assert release["run_id"] == run["id"]
    return {"folder": folder, "disclosure": json.loads((folder / "disclosure.json").read_text())}


def test_a_recording_is_mastered_checked_and_disclosed_as_a_persons(artist: str, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "song.mp3", band(), RATE, format="MP3")
    (tmp_path / "words.txt").write_text("leave the light on in the hall\nI am not afraid at all\n")
    words = ("track", "import", str(tmp_path / "song.mp3"), "--artist", artist, *BY, "--title", "Hall")
    said = noktvrn(*words, "--lyrics", str(tmp_path / "words.txt"), "--json")
    assert said.data["state"] == "awaiting_review", said.err
    found = {f["rule"]: f["severity"] for stage in said.data["stages"] for f in stage["findings"]}
    assert found["audio.lossy_source"] == "warning"
    assert noktvrn("db", "check").code == 0, "everything a verdict will be about lies in the vault"
    again = noktvrn(*words, "--lyrics", str(tmp_path / "words.txt"), "--no-wait", "--json")
    assert again.data["id"] == said.data["id"]
    assert noktvrn("review", "approve", said.data["id"]).code == 0
    made = paths_of(said.data)
    facets = {
        name: facet["share"] for name, facet in made["disclosure"]["facets"].items() if facet["applies"]
    }
    assert facets == {
        "lyrics": "none",
        "composition": "none",
        "vocals": "none",
        "instrumentation": "none",
        "post_production": "none",
        "artwork": "all",
    }
    assert made["disclosure"]["ern"]["recording"] == "None"
    assert made["disclosure"]["apple_transparency_tags"]["track"] is False
    (master,) = (made["folder"] / "resources").glob("*.flac")
    assert flac.read_tags(master)["DIGITALSOURCETYPE"].endswith("/digitalCreation")
    assert "Jo Doe" in (made["folder"] / "credits.txt").read_text()
    assert (made["folder"] / "lyrics.txt").read_text().startswith("leave the light on")
    provenance = json.loads((made["folder"] / "provenance.json").read_text())
    assert '"lossy_source": true' in json.dumps(provenance)


@pytest.mark.long
def test_own_words_and_an_own_cover_lie_in_a_composed_release(artist: str, tmp_path: Path) -> None:
    lines = ("I kept the ticket from the train", "It marks the page and smells of rain")
    (tmp_path / "words.txt").write_text("[Verse]\n" + "\n".join(lines) + "\n\n[Chorus]\nLeave the light on\n")
    said = noktvrn(
        "lyrics", "import", str(tmp_path / "words.txt"), "--artist", artist, *BY, "--duration", "60", "--json"
    )
    assert said.data["state"] == "awaiting_review", said.err
    Image.effect_noise((775, 775), 80).resize((3100, 3100)).convert("RGB").save(tmp_path / "cover.jpg")
    cover = noktvrn(
        "artwork",
        "import",
        str(tmp_path / "cover.jpg"),
        "--artist",
        artist,
        *BY,
        "--duration",
        "32",
        "--json",
    )
    assert cover.data["state"] == "awaiting_review", cover.err
    assert noktvrn("review", "approve", cover.data["id"]).code == 0
    facets = paths_of(cover.data)["disclosure"]["facets"]
    assert (facets["artwork"]["share"], facets["artwork"]["engine"]) == ("none", "Jo Doe")
    assert facets["composition"]["share"] == "all"


def told(said: Said, code: int, naming: str) -> None:
    lines = said.err.splitlines()
    assert (said.code, said.out) == (code, ""), said.err
    assert lines[0].startswith("noktvrn: ") and naming in lines[0], said.err
    assert lines[1].startswith("  ") and len(lines) == 2


@pytest.mark.parametrize(
    ("noun", "name", "data", "naming"),
    [
        ("track", "a.wav", b"no sound", "no sound file"),
        ("track", "a.wav", b"", "empty"),
        ("artwork", "a.png", b"no picture", "cannot be read"),
        ("lyrics", "a.txt", b"x" * 50_001, "over 50,000"),
        ("lyrics", "a.txt", "\U0001f600\U0001f3b9".encode(), "no words"),
        ("lyrics", "a.txt", b"\xff\xfe\xfd", "UTF-8"),
    ],
)
def test_what_cannot_be_used_is_told_and_nothing_is_begun(
    noun: str, name: str, data: bytes, naming: str, artist: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(data)
    told(noktvrn(noun, "import", str(tmp_path / name), "--artist", artist, *BY), 2, naming)
    assert noktvrn("run", "list", "--json").data == []


def test_a_recording_of_three_seconds_is_told(artist: str, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", band(seconds=3.0), RATE)
    told(noktvrn("track", "import", str(tmp_path / "a.wav"), "--artist", artist, *BY), 2, "lasts 3 s")


@pytest.mark.parametrize("name", ["", "Prince", "Jo <b>Doe</b>", "a b" * 60])
def test_a_name_no_store_prints_is_told(name: str, artist: str, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("some words\n")
    said = noktvrn("lyrics", "import", str(tmp_path / "a.txt"), "--artist", artist, "--by", name)
    told(said, 2, "no full name")


def test_nobody_and_nothing(artist: str, tmp_path: Path) -> None:
    told(noktvrn("lyrics", "import", str(tmp_path / "none.txt"), "--artist", artist, *BY), 3, "none.txt")
    (tmp_path / "a.txt").write_text("some words\n")
    told(
        noktvrn("lyrics", "import", str(tmp_path / "a.txt"), "--artist", "art_0000000000000", *BY), 3, "art_0"
    )


def test_only_one_plain_file_comes_in(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "real").write_bytes(b"12345")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    (tmp_path / "gone").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "pipe")
    cases: dict[str, type[LabelError]] = {
        "link": Invalid,
        "gone": Invalid,
        "pipe": Invalid,
        "in": Invalid,
        "none": NotFound,
        "real/below": NotAllowed,
    }
    for name, kind in cases.items():
        with pytest.raises(kind) as refused:
            take_in(tmp_path / name, tmp_path / "in", most_bytes=100)
        assert refused.value.hint, name
    with pytest.raises(Invalid, match="over 4 bytes"):
        take_in(tmp_path / "real", tmp_path / "in", most_bytes=4)
    for device in ("/dev/zero", "/proc/self/environ"):
        with pytest.raises(Invalid):
            take_in(Path(device), tmp_path / "in", most_bytes=100)
    assert take_in(tmp_path / "real", tmp_path / "in", most_bytes=5).read_bytes() == b"12345"
    with pytest.raises((Invalid, NotAllowed)):
        take_in(Path("bad\x00name"), tmp_path / "in", most_bytes=5)
