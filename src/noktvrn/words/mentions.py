"""Finds the names of known acts in a sentence and takes them out, with the words that lead to them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache, lru_cache

from noktvrn.words.names import SHORTEST_GUESS, KnownName, known_names, not_names, sounds_like, spelt_like
from noktvrn.words.skeleton import skeleton

LONGEST = 5
FOLLOWS = 6
_TOKEN = re.compile(r"[^\s,;:()\"“”«»]+")
_STRONG = (
    r"in the (?:exact )?(?:style|vein|spirit|manner|voice) of"
    r"|(?:that )?sound(?:s|ing)? (?:just |exactly )?like"
    r"|(?:very |heavily )?(?:similar|close) to|(?:inspired|influenced|sung|produced|written) by"
    r"|reminiscent of|imitating|imitates|copying|the next|à la|a la|feat\.?|featuring|just like"
)
_STRONG_LEAD = re.compile(rf"(?:^|[\s,;:(]+)(?:{_STRONG})\s+$", re.IGNORECASE)
_LEAD = re.compile(rf"(?:^|[\s,;:(]+)(?:{_STRONG}|like|by)\s+$", re.IGNORECASE)
_SUFFIX = re.compile(r"[-‑](?:esque|like|style|type|inspired|ish)$", re.IGNORECASE)
_TRAIL = re.compile(r"^\s*(?:type beat|style)s?\b", re.IGNORECASE)
_CHAIN = re.compile(r"(?:,|and|or|meets|&|\bx\b|\+|with|/)\s*$", re.IGNORECASE)


def without_names(text: str) -> tuple[str, tuple[str, ...]]:
    """The text without known names, and the names that were in it."""
    names: list[str] = []
    start = 0
    while (found := _first(text, start, after_name=bool(names))) is not None:
        begin, end, name = found
        names.append(name)
        head, tail = _led(text[:begin]), _TRAIL.sub("", text[end:]).lstrip()
        text = head + tail if tail[:1] in tuple(",.;:!?") else f"{head} {tail}"
        start = len(head)
    return (_tidy(text) if names else text), tuple(dict.fromkeys(names))


def _first(text: str, start: int, *, after_name: bool) -> tuple[int, int, str] | None:
    """The first place from `start` on where a name stands, longest reading first."""
    tokens = list(_TOKEN.finditer(text))
    for first, token in enumerate(tokens):
        if token.start() < start:
            continue
        for last in range(min(first + LONGEST, len(tokens)) - 1, first - 1, -1):
            begin, end = token.start(), tokens[last].end()
            name = _known(text[begin:end], text[:begin], after_name=after_name and begin - start < FOLLOWS)
            if name:
                return begin, begin + len(text[begin:end].rstrip(".!?")), name
    return None


def _known(words: str, before: str, *, after_name: bool) -> str | None:
    stem = _SUFFIX.sub("", re.sub(r"['’]s\b", "", words.rstrip(".!?")))
    look = skeleton(stem)
    if not look or look in not_names():
        return None
    known = _exact().get(look) or _guess(look)
    if known is None or (
        known.everyday and stem == words and not (after_name or _is_led(known, words, before))
    ):
        return None
    return known.name


def _is_led(known: KnownName, words: str, before: str) -> bool:
    if known.everyday > 1 and not words[:1].isupper():
        return bool(_STRONG_LEAD.search(before))
    return bool(_LEAD.search(before))


@lru_cache(maxsize=8192)
def _guess(look: str) -> KnownName | None:
    """A name misspelt; names that begin with "the" are never guessed, they are everyday words too often."""
    if len(look) < SHORTEST_GUESS or look.startswith("the "):
        return None
    same_start = _by_start().get((look[0], look.count(" ")), ())
    return next((known for known in same_start if _is_guess(look, known)), None)


def _is_guess(look: str, known: KnownName) -> bool:
    if abs(len(known.skeleton) - len(look)) > 3:
        return False
    return spelt_like(look, known.skeleton) or (" " in look and sounds_like(look, known.skeleton))


@cache
def _exact() -> dict[str, KnownName]:
    table: dict[str, KnownName] = {}
    for known in known_names():
        for spelling in _spellings(known):
            table.setdefault(spelling, known)
    return table


def _spellings(known: KnownName) -> Iterator[str]:
    yield known.skeleton
    bare = known.skeleton.removeprefix("the ")
    if " " in known.skeleton and " " in bare:
        yield bare
    if not known.everyday and len(known.skeleton) >= 6:
        yield known.skeleton.replace(" ", "")


@cache
def _by_start() -> dict[tuple[str, int], list[KnownName]]:
    table: dict[tuple[str, int], list[KnownName]] = defaultdict(list)
    for known in known_names():
        if known.everyday or len(known.skeleton) < SHORTEST_GUESS:
            continue
        table[known.skeleton[:1], known.skeleton.count(" ")].append(known)
    return dict(table)


def _led(head: str) -> str:
    """What stands before a name without the words that only lead to it."""
    while True:
        shorter = _CHAIN.sub("", _LEAD.sub(" ", head + " " if not head.endswith(" ") else head)).rstrip()
        if shorter == head.rstrip():
            return shorter
        head = shorter


def _tidy(text: str) -> str:
    text = re.sub(r"\s+([,.;:!?)])", r"\1", re.sub(r"\(\s*\)|\"\s*\"|“\s*”", "", text))
    text = re.sub(r"([,;:])(?:\s*[,;:])+", r"\1", text)
    return re.sub(r"\s+", " ", text).strip(" ,;:-")
