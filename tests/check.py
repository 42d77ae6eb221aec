"""`make test`: style, floors and the tests, the types beside them. Says at the end what each part took."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
SOURCES = ["src", "tests", "bench", "scripts", "app"]
WORKERS = 4
"""Much of the tests' time is waiting (for services, time-outs, processes, what another one makes): four at a
time on two cores."""


@dataclass(frozen=True)
class Done:
    """What a part came to; `said` of one that ran beside others."""

    name: str
    code: int
    seconds: float
    said: str = ""


def main() -> int:
    """Runs every part and stops at the first that fails; types take one core, so others run beside them."""
    parser = argparse.ArgumentParser(prog="python -m tests.check")
    parser.add_argument("--lint", action="store_true", help="no tests")
    parser.add_argument("--long", action="store_true", help="the long suites too")
    wanted = parser.parse_args()
    present = [name for name in SOURCES if (ROOT / name).is_dir()]
    form = ["ruff", "format", "--check", *present]
    done = _in_order([("style", ["ruff", "check", *present]), ("form", form)])
    if not done[-1].code:
        with ThreadPoolExecutor(1) as beside:
            types = beside.submit(_run, "types", ["mypy", *present], quietly=True)
            done += _in_order([("floors", ["lint-imports", "--no-cache"]), *_tests(wanted)])
            done.append(types.result())
        print(done[-1].said, end="", file=sys.stderr)
    took = ", ".join(f"{part.name} {part.seconds:.0f} s" for part in done)
    failed = [part for part in done if part.code]
    for part in failed:
        print(f"{part.name} failed (exit {part.code})", file=sys.stderr)
    print(f"took: {took}", file=sys.stderr)
    return failed[0].code if failed else 0


def _tests(wanted: argparse.Namespace) -> list[tuple[str, list[str]]]:
    if wanted.lint:
        return []
    long = ["--long", "--timeout", "3600"] if wanted.long else []
    spread = ["-n", str(WORKERS), "--dist", "worksteal"]
    return [("tests", ["pytest", *spread, "--durations", "10", *long])]


def _in_order(parts: Sequence[tuple[str, list[str]]]) -> list[Done]:
    """One after the other, until one fails."""
    done: list[Done] = []
    for name, command in parts:
        done.append(_run(name, command))
        if done[-1].code:
            break
    return done


def _run(name: str, command: list[str], *, quietly: bool = False) -> Done:
    """A part to its end; `quietly`: what it says is kept for afterwards."""
    # What is compiled once is kept: the tests start many processes, and each would compile it again.
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    started = time.monotonic()
    ended = subprocess.run(
        [str(BIN / command[0]), *command[1:]],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE if quietly else None,
        stderr=subprocess.STDOUT if quietly else None,
        text=True,
        check=False,
    )
    return Done(name, ended.returncode, time.monotonic() - started, ended.stdout or "")


if __name__ == "__main__":
    sys.exit(main())
