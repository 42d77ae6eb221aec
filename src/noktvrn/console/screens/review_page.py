"""The preview page in the person's browser, where there is one to be seen."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

PATIENCE_S = 20.0


def has_screen(environ: Mapping[str, str] = os.environ, platform: str = sys.platform) -> bool:
    """Whether a browser's window would be seen by who sits at this terminal."""
    if environ.get("SSH_CONNECTION"):
        return False
    return platform == "darwin" or bool(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))


def open_page(page: Path) -> None:
    """Shows a page. On a thread; in a process of its own, since browsers write where the screen is drawn."""
    words = [sys.executable, "-m", "webbrowser", page.as_uri()]
    quiet = subprocess.DEVNULL
    with contextlib.suppress(subprocess.TimeoutExpired):  # a browser that does not let go of who called it
        subprocess.run(words, stdin=quiet, stdout=quiet, stderr=quiet, timeout=PATIENCE_S, check=False)
