"""Pieces of an English line filled in: the song's nouns, what agrees with them, and who speaks.

`{N}` a noun with `the`, `{U}` with `a` (plural: bare), `{n}` bare; `{V:wait}` the verb of the noun. A piece
in the first person is said by one or by several: `I've got` or `we've got`.
"""

from __future__ import annotations

import re
from functools import lru_cache

_MARK = re.compile(r"\{(?:([NUn])|V:(\w+))\}")
_SIBILANT = re.compile(r"(?:s|x|z|ch|sh|o)$")
_WE = tuple(
    (re.compile(rf"\b{one}(?![\w'])"), several)
    for one, several in (
        ("I'm", "we're"),
        ("I am", "we are"),
        ("I was", "we were"),
        ("I've", "we've"),
        ("I'll", "we'll"),
        ("I'd", "we'd"),
        ("(?<=am )I", "we"),
        ("I", "we"),
        ("myself", "ourselves"),
        ("mine", "ours"),
        ("my", "our"),
        ("me", "us"),
    )
)


@lru_cache(maxsize=16384)
def filled(text: str, noun: str, *, plural: bool) -> str:
    """A piece with its marks filled by a bare noun."""

    def mark(found: re.Match[str]) -> str:
        kind, verb = found.groups()
        if verb:
            return verb if plural else third(verb)
        article = {"N": "the ", "U": "" if plural else "a ", "n": ""}[kind]
        return article + noun

    return _MARK.sub(mark, text)


def third(verb: str) -> str:
    """`wait` as the noun does it: `waits`."""
    if verb.endswith("y") and verb[-2:-1] not in "aeiou":
        return verb[:-1] + "ies"
    return verb + ("es" if _SIBILANT.search(verb) else "s")


@lru_cache(maxsize=16384)
def by_several(text: str) -> str:
    """A piece in the first person as several say it."""
    for one, several in _WE:
        text = one.sub(several, text)
    return text
