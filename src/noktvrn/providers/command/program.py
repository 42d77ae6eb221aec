"""A program run within limits: its own process group, no secrets in its environment, its last words kept."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from noktvrn.kernel.errors import Refused, TimedOut, Unavailable

KEPT = frozenset(
    {"PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "TZ", "TMPDIR", "TEMP", "TMP"}
    | {"VIRTUAL_ENV", "CONDA_PREFIX", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT"}
    | {"HF_HOME", "HF_HUB_OFFLINE", "TORCH_HOME", "TRANSFORMERS_CACHE"}
)
KEPT_BY_BEGINNING = ("LC_", "XDG_", "CUDA_", "NVIDIA_", "ROCR_", "HIP_", "OMP_", "MKL_", "OPENBLAS_")
"""What a program may know of this environment. Keys of the label, and of anybody else, are not among it."""

MOST_BYTES = 200_000_000
_LAST_WORDS = 1 << 12
_PIECE = 1 << 16
_LOOK_EVERY_S = 0.1


@dataclass(frozen=True, slots=True)
class Run:
    """What is run: arguments, what it reads, the file it writes, and its limits in seconds and bytes."""

    command: Sequence[str]
    told: bytes
    out: Path
    timeout_s: float
    most_bytes: int = MOST_BYTES


def run(job: Run, folder: Path) -> None:
    """Runs the program in `folder` until it has written its file. Whatever it started is ended with it.

    Raises:
        Unavailable: it does not start.
        TimedOut, Refused: it took too long; it failed, wrote nothing, or wrote too much.
    """
    with tempfile.TemporaryFile() as told:
        told.write(job.told)
        told.seek(0)
        with _started(job, folder, told.fileno()) as child:
            try:
                words = _watched(child, job)
            finally:
                _end(child)
    if child.returncode != 0:
        raise _failed(_last_line(words) or f"it ended with {child.returncode}")
    if not job.out.is_file() or job.out.stat().st_size == 0:
        raise _failed(f"it wrote no file. {_last_line(words)}".strip())


def environment() -> dict[str, str]:
    """This process' environment, as far as a program may know it."""
    return {
        name: value
        for name, value in os.environ.items()
        if name in KEPT or name.startswith(KEPT_BY_BEGINNING)
    }


def _started(job: Run, folder: Path, told: int) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            list(job.command),
            stdin=told,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            cwd=folder,
            env=environment(),
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it is no program"
        raise Unavailable(
            f"The composer's program {job.command[0]} does not start: {why}.",
            code="composer.no_program",
            hint="Check NOKTVRN_COMPOSER_COMMAND.",
        ) from None


def _watched(child: subprocess.Popen[bytes], job: Run) -> bytes:
    """The last words of the program, once it has ended; whatever it left running may hold the pipe."""
    deadline = time.monotonic() + job.timeout_s
    words = b""
    with selectors.DefaultSelector() as waiting:
        if child.stderr is not None:
            waiting.register(child.stderr, selectors.EVENT_READ)
        while time.monotonic() < deadline:
            over = child.poll() is not None
            words = (words + b"".join(_heard(waiting, wait_s=0.0 if over else _LOOK_EVERY_S)))[-_LAST_WORDS:]
            if over:
                return words
            if _size(job.out) > job.most_bytes:
                raise _failed(f"its file has more than {job.most_bytes:,} bytes")
    raise TimedOut(
        f"The composer's program had not ended after {job.timeout_s:g} s.",
        code="composer.timed_out",
        hint="Give it more time with NOKTVRN_COMPOSER_TIMEOUT.",
    )


def _heard(waiting: selectors.BaseSelector, wait_s: float) -> Iterator[bytes]:
    if not waiting.get_map():
        time.sleep(wait_s)
        return
    for key, _ in waiting.select(wait_s):
        piece = os.read(key.fd, _PIECE)
        if not piece:
            waiting.unregister(key.fileobj)
        yield piece


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _end(child: subprocess.Popen[bytes]) -> None:
    """Ends the program and whatever it started; nothing if they have ended."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)


def _failed(why: str) -> Refused:
    return Refused(
        f"The composer's program failed: {why.rstrip('.')}.",
        code="composer.failed",
        hint="Run NOKTVRN_COMPOSER_COMMAND in a shell; docs/composer_command.md shows what it is told.",
    )


def _last_line(words: bytes) -> str:
    lines = words.decode("utf-8", "replace").strip().splitlines()
    return "".join(c for c in lines[-1] if c.isprintable())[:200] if lines else ""
