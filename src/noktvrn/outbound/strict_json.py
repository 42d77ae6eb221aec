"""Reading JSON that came from outside: within limits, and only values that the ledger can keep.

Beside what the parser refuses: nesting that would wear out whoever walks it, so many lists that they fill
the memory, numbers that are none (NaN, 1e999) or endless. Halves of surrogate pairs and NUL characters,
which no database takes, are mended in texts instead: a song is not lost over a broken letter in its title.
"""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

DEEPEST = 64
MOST_LISTS = 200_000
"""Objects and lists, counted by their opening brackets."""
LONGEST_INTEGER = 25
"""Digits; a seed or an identifier of 64 bits has 20."""


def strict_json(body: bytes) -> Any:
    """The value. Of a name that stands twice in an object, the last counts.

    Raises:
        ValueError: it is no JSON in UTF-8, or beyond the limits. The words of the error hold none of it.
    """
    if body.count(b"[") + body.count(b"{") > MOST_LISTS:
        raise ValueError("too many lists")
    try:
        data = json.loads(
            body.decode("utf-8-sig"), parse_int=_integer, parse_float=_float, parse_constant=_constant
        )
    except (ValueError, RecursionError):
        data = _NOTHING
    if data is _NOTHING or not _shallow(data):
        raise ValueError("no JSON within the limits")
    return _mended(data) if b"\\u" in body else data


_NOTHING = object()


def _integer(digits: str) -> int:
    if len(digits) > LONGEST_INTEGER:
        raise ValueError("endless")
    return int(digits)


def _float(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise ValueError("endless")
    return value


def _constant(_name: str) -> NoReturn:
    raise ValueError("no number")


def _shallow(data: object) -> bool:
    level = [data]
    for _ in range(DEEPEST + 1):
        if not level:
            return True
        level = [child for node in level for child in _children(node)]
    return False


def _children(node: object) -> list[object]:
    if isinstance(node, dict):
        return list(node.values())
    return node if isinstance(node, list) else []


def _mended(node: Any) -> Any:
    if isinstance(node, str):
        return node.encode("utf-8", "replace").decode("utf-8").replace("\x00", "")
    if isinstance(node, list):
        return [_mended(child) for child in node]
    if isinstance(node, dict):
        return {_mended(name): _mended(child) for name, child in node.items()}
    return node
