"""`make test`: style, types, floors, then the tests. Says at the end what each part took."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
SOURCES = ["src", "tests", "bench", "scripts", "app"]
WORKERS = 3
"""A third of the tests' time is waiting (for services, for time-outs, for processes): three on two cores."""


def main() -> int:
    """Runs every part in order and stops at the first that fails."""
    parser = argparse.ArgumentParser(prog="python -m tests.check")
    parser.add_argument("--lint", action="store_true", help="no tests")
    parser.add_argument("--long", action="store_true", help="the long suites too")
    wanted = parser.parse_args()
    present = [name for name in SOURCES if (ROOT / name).is_dir()]
    parts = [
        ("style", ["ruff", "check", *present]),
        ("form", ["ruff", "format", "--check", *present]),
        ("types", ["mypy", *present]),
        ("floors", ["lint-imports", "--no-cache"]),
    ]
    if not wanted.lint:
        long = ["--long", "--timeout", "3600"] if wanted.long else []
        spread = ["-n", str(WORKERS), "--dist", "worksteal"]
        parts.append(("tests", ["pytest", *spread, "--durations", "10", *long]))
    took = []
    # What is compiled once is kept: the tests start many processes, and each would compile it again.
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    for name, command in parts:
        started = time.monotonic()
        code = subprocess.call([str(BIN / command[0]), *command[1:]], cwd=ROOT, env=environment)
        took.append(f"{name} {time.monotonic() - started:.0f} s")
        if code:
            print(f"{name} failed (exit {code}); took: {', '.join(took)}", file=sys.stderr)
            return code
    print(f"took: {', '.join(took)}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
