"""One short release, produced once per test process; who changes it works on a copy."""

from __future__ import annotations

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
def _produced(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    home = tmp_path_factory.mktemp("produced") / "home"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NOKTVRN_HOME", str(home))
        said = noktvrn(*WORDS)
    assert said.code == 0, said.err
    return home, said.data


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
