"""The whole label in one command: wall time, CPU time of all processes, memory of the largest.

The limits are those of the issue: with films 400 CPU s, 240 s wall on two idle cores, 1.2 GB; without 40 s.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

PROMPT = (
    "A mysterious electronic music producer with dark, atmospheric soundscapes and minimal public presence"
)
COMMAND = Path(sys.executable).parent / "noktvrn"


def debut(*words: str) -> None:
    """One debut in an empty home; prints its figures and its stages."""
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "NOKTVRN_HOME": home}
        before, started = os.times(), time.monotonic()
        process = subprocess.Popen(
            [str(COMMAND), "debut", "--autopilot", "--prompt", PROMPT, *words], env=environment
        )
        largest = [0.0]
        watcher = threading.Thread(target=_watch, args=(process.pid, largest), daemon=True)
        watcher.start()
        code = process.wait()
        wall, after = time.monotonic() - started, os.times()
        cpu = after.children_user - before.children_user + after.children_system - before.children_system
    name = " ".join(words) or "with films"
    print(f"{name}: exit {code}, {wall:.0f} s wall, {cpu:.0f} CPU s, largest process {largest[0]:.0f} MB")


def _watch(root: int, largest: list[float]) -> None:
    """Notes the peak resident size (VmHWM) of any process of the family, as Linux keeps it."""
    while Path(f"/proc/{root}").exists():
        for pid in _family(root):
            try:
                status = Path(f"/proc/{pid}/status").read_text()
            except OSError:
                continue
            for line in status.splitlines():
                if line.startswith("VmHWM:"):
                    largest[0] = max(largest[0], int(line.split()[1]) / 1024)
        time.sleep(0.1)


def _family(root: int) -> list[int]:
    found = [root]
    for pid in found:
        for path in Path(f"/proc/{pid}/task").glob("*/children"):
            try:
                found += [int(child) for child in path.read_text().split()]
            except OSError:
                continue
    return found


def main() -> None:
    """Both ways."""
    debut("--no-video")
    debut()


if __name__ == "__main__":
    main()
