"""What the console costs with 200 runs in its list: imports, first paint, memory, a key until all rests.

The paint of the whole command is taken at a real terminal, everything else in a process of its own without
one. Times of a screen are wall time, since a person waits for them: read them on an idle machine.
"""

from __future__ import annotations

import asyncio
import json
import os
import pty
import resource
import select
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

RUNS, KEYS = 200, 40
SIZE = (120, 40)
MOST_AT_ONCE_S = 30.0


def fill(home: Path) -> None:
    """A ledger with four artists and 200 runs, two of them at work."""
    from tests.integration.console.console_samples import enter_run, label_in
    from tests.integration.label.label_samples import enter_artist

    from noktvrn.model.run import RunState

    with label_in(home) as label:
        names = ("Vesper Quill", "Molten Harbour", "Ines Falk", "The Low Lamps")
        artists = [enter_artist(label, name) for name in names]
        for number in range(RUNS - 2):
            enter_run(label, artists[number % 4], number, RunState.COMPLETED, title=f"Song {number}", done=12)
        for number in range(2):
            going = {"done": 4, "then": "started", "share": 0.5}
            enter_run(label, artists[number], RUNS + number, RunState.PRODUCING, title="Now", **going)  # type: ignore[arg-type]


def painted_s(home: Path) -> tuple[float, float]:
    """Wall seconds of `noktvrn` at a terminal until the label is shown; CPU seconds until it is left."""
    environment = {**os.environ, "NOKTVRN_HOME": str(home), "TERM": "xterm-256color"}
    begun, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    child, terminal = pty.fork()
    if child == 0:
        os.execvpe(sys.executable, [sys.executable, "-m", "noktvrn"], environment)  # noqa: S606
    seen, painted = b"", 0.0
    while True:
        if select.select([terminal], [], [], 0.05)[0]:
            try:
                seen += os.read(terminal, 65_536)
            except OSError:
                break
        if not painted and b"Now" in seen:
            painted = time.perf_counter() - begun
            os.write(terminal, b"q")
    os.close(terminal)
    os.waitpid(child, 0)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return painted, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def megabytes() -> float:
    """The most this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def inside(home: Path) -> dict[str, float]:
    """The figures of one process: imports, the app itself, keys."""
    begun = time.process_time()
    from noktvrn.label.label import open_label
    from noktvrn.settings import Settings

    label_s, begun = time.process_time() - begun, time.process_time()
    from noktvrn.console.app import Console

    figures = {"import of the label": label_s, "import of the console": time.process_time() - begun}
    with open_label(Settings(home=home, _env_file=None)) as label:
        figures |= asyncio.run(_played(Console(label, "person:bench")))
    return figures | {"memory": megabytes()}


async def _played(app: object) -> dict[str, float]:
    from textual import events

    from noktvrn.console.app import Console
    from noktvrn.console.screens.pulse import PulsePlace
    from noktvrn.console.screens.runs import RunsPlace
    from noktvrn.console.widgets.rows import Rows

    assert isinstance(app, Console)
    begun = time.perf_counter()
    async with app.run_test(size=SIZE):

        async def settled(look: Callable[[], bool]) -> None:
            deadline = time.perf_counter() + MOST_AT_ONCE_S
            while not look():
                assert time.perf_counter() < deadline
                await asyncio.sleep(0.002)
            drawn = asyncio.Event()
            app.screen.call_after_refresh(drawn.set)
            await drawn.wait()

        async def key(name: str, look: Callable[[], bool]) -> float:
            pressed = time.perf_counter()
            app.post_message(events.Key(name, name if len(name) == 1 else None))
            await settled(look)
            return time.perf_counter() - pressed

        def rests() -> bool:
            place = app.place()
            if not isinstance(place, RunsPlace) or place.detail is None:
                return False
            return place.detail.sight.line.run.id == place.query_one(Rows).key

        def moved(before: str) -> Callable[[], bool]:
            return lambda: rests() and app.screen.query_one(Rows).key != before

        def at(mode: str) -> Callable[[], bool]:
            return lambda: app.current_mode == mode

        await settled(lambda: isinstance(app.place(), PulsePlace) and bool(app.screen.query_one(Rows).keys))
        first = time.perf_counter() - begun
        runs = await key("2", lambda: rests() and len(app.screen.query_one(Rows).keys) == RUNS)
        cpu = time.process_time()
        down = [await key("j", moved(app.screen.query_one(Rows).key)) for _ in range(KEYS)]
        cpu = (time.process_time() - cpu) / KEYS
        back = [await key(name, at(mode)) for name, mode in (("1", "label"), ("2", "runs")) * 5]
        return {
            "first paint": first,
            "the list of runs": runs,
            "a key": statistics.median(down),
            "the slowest key": max(down),
            "CPU of a key": cpu,
            "another place": statistics.median(back),
        }


def main() -> None:
    """Prints the figures."""
    if len(sys.argv) > 1:
        print(json.dumps(inside(Path(sys.argv[1]))))
        return
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        fill(home)
        wall, cpu = painted_s(home)
        words = [sys.executable, "-m", "bench.console", str(home)]
        found = json.loads(subprocess.run(words, capture_output=True, text=True, check=True).stdout)
    label, console = found["import of the label"], found["import of the console"]
    print(f"imports                         {label + console:5.2f} s CPU, the console's own {console:.2f}")
    print(f"the app until its first paint   {found['first paint'] * 1000:5.0f} ms wall  (limit 1000)")
    print(f"{RUNS} runs after the key 2        {found['the list of runs'] * 1000:5.0f} ms wall")
    print(f"noktvrn until its first paint   {wall:5.2f} s wall, {cpu:.2f} s CPU with leaving")
    print(f"memory                          {found['memory']:5.0f} MB with all of the label")
    print(
        f"a key until the screen rests    {found['a key'] * 1000:5.1f} ms (median), "
        f"{found['the slowest key'] * 1000:.1f} (worst)  (limit 50); "
        f"{found['CPU of a key'] * 1000:.1f} ms CPU"
    )
    print(f"to another place                {found['another place'] * 1000:5.1f} ms (median)")


if __name__ == "__main__":
    main()
