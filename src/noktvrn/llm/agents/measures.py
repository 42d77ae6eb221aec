"""The house's own measures of words: what a critic can count without being a model.

Each gives a score in 0..1 and a note for whoever mends the text; a note is empty where nothing need be done.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import chain
from pathlib import Path

from noktvrn.words.tokens import words_of

Mark = tuple[float, str]
GOOD = 0.8
"""A score that needs no note."""
LONG_WORD = 4
"""Letters of a word that carries meaning."""
_STEM = 5


def freshness(texts: Sequence[str], kinds: Sequence[str] = ("songs",)) -> Mark:
    """How free the texts are of worn phrases: each costs as much as a line in eight."""
    spoken = " ".join(f"| {' '.join(words_of(text))} |" for text in texts)
    found = [phrase for kind in kinds for phrase in _worn()[kind] if f" {phrase} " in spoken]
    lines = max(len(texts), 8)
    score = max(0.0, 1.0 - 4.0 * len(found) / lines)
    return score, f"Worn phrases: {_quoted(found)}. Say them in another way." if found else ""


def variety(lines: Sequence[str]) -> Mark:
    """How differently lines begin, and how few words that carry meaning come back."""
    openings = [" ".join(words_of(line)[:2]) for line in lines]
    first = [opening.partition(" ")[0] for opening in openings]
    content = [word for line in lines for word in words_of(line) if len(word) > LONG_WORD]
    said = [_stem(word) for word in content]
    score = (_distinct(openings) + _distinct(first) + _distinct(said)) / 3
    if score >= GOOD:
        return score, ""
    often = [word for word, count in Counter(first).most_common(1) if count > 2]
    again = [word for word, count in Counter(content).most_common(3) if count > 2]
    return score, f"Begin lines differently and repeat fewer words: {_quoted(often + again)}."


def theme(texts: Sequence[str], asked: Sequence[str]) -> Mark:
    """Whether the texts take up what was asked for: three of its words, or all where it has fewer."""
    words = (word for text in asked for word in words_of(text) if word not in _listed("small"))
    wanted = {_stem(word): word for word in words if len(word) >= LONG_WORD}
    if not wanted:
        return 1.0, ""
    said = {_stem(word) for text in texts for word in words_of(text)}
    hits = sum(stem in said for stem in wanted)
    score = min(1.0, hits / min(3, len(wanted)))
    missing = [word for stem, word in wanted.items() if stem not in said]
    return score, f"Take up what was asked for: {_quoted(missing[:4])}." if score < GOOD else ""


def image(lines: Sequence[str]) -> Mark:
    """How seldom a feeling is named where a thing could be shown: one line in eight costs a third."""
    named = [word for line in lines for word in words_of(line) if word in _listed("feelings")]
    score = max(0.0, 1.0 - 2.5 * len(named) / max(len(lines), 8))
    often = [word for word, _ in Counter(named).most_common(4)]
    return score, f"Show things instead of naming {_quoted(often)}." if score < GOOD else ""


def brevity(titles: Sequence[str], most: int = 5) -> Mark:
    """The share of texts of at most so many words."""
    long = [title for title in titles if len(words_of(title)) > most]
    score = 1.0 - len(long) / len(titles) if titles else 1.0
    return score, f"Too long: {_quoted(long)}." if long else ""


def _stem(word: str) -> str:
    """What a word and its plural have in common; long words by their beginning."""
    return word.removesuffix("s")[:_STEM]


def _distinct(words: Sequence[str]) -> float:
    return len(set(words)) / len(words) if words else 1.0


def _quoted(words: Iterable[str]) -> str:
    return ", ".join(f'"{word}"' for word in list(words)[:6]) or "as it is"


@cache
def _worn() -> dict[str, list[str]]:
    table: dict[str, list[str]] = tomllib.loads((Path(__file__).parent / "worn.toml").read_text("utf-8"))
    return {kind: [" ".join(words_of(phrase)) for phrase in phrases] for kind, phrases in table.items()}


@cache
def _listed(name: str) -> frozenset[str]:
    return frozenset(chain.from_iterable(words_of(word) for word in _worn()[name]))
