"""Composes one song and dies on the way, as a process does that is killed: `HOME PROVIDER ORIGIN WHERE`."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

from tests.integration.composers.composing import composed, settings_of

from noktvrn.outbound.jobs import sidecar
from noktvrn.providers.elevenlabs_music import songs
from noktvrn.providers.lyria import interactions


def die(*_: Any, **__: Any) -> Any:
    """Ends this process at once; nothing is tidied up."""
    os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    """Dies at WHERE: before the answer is read, before it is written down, or not at all."""
    home, provider, origin, where = sys.argv[1:]
    if where == "unread":
        songs._submitted = die
        interactions._submitted = die
    if where == "untold":
        sidecar.write = die
    composed(settings_of(provider, origin, Path(home)), provider)


if __name__ == "__main__":
    main()
