"""The manners a song, a title or a post can be written in, read from `data/manners.toml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from noktvrn.kernel.errors import Invalid
from noktvrn.words.data import read_toml

Roles = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Manner:
    """`verses`: roles of the lines by verse (empty: the writer's own); `forms`: what a shape of line costs;
    `titles`: parts of the patterns allowed (empty: all); `posts`: what a post has to hold."""

    name: str
    verses: tuple[Roles, ...]
    forms: Mapping[str, int]
    titles: tuple[str, ...]
    posts: str


@cache
def manners() -> dict[str, Manner]:
    """All manners by name, the writer's own first."""
    return {name: _read(name, data) for name, data in read_toml("manners.toml").items()}


def manner(name: str) -> Manner:
    """A manner by name; an empty one is the writer's own.

    Raises:
        Invalid: there is none of that name.
    """
    known = manners()
    if name and name not in known:
        raise Invalid(
            f"The embedded writer has no manner {name!r}.",
            code="writer.manner",
            hint=f"It has {', '.join(known)}.",
        )
    return known[name] if name else next(iter(known.values()))


def _read(name: str, data: Mapping[str, Any]) -> Manner:
    return Manner(
        name=name,
        verses=tuple(tuple(tuple(roles) for roles in verse) for verse in data.get("verses", ())),
        forms=data.get("forms", {}),
        titles=tuple(data.get("titles", ())),
        posts=data.get("posts", ""),
    )
