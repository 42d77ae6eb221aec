"""What a question to a model costs by the orchestrator, beside raw httpx2, pydantic-ai and LiteLLM's Router.

    python -m bench.llm [--peer PYTHON]

`--peer` is the interpreter of an environment with LiteLLM (it cannot share ours). All subjects ask the same
loopback server, take turns, and are compared as ratios of CPU time in one run; seconds are not compared.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any

from noktvrn.llm.prompt import prompt, words

ROUNDS, CALLS = 5, 300
GROWTH_CALLS, GROWTH_SHARE = 3000, 0.10
ROOT = Path(__file__).parents[1]
MODULES = ("orchestrator", "desk", "asking", "sessions", "cache", "cassette", "notices", "stream", "reuse")
HEAVY = {"openai", "pydantic_ai", "httpx2", "genai_prices", "sqlalchemy"}
ANSWER = json.dumps({"titles": ["Slow Light on Glass", "Winter Road Home"]})


class Server:
    """The fake models in a process of their own."""

    def __init__(self, *arguments: str) -> None:
        command = [sys.executable, "-m", "noktvrn.testing.fake_models", "--answer", ANSWER, *arguments]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.base = self._process.stdout.readline().strip()

    def __enter__(self) -> Server:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.wait()


class Subject:
    """A process of `bench.llm_subjects` that measures what it is told to."""

    def __init__(self, name: str, base: str, told: dict[str, Any], python: str = sys.executable) -> None:
        self.name = name
        script = (
            ["-m", "bench.llm_subjects"] if python == sys.executable else [f"{ROOT}/bench/llm_subjects.py"]
        )
        command = [python, *script, name, base, json.dumps(told)]
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def measure(self, calls: int, at_once: int, way: str = "plain") -> dict[str, float]:
        """CPU microseconds for a call, calls in a second, memory in KB."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps({"calls": calls, "at_once": at_once, "way": way}) + "\n")
        self._process.stdin.flush()
        found: dict[str, float] = json.loads(self._process.stdout.readline())
        return found

    def close(self) -> None:
        """Ends the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


def told() -> dict[str, Any]:
    """The words every subject sends."""
    from bench.llm_room import FACTS

    return words(prompt("titles"), FACTS).as_data()


def turns(subjects: list[tuple[Subject, str]], at_once: int) -> list[dict[str, list[float]]]:
    """The figures of every subject, measured in turns after one round to warm up."""
    found: list[dict[str, list[float]]] = [{"cpu_us": [], "rps": []} for _ in subjects]
    for number in range(ROUNDS + 1):
        for (subject, way), figures in zip(subjects, found, strict=True):
            row = subject.measure(CALLS, at_once, way)
            if number:
                for name, values in figures.items():
                    values.append(row[name])
    return found


def ratio(mine: dict[str, list[float]], other: dict[str, list[float]], name: str = "cpu_us") -> float:
    """The median of the ratios within each round."""
    return statistics.median(a / b for a, b in zip(mine[name], other[name], strict=True))


def show(what: str, figure: float, limit: float, unit: str = "x", *, least: bool = False) -> None:
    """One figure beside its limit."""
    good = figure >= limit if least else figure <= limit
    bound = "at least" if least else "at most"
    print(
        f"{what:<66} {figure:9.2f}{unit:<3} {bound} {limit:g}{unit} {'' if good else '  MISSED'}", flush=True
    )


def calls(base: str, peer: str | None) -> None:
    """Plain questions: ours, raw, the protocol library, and the peer, at 1 and 50 at once."""
    names = [("ours", sys.executable), ("raw", sys.executable), ("direct", sys.executable)]
    if peer is not None:
        names.append(("router", peer))
    subjects = [Subject(name, base, told(), python) for name, python in names]
    for at_once in (1, 50):
        figures = turns([(subject, "plain") for subject in subjects], at_once)
        for subject, row in zip(subjects, figures, strict=True):
            cpu, rps = statistics.median(row["cpu_us"]), statistics.median(row["rps"])
            print(f"  {subject.name:<8} {at_once:>2} at once: {cpu:7.0f} us CPU a call, {rps:6.0f} calls/s")
        mine, raw, direct, *rest = figures
        show(f"ours against raw httpx2, {at_once} at once", ratio(mine, raw), 3.4)
        layer = statistics.median(a - b for a, b in zip(mine["cpu_us"], direct["cpu_us"], strict=True))
        show(
            f"our layer above pydantic-ai, {at_once} at once: share", 100 * ratio(mine, direct) - 100, 20, "%"
        )
        print(f"  in CPU time: {layer:.0f} us (350 us would do as well)")
        if rest:
            show(f"ours against LiteLLM's Router, {at_once} at once", ratio(mine, rest[0]), 0.55)
            if at_once > 1:
                share = ratio(mine, rest[0], "rps")
                show(f"calls a second against the Router's, {at_once} at once", share, 1.8, least=True)
    for subject in subjects:
        subject.close()


def streams(base: str) -> None:
    """Streamed questions against the openai SDK's."""
    mine, sdk = Subject("ours", base, told()), Subject("sdk", base, told())
    first, second = turns([(mine, "stream"), (sdk, "stream")], 1)
    show("a streamed answer against the openai SDK's", ratio(first, second), 1.8)
    mine.close()
    sdk.close()


def at_home(base: str) -> None:
    """What costs no request: the embedded writer's way, and a cache hit."""
    alone, mine = Subject("offline", base, told()), Subject("ours", base, told())
    (figures,) = turns([(alone, "plain")], 1)
    show("no model configured: the orchestrator's share", statistics.median(figures["cpu_us"]), 400, "us")
    mine.measure(1, 1, "hit")
    (figures,) = turns([(mine, "hit")], 1)
    show("a cache hit", statistics.median(figures["cpu_us"]), 200, "us")
    alone.close()
    mine.close()


def growth(peer: str | None) -> None:
    """Memory over many calls of which some fail."""
    names = [("ours", sys.executable)] + ([("router", peer)] if peer is not None else [])
    with Server("--faults", "server_error", "--share", str(GROWTH_SHARE)) as failing:
        for name, python in names:
            subject = Subject(name, failing.base, told(), python)
            before = subject.measure(GROWTH_CALLS // 3, 50)["rss_kb"]
            after = subject.measure(GROWTH_CALLS, 50)["rss_kb"]
            what = f"{name}: memory a call over {GROWTH_CALLS} calls, {GROWTH_SHARE:.0%} failing"
            show(what, (after - before) / GROWTH_CALLS, 0.1 if name == "ours" else 99, "KB")
            subject.close()


def imports() -> None:
    """CPU time of importing the orchestrator, and what it must not bring along."""
    code = (
        "import time, sys; a = time.process_time(); import noktvrn.llm;"
        f"[__import__('noktvrn.llm.' + n) for n in {MODULES!r}];"
        f"print(time.process_time() - a, sorted({HEAVY!r} & set(sys.modules)))"
    )
    rows = []
    for _ in range(7):
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        rows.append(done.stdout.split(maxsplit=1))
    show("importing the orchestrator", statistics.median(float(row[0]) for row in rows), 0.25, "s")
    print(f"  heavy libraries among it: {rows[0][1].strip()}")


def main() -> None:
    """Prints every figure beside its limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer", help="the interpreter of an environment with LiteLLM")
    parser.add_argument("--only", help="parts, separated by commas: imports, home, calls, streams, growth")
    given = parser.parse_args()
    parts = (given.only or "imports,home,calls,streams,growth").split(",")
    with Server() as server:
        if "imports" in parts:
            imports()
        if "home" in parts:
            at_home(server.base)
        if "calls" in parts:
            calls(server.base, given.peer)
        if "streams" in parts:
            streams(server.base)
    if "growth" in parts:
        growth(given.peer)


if __name__ == "__main__":
    main()
