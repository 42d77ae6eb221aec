"""Hashtags: no idea twice."""

from __future__ import annotations

from noktvrn.providers.procedural_writer.cues import stems


def says_again(name: str, genre: str) -> bool:
    """Whether a subgenre only repeats its genre, or hangs a word on it (`dark atmospheric electronic`)."""
    one, other = set(stems(name)), set(stems(genre))
    return len(one & other) >= min(2, len(other))
