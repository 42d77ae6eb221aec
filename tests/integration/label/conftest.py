"""One short release, produced once; who changes it works on a copy."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from tests.integration.label.shell import noktvrn

PROMPT = "Warm lo-fi beats for late trains"
WORDS = (
    "debut",
    "--prompt",
    PROMPT,
    "--seed",
    "7",
    "--duration",
    "30",
    "--no-video",
    "--autopilot",
    "--json",
)


@pytest.fixture(scope="session")
def _hired(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Once for all workers of this run of the tests; nobody works in that home."""
    words = ("artist", "create", "--prompt", PROMPT, "--seed", "7", "--json")
    made = _made_once(tmp_path_factory, "hired", words)
    return made / "home", str(json.loads((made / "said.json").read_text())["id"])


def _made_once(factory: pytest.TempPathFactory, name: str, words: tuple[str, ...]) -> Path:
    """A folder with the home a command left behind and what it said, the same for all workers."""
    base = factory.getbasetemp()
    shared = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    made = shared / name
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (made / "said.json").exists():
            shutil.rmtree(made, ignore_errors=True)
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("NOKTVRN_HOME", str(made / "home"))
                said = noktvrn(*words)
            assert said.code == 0, said.err
            (made / "said.json").write_text(said.out)
    return made


@pytest.fixture
def hired(_hired: tuple[Path, str]) -> str:
    """An artist's identifier; commands work in a home of the test's own where nothing else is yet."""
    home, artist = _hired
    shutil.copytree(home, os.environ["NOKTVRN_HOME"])
    return artist


@pytest.fixture(scope="session")
def _produced(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """Made once for all workers of this run of the tests; each looks at a copy of its own."""
    made = _made_once(tmp_path_factory, "produced", WORDS)
    home = tmp_path_factory.mktemp("looked_at") / "home"
    shutil.copytree(made / "home", home)
    text = (made / "said.json").read_text().replace(str(made / "home"), str(home))
    return home, json.loads(text)


@pytest.fixture
def made(_produced: tuple[Path, dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The debut's JSON; commands work in its home. For those who only look."""
    home, data = _produced
    monkeypatch.setenv("NOKTVRN_HOME", str(home))
    return data


@pytest.fixture
def copied(
    _produced: tuple[Path, dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> dict[str, Any]:
    """The debut's JSON; commands work in a copy of its home."""
    home, data = _produced
    shutil.copytree(home, tmp_path / "copy")
    monkeypatch.setenv("NOKTVRN_HOME", str(tmp_path / "copy"))
    return data
