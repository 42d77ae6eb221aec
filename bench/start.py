"""What starting the command costs against a bare interpreter: CPU time, median of several runs.

The help imports next to nothing. A verb opens the label: settings, ledger and the models of what it shows.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

RUNS = 15
COMMAND = Path(sys.executable).parent / "noktvrn"


def cpu_s(words: list[str]) -> float:
    """User and system seconds of one process, to the microsecond."""
    with subprocess.Popen(words, stdout=subprocess.DEVNULL) as process:
        _, _, usage = os.wait4(process.pid, 0)
        process.returncode = 0
    return usage.ru_utime + usage.ru_stime


def median_s(words: list[str]) -> float:
    """The median of several runs."""
    return statistics.median(cpu_s(words) for _ in range(RUNS))


def main() -> None:
    """Prints the ratios."""
    bare = median_s([sys.executable, "-I", "-c", "pass"])
    print(f"bare interpreter      {bare * 1000:6.0f} ms CPU   1.0x")
    for words in (["--help"], ["--version"], ["artist", "--help"], ["run", "start", "--help"]):
        cost = median_s([str(COMMAND), *words])
        print(f"noktvrn {' '.join(words):<13} {cost * 1000:6.0f} ms CPU  {cost / bare:4.1f}x   (limit 6x)")
    with tempfile.TemporaryDirectory() as home:
        os.environ["NOKTVRN_HOME"] = home
        verb = [str(COMMAND), "artist", "list", "--json"]
        cpu_s(verb)  # the first one makes the ledger
        cost = median_s(verb)
    print(f"noktvrn artist list   {cost * 1000:6.0f} ms CPU  {cost / bare:4.1f}x   (target 15x)")


if __name__ == "__main__":
    main()
