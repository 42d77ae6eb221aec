"""The browser: only where its window would be seen, and never writing where the screen is drawn."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from noktvrn.console.screens.review_page import has_screen, open_page


@pytest.mark.parametrize(
    ("environ", "platform", "seen"),
    [
        ({}, "linux", False),
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({}, "darwin", True),
        ({"DISPLAY": "localhost:10.0", "SSH_CONNECTION": "1 2 3 4"}, "linux", False),
        ({"SSH_CONNECTION": "1 2 3 4"}, "darwin", False),
    ],
)
def test_a_window_is_opened_where_somebody_sees_it(
    environ: dict[str, str], platform: str, seen: bool
) -> None:
    assert has_screen(environ, platform) is seen


def test_the_browser_is_called_by_words_and_says_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[tuple[list[str], dict[str, Any]]] = []

    def run(words: list[str], **how: Any) -> None:
        called.append((words, how))
        raise subprocess.TimeoutExpired(words, 1)

    monkeypatch.setattr(subprocess, "run", run)
    open_page(tmp_path / "a page; x" / "index.html")
    ((words, how),) = called
    assert words[0] == sys.executable
    assert words[-1].startswith("file:///")
    assert words[-1].endswith("/a%20page%3B%20x/index.html")
    assert how["stdin"] == how["stdout"] == how["stderr"] == subprocess.DEVNULL
    assert "shell" not in how
