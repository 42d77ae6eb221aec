"""The readable files of the craft of words, and the one way to open them."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Any


def read_text(name: str) -> str:
    """A data file as text."""
    return files(__name__).joinpath(name).read_text(encoding="utf-8")


def read_lines(name: str) -> list[str]:
    """The lines of a data file without comments and empty lines."""
    stripped = (line.strip() for line in read_text(name).splitlines())
    return [line for line in stripped if line and not line.startswith("#")]


def read_toml(name: str) -> dict[str, Any]:
    """A TOML data file."""
    return tomllib.loads(read_text(name))


def names_in(folder: str) -> list[str]:
    """The TOML files of a data folder, sorted, without suffix."""
    entries = files(__name__).joinpath(folder).iterdir()
    return sorted(entry.name[:-5] for entry in entries if entry.name.endswith(".toml"))
