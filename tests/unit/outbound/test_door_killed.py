"""A process that is killed while a file comes in: the next goes on with it, or knows it is not whole."""

from __future__ import annotations

import asyncio
import hashlib
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from noktvrn.film.ffmpeg import find_ffmpeg
from noktvrn.outbound.door import Door
from noktvrn.outbound.spool import part_of, spooled
from noktvrn.testing.fakes import media
from noktvrn.testing.loopback import Exchange, Loopback

SONG = media.song(4.0)
FETCH = """
import sys
from pathlib import Path
from noktvrn.film.ffmpeg import find_ffmpeg
from noktvrn.outbound.door import Door
told = {"kind": "audio", "named": "it", "private_hosts": ("127.0.0.1",)}
Door(find_ffmpeg).fetch(sys.argv[1], Path(sys.argv[2]), **told)
"""
POST = """
import sys
from pathlib import Path
from noktvrn.outbound.calls import Caller
Caller(sys.argv[1], named="it").post_into("/v1/music", {"a": 1}, Path(sys.argv[2]))
"""


class Slow:
    """Sends half of what is asked for, then nothing, until `hurry`."""

    def __init__(self) -> None:
        self.asked: list[Exchange] = []
        self.hurry = False

    async def __call__(self, exchange: Exchange) -> None:
        self.asked.append(exchange)
        start = int(exchange.headers.get("range", "bytes=0-").removeprefix("bytes=").removesuffix("-"))
        rest, size = SONG[start:], len(SONG)
        span = f"content-range: bytes {start}-{size - 1}/{size}\r\n" if start else ""
        status = "206" if start else "200"
        told = f'HTTP/1.1 {status} X\r\netag: "v1"\r\n{span}content-length: {len(rest)}\r\n\r\n'
        exchange.write(told.encode())
        exchange.write(rest if self.hurry else rest[: len(rest) // 2])
        if not self.hurry:
            await asyncio.wait_for(exchange.gone.wait(), 60.0)


@contextmanager
def served(handler: Callable[[Exchange], Any]) -> Iterator[str]:
    server = Loopback(handler)
    server.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.close()


def killed_when(came: Callable[[], bool], code: str, *words: str) -> None:
    """Runs `code` in a process of its own and kills it -9 once `came`."""
    with subprocess.Popen([sys.executable, "-c", code, *words]) as process:
        end = time.monotonic() + 60
        while not came():
            assert process.poll() is None
            assert time.monotonic() < end
            time.sleep(0.02)
        process.kill()


def has_some(path: Path) -> bool:
    part = part_of(path)
    return part.exists() and part.stat().st_size > 0


def test_a_killed_download_is_gone_on_with_by_the_next_process(tmp_path: Path) -> None:
    slow, into = Slow(), tmp_path / "clip"
    with served(slow) as origin:
        killed_when(lambda: has_some(into), FETCH, f"{origin}/a.mp3?signature=1", str(into))
        assert not into.exists()
        came = part_of(into).stat().st_size
        slow.hurry = True
        checked = Door(find_ffmpeg).fetch(
            f"{origin}/a.mp3?signature=2", into, kind="audio", named="it", private_hosts=("127.0.0.1",)
        )
    assert checked.sha256 == hashlib.sha256(SONG).hexdigest()
    assert slow.asked[-1].headers["range"] == f"bytes={came}-"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["clip", "clip.done"]


def test_a_killed_post_leaves_nothing_that_looks_whole(tmp_path: Path) -> None:
    into = tmp_path / "song"
    with served(Slow()) as origin:
        killed_when(lambda: has_some(into), POST, origin, str(into))
    assert spooled(into) is None
    assert not into.exists()


def test_a_post_that_came_whole_is_known_to_the_next_process(tmp_path: Path) -> None:
    slow, into = Slow(), tmp_path / "song"
    slow.hurry = True
    with served(slow) as origin:
        subprocess.run([sys.executable, "-c", POST, origin, str(into)], check=True, timeout=60)
    whole = spooled(into)
    assert whole is not None
    assert whole.sha256 == hashlib.sha256(SONG).hexdigest()
    assert whole.headers["etag"] == '"v1"'
