"""Sound through a player program of the person's own, which ends with the console at the latest."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

PLAYERS: Mapping[str, tuple[str, ...]] = {
    "mpv": ("--no-video", "--force-window=no", "--no-terminal", "--"),
    "ffplay": ("-nodisp", "-autoexit", "-loglevel", "quiet", "-i"),
}
"""Programs in the order they are looked for, and how each plays one file and keeps silent otherwise."""
PATIENCE_S = 0.5


@dataclass(frozen=True, slots=True)
class Silence:
    """Why nothing can be heard here, and what to do instead."""

    why: str


def find_player(
    environ: Mapping[str, str] = os.environ, which: Callable[[str], str | None] = shutil.which
) -> tuple[str, ...] | Silence:
    """The words of a player's command before the file, or why there is none."""
    if environ.get("SSH_CONNECTION"):
        return Silence("Over SSH the sound would be heard at the other end.")
    for name, words in PLAYERS.items():
        program = which(name)
        if program is not None:
            return (program, *words)
    return Silence(f"No player was found on PATH ({' or '.join(PLAYERS)}).")


class Player:
    """Plays one file at a time. May be told from several threads."""

    def __init__(self, command: tuple[str, ...]) -> None:
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None
        self._begun = 0.0
        self._ending: weakref.finalize[..., Player] | None = None
        self._lock = Lock()

    @property
    def is_playing(self) -> bool:
        """Whether a file is being played now."""
        process = self._process
        return process is not None and process.poll() is None

    @property
    def failed(self) -> bool:
        """Whether the player gave up on what it was to play last."""
        process = self._process
        return process is not None and bool(process.poll())

    @property
    def heard_s(self) -> float:
        """Seconds since the file began; 0 when none is played."""
        return time.monotonic() - self._begun if self.is_playing else 0.0

    def play(self, path: Path) -> None:
        """Plays a file in place of what is being played.

        Raises:
            OSError: the program cannot be started.
        """
        quiet = subprocess.DEVNULL
        with self._lock:
            self._end_it()
            process = subprocess.Popen([*self._command, str(path)], stdin=quiet, stdout=quiet, stderr=quiet)
            self._process, self._begun = process, time.monotonic()
            self._ending = weakref.finalize(self, _end, process)  # also when the interpreter ends

    def stop(self) -> None:
        """Ends what is being played."""
        with self._lock:
            self._end_it()

    def _end_it(self) -> None:
        if self._ending is not None:
            self._ending()
        self._process = self._ending = None


def _end(process: subprocess.Popen[bytes]) -> None:
    """A player does as it is told, or is made to."""
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(PATIENCE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
