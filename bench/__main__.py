"""`make bench`: every benchmark in turn, each in a process of its own."""

from __future__ import annotations

import subprocess
import sys

NAMES = (
    "install",
    "start",
    "debut",
    "music",
    "mastering",
    "patches",
    "voice",
    "artists",
    "names",
    "profiles",
    "analysis",
    "cover",
    "kin",
    "lettering",
    "film",
    "llm",
    "routing",
    "prompts",
    "schedule",
    "engine",
    "waiting",
    "console",
    "watching",
    "books",
    "outages",
    "storm",
)


def main() -> None:
    """Runs the benchmarks named on the command line, or all of them."""
    for name in sys.argv[1:] or NAMES:
        print(f"\n== {name}", flush=True)
        subprocess.run([sys.executable, "-m", f"bench.{name}"], check=True)


if __name__ == "__main__":
    main()
