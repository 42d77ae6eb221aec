"""What a provider is handed when it is opened: a thin layer, so that a provider needs nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from noktvrn.kernel.clock import Clock


@dataclass(frozen=True, slots=True)
class Kit:
    """`scratch` is a folder the provider may write in; nothing in it outlives the process."""

    clock: Clock
    scratch: Path
