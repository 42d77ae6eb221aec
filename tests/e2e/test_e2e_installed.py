"""The built wheel, installed by itself, from an empty home to a checked release."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
START = "import sys; from noktvrn.cli.main import main; main(sys.argv[1:])"
LOOK = """
import sys, noktvrn
from noktvrn.cli.main import main
print(noktvrn.__file__)
for words in (["release", "check", sys.argv[1], "--jsonl"], ["audit", "verify", "--jsonl"]):
    try:
        main(words)
    except SystemExit as end:
        assert not end.code, end.code
"""
"""Two commands of one process: starting one costs more than either."""
PROMPT = (
    "A mysterious electronic music producer with dark, atmospheric soundscapes and minimal public presence"
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    return next(folder.glob("noktvrn-*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("installed")
    uv = Path(sys.executable).with_name("uv")
    subprocess.run(
        [str(uv), "pip", "install", "--quiet", "--offline", "--no-deps", "--target", str(place), str(wheel)],
        check=True,
        capture_output=True,
    )
    return place


def run(installed: Path, home: Path, *words: str, start: str = START) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(installed), "NOKTVRN_HOME": str(home)}
    return subprocess.run(
        [sys.executable, "-c", start, *words],
        env=environment,
        cwd=home.parent,
        capture_output=True,
        text=True,
        check=False,
        timeout=200,
    )


def data_of(done: subprocess.CompletedProcess[str]) -> Any:
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_wheel_holds_the_house_with_its_data_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    assert tops == {"noktvrn", next(top for top in tops if top.endswith(".dist-info"))}
    packed = {name for name in names if name.startswith("noktvrn/")}
    present = {
        str(path.relative_to(ROOT / "src"))
        for path in (ROOT / "src" / "noktvrn").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert packed == present
    for ending in (".toml", ".css", ".ttf", ".py"):
        assert any(name.endswith(ending) for name in packed), ending
    assert any(name.startswith("noktvrn/storage/migrations/versions/") for name in packed)
    assert any(name.endswith("/entry_points.txt") for name in names)


@pytest.mark.timeout(600)
def test_the_installed_label_makes_a_release_that_holds(installed: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    told = run(installed, home, "--help")
    assert told.returncode == 0
    assert "debut" in told.stdout
    words = ("debut", "--prompt", PROMPT, "--no-video", "--duration", "30", "--autopilot", "--json")
    made = data_of(run(installed, home, *words))
    for name in ("package", "track", "cover", "page"):
        assert Path(made[name]).exists(), name
    looked = run(installed, home, made["release_id"], start=LOOK)
    assert looked.returncode == 0, looked.stderr
    where, *findings = looked.stdout.splitlines()
    assert Path(where).is_relative_to(installed)
    assert [json.loads(line)["passed"] for line in findings] == [True, True]
