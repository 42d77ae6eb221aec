"""Bad input: one clear line with a hint, the documented exit code, and nothing half-written."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import pytest
from tests.integration.label.shell import Said, noktvrn

from noktvrn.label.label import open_label
from noktvrn.model.brief import Brief
from noktvrn.model.finding import Severity
from noktvrn.model.run import StageName
from noktvrn.production.scene import Scene, set_scene
from noktvrn.production.stages import STAGES
from noktvrn.settings import Settings

GOOD = "Warm lo-fi beats for late trains"


def assert_told(said: Said, code: int, *, naming: str = "") -> None:
    lines = said.err.splitlines()
    assert (said.code, said.out) == (code, ""), said.err
    assert len(lines) == 2, lines
    assert lines[0].startswith("noktvrn: ") and lines[1].startswith("  ")
    assert len(lines[0]) < 400
    assert naming in lines[0]


def files_of(home: Path) -> list[str]:
    """What lies in a home beside its ledger."""
    return sorted(
        str(path.relative_to(home))
        for path in home.rglob("*")
        if path.is_file() and not path.name.startswith("label.db")
    )


@pytest.mark.parametrize(
    ("prompt", "code", "naming"),
    [
        ("", 2, "no words"),
        ("   \t\n", 2, "no words"),
        ("\U0001f600\U0001f3b9\U0001f319", 2, "no words"),
        ("1234 !?", 2, "no words"),
        ("\udcff\udcfe", 2, "no words"),
        ("dark techno " * 8_500, 2, "102,000 characters"),
    ],
)
def test_a_prompt_nothing_can_be_made_of(prompt: str, code: int, naming: str) -> None:
    home = Path(os.environ["NOKTVRN_HOME"])
    assert_told(a_debut(prompt), code, naming=naming)
    assert noktvrn("artist", "list", "--json").data == []
    assert files_of(home) == []


def a_debut(prompt: str) -> Said:
    """A debut, without the line that says it begins."""
    said = noktvrn("debut", "--prompt", prompt, "--autopilot")
    return Said(said.code, said.out, said.err.removeprefix("Making an artist out of one sentence.\n"))


@pytest.mark.parametrize(
    "prompt",
    [
        "منتج موسيقى إلكترونية غامض من ليل القاهرة",
        "一位神秘的电子音乐制作人，黑暗的氛围",
        "Загадочный электронный продюсер с тёмной атмосферой",
        "Μυστηριώδης παραγωγός ηλεκτρονικής μουσικής",
        "מפיק מוזיקה אלקטרונית מסתורי",
    ],
)
def test_a_prompt_in_any_script_makes_a_whole_artist(prompt: str) -> None:
    from noktvrn.artist.builder import build
    from noktvrn.kernel.clock import SystemClock
    from noktvrn.label.label import open_label
    from noktvrn.settings import Settings

    clock = SystemClock()
    with open_label(Settings(_env_file=None), clock) as label:
        writer = label.office.studio.cast.writer()
        artist, report = build(writer, prompt=prompt, seed=5, taken_names=[], now=clock.now())
    assert artist.profile.stage_name.isascii() or artist.profile.stage_name.isalpha()
    assert artist.profile.genre and artist.profile.biography
    assert artist.prompt == prompt
    assert report.notices or report.writer


@pytest.mark.parametrize("title", ["T" * 200, "Night \U0001f600", "\x00", "\udcff"])
def test_a_title_no_store_takes_is_refused_before_anything_is_made(title: str, made: dict[str, str]) -> None:
    before = noktvrn("run", "list", "--json").data
    said = noktvrn("run", "start", made["artist_id"], "--title", title, "--no-video")
    assert_told(said, 2, naming="itle")
    assert noktvrn("run", "list", "--json").data == before


@pytest.mark.parametrize("command", [("init",), ("artist", "list"), ("debut", "--prompt", GOOD)])
def test_a_home_that_cannot_be(
    command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "file"
    file.write_text("mine")
    for home in ("/proc/noktvrn", str(file), str(file / "below")):
        monkeypatch.setenv("NOKTVRN_HOME", home)
        assert_told(noktvrn(*command), 7, naming=home)
    assert file.read_text() == "mine"
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize(
    ("url", "code", "naming"),
    [
        ("mysql://somebody@localhost/noktvrn", 2, "mysql"),
        ("nonsense", 2, "DATABASE_URL"),
        ("postgresql://nobody:secret-word@127.0.0.1:9/noktvrn", 5, "127.0.0.1:9"),
        ("sqlite:////proc/noktvrn/label.db", 7, "/proc/noktvrn"),
    ],
)
def test_a_ledger_that_cannot_be(url: str, code: int, naming: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    said = noktvrn("artist", "list")
    assert_told(said, code, naming=naming)
    assert "secret-word" not in said.err


def test_a_server_without_the_base_is_told(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", postgres_url.replace("/t", "/no_such_base_t"))
    said = noktvrn("artist", "list", "--json")
    assert (said.code, said.out, said.problem["code"]) == (5, "", "database.unavailable")


@pytest.mark.parametrize(
    ("line", "naming"),
    [
        ("MAX_APPROVAL_WAIT_TIME=soon", "MAX_APPROVAL_WAIT_TIME"),
        ("POLL_INTERVAL=-1", "POLL_INTERVAL"),
        ("POSTGRES_PORT=port", "POSTGRES_PORT"),
        ("NOKTVRN_DURABILITY=some", "NOKTVRN_DURABILITY"),
        ("NOKTVRN_ISRC_PREFIX=qz", "NOKTVRN_ISRC_PREFIX"),
        ("DEFAULT_CALENDAR_LENGTH=0", "DEFAULT_CALENDAR_LENGTH"),
        ("NOKTVRN_AUTOPILOT=perhaps", "NOKTVRN_AUTOPILOT"),
    ],
)
def test_a_broken_setting_is_named(line: str, naming: str, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(line + "\n")
    for command in (("artist", "list"), ("provider", "list"), ("serve",)):
        assert_told(noktvrn(*command), 2, naming=naming)


def test_settings_that_are_no_text_are_named(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"\xff\xfe\x00\x01")
    assert_told(noktvrn("artist", "list"), 2, naming=".env")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 700 kB, where one may be mounted."""
    place = tmp_path / "small"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=700k", "tmpfs", str(place)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("no small disk can be mounted here; the test with a limit on file sizes stands in")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def test_a_full_disk_is_told_and_nothing_is_half_made(
    small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOKTVRN_HOME", str(small_disk / "home"))
    assert_told(noktvrn("artist", "create", "--prompt", GOOD), 5, naming="The disk of the ledger is full.")
    subprocess.run(["mount", "-o", "remount,size=100m", str(small_disk)], check=True)
    assert noktvrn("artist", "list", "--json").data == []
    assert files_of(small_disk / "home") == []
    assert noktvrn("artist", "create", "--prompt", GOOD, "--json").code == 0


LIMITED = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, 2_000_000))
from noktvrn.cli.main import main
main(sys.argv[1:])
"""


def test_a_file_that_cannot_grow_stops_the_run_and_nothing_is_lost(hired: str) -> None:
    words = ["run", "start", hired, "--no-video", "--duration", "30", "--json"]
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, *words], capture_output=True, text=True, timeout=120, check=False
    )
    said = Said(done.returncode, done.stdout, done.stderr)
    assert (said.code, said.data["state"]) == (5, "failed"), said.err
    assert "Traceback" not in said.err
    run = noktvrn("run", "show", said.data["id"], "--json").data
    assert (run["error"], run["exit_code"]) == ("The disk is full.", 5)
    assert "resume" in run["hint"]
    assert noktvrn("release", "list", "--json").data == []


@pytest.mark.parametrize("stage", [StageName.VIDEO, StageName.TEASER])
def test_without_ffmpeg_a_film_is_left_out_with_a_next_step(
    made: dict[str, Any], stage: StageName, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def absent() -> str:
        raise RuntimeError("no wheel")

    def asked_for(scene: Scene, *_told: object) -> Brief:
        return scene.brief.model_copy(update={"with_video": True})

    monkeypatch.setattr(imageio_ffmpeg, "get_ffmpeg_exe", absent)
    monkeypatch.setattr(Scene, "result", asked_for)
    monkeypatch.setenv("PATH", str(tmp_path))
    with open_label(Settings(_env_file=None)) as label:
        scene = set_scene(label.office.studio, made["run_id"], stage, 1, tmp_path, lambda _run, _share: None)
        outcome = STAGES[stage](scene)
    (found,) = outcome.findings
    assert (outcome.result, found.severity) == (None, Severity.WARNING)
    assert found.message == f"The release goes on without its {stage.value}: No working ffmpeg was found."
    assert "apt install ffmpeg" in found.hint


NO_FFMPEG = """
import sys
import imageio_ffmpeg
def absent():
    raise RuntimeError("no wheel")
imageio_ffmpeg.get_ffmpeg_exe = absent
from noktvrn.cli.main import main
main(sys.argv[1:])
"""


@pytest.mark.long
def test_without_ffmpeg_the_release_goes_on_without_film(tmp_path: Path) -> None:
    words = ["debut", "--prompt", GOOD, "--seed", "7", "--duration", "30", "--autopilot", "--json"]
    done = subprocess.run(
        [sys.executable, "-c", NO_FFMPEG, *words],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, "PATH": str(tmp_path)},
    )
    said = Said(done.returncode, done.stdout, done.stderr)
    assert said.code == 1, said.err
    assert said.data["state"] == "completed"
    assert said.data["video"] is said.data["teaser"] is None
    assert "goes on without its video: No working ffmpeg was found" in said.err
    assert noktvrn("release", "check", said.data["release_id"]).code == 0
    shown = noktvrn("run", "show", said.data["run_id"]).out
    assert "apt install ffmpeg" in shown
