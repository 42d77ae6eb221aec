"""How much of one text stands in another: containment of runs of five words."""

from __future__ import annotations

import re

RUN = 5
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")


def containment(text: str, other: str) -> float:
    """Share (0..1) of the five-word runs of `text` that stand in `other` too; 0 for fewer than five words."""
    own = _runs(text)
    return len(own & _runs(other)) / len(own) if own else 0.0


def _runs(text: str) -> set[tuple[str, ...]]:
    words = _WORD.findall(text.casefold())
    return {tuple(words[start : start + RUN]) for start in range(len(words) - RUN + 1)}
