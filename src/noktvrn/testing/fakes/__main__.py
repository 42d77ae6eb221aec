"""`python -m noktvrn.testing.fakes NAME --port 0 --faults FILE`: prints its base URL and serves."""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import signal
import sys
import threading
from pathlib import Path

import noktvrn.testing.fakes as shelf
from noktvrn.testing.fakes.fake import Fake
from noktvrn.testing.fakes.script import Script

PARTS = {"__main__", "fake", "media", "script"}


def names() -> list[str]:
    """Every fake there is: a module of this package with a class `Server`."""
    return sorted(one.name for one in pkgutil.iter_modules(shelf.__path__) if one.name not in PARTS)


def fake_of(name: str) -> type[Fake]:
    """The server of this name."""
    server: type[Fake] = importlib.import_module(f"noktvrn.testing.fakes.{name}").Server
    return server


def main() -> None:
    """Serves until the process is ended."""
    parser = argparse.ArgumentParser(prog="noktvrn.testing.fakes", description="Plays a service on loopback.")
    parser.add_argument("name", choices=names())
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--faults", type=Path, help="a JSON file of rules; see script.py")
    parser.add_argument("--seed", type=int, default=0, help="of the faults' dice")
    given = parser.parse_args()
    try:
        script = Script.read(given.faults, given.seed) if given.faults else Script()
    except (OSError, ValueError) as error:
        parser.error(f"{given.faults}: {error}")
    with fake_of(given.name)(script, given.port) as fake:
        sys.stdout.write(fake.origin + "\n")
        sys.stdout.flush()
        _until_ended()


def _until_ended() -> None:
    ended = threading.Event()
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, lambda *_: ended.set())
    ended.wait()


if __name__ == "__main__":
    main()
