"""How near a lyric comes to what was written before: shared runs of words, whole lines, pairs of rhymes.

Every text is read once into small arrays of hashes (CRC-32 of words, rolled over five; Karp and Rabin 1987),
so that a song is held against thousands in one pass. A hash that meets by chance only makes the house write a
line anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from noktvrn.words.similarity import GRAM
from noktvrn.words.tokens import words_of
from noktvrn.words.tongue import tongue

LINE_WORDS = 4
"""A line of fewer words (`Hold on to me`) is nobody's."""

LEAST_RHYMES = 4
"""Fewer pairs of rhymes say nothing about where they come from."""

LETTERS_OF_MEANING = 4
"""From which length a word is taken to carry meaning."""

_BASE = np.uint64(1_000_003)


@dataclass(frozen=True, slots=True)
class Nearness:
    """The work a text comes nearest to: the share of its runs of five words and of its rhymes that stand
    there, and the lines that do."""

    title: str = ""
    runs: float = 0.0
    rhymes: float = 0.0
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Marks:
    """What is kept of a text."""

    runs: NDArray[np.uint64]
    thoughts: frozenset[int]
    lines: frozenset[int]
    ends: frozenset[int]


def nearest(
    text: str, catalogue: Sequence[tuple[str, str]], *, language: str = "en", own: Iterable[str] = ()
) -> Nearness:
    """The nearest of the works (title, text) to `text`, by runs, then lines, then rhymes.

    Lines in `own` (a person's) may stand anywhere and are not counted.
    """
    spared = {_line(line) for line in own}
    told = {_line(line): line for line in text.split("\n") if len(words_of(line)) >= LINE_WORDS}
    lines = {mark: line for mark, line in told.items() if mark not in spared}
    mine = "\n".join(line for line in text.split("\n") if _line(line) not in spared)
    runs, rhymes = _read(mine).runs, _rhymes(mine, language)
    best = (0.0, 0, 0.0, -1)
    for place, (share, (_, other)) in enumerate(zip(_shares(runs, catalogue), catalogue, strict=True)):
        marks = _read(other)
        met = len(rhymes & marks.ends) / len(rhymes) if rhymes else 0.0
        best = max(best, (share, len(lines.keys() & marks.lines), met, -place - 1))
    if best[:3] == (0.0, 0, 0.0):
        return Nearness()
    title, other = catalogue[-best[3] - 1]
    shared = _read(other).lines
    return Nearness(title, best[0], best[2], tuple(line for mark, line in lines.items() if mark in shared))


def reused(text: str, catalogue: Sequence[tuple[str, str]], own: Iterable[str] = ()) -> tuple[str, ...]:
    """The lines of a text that stand in any work of the catalogue, a person's lines left out."""
    spared = {_line(line) for line in own}
    taken = frozenset[int]().union(*(_read(other).lines for _, other in catalogue))
    lines = dict.fromkeys(line for line in text.split("\n") if len(words_of(line)) >= LINE_WORDS)
    return tuple(line for line in lines if _line(line) in taken - spared)


def echoed(text: str, catalogue: Sequence[tuple[str, str]], own: Iterable[str] = ()) -> tuple[str, ...]:
    """The lines over which a run of five words that carry meaning stands as it does in a work of the
    catalogue: the same pictures in the same order, whatever small words join them. A person's lines are not
    read."""
    spared = {_line(line) for line in own}
    lines = [line for line in dict.fromkeys(text.split("\n")) if line and _line(line) not in spared]
    meant = [(word, place) for place, line in enumerate(lines) for word in _meaning(line)]
    runs = _rolling(_hashed(word for word, _ in meant)).tolist()
    at = {run: [place for _, place in meant[first : first + GRAM]] for first, run in enumerate(runs)}
    met = frozenset[int]().union(*(at.keys() & _read(other).thoughts for _, other in catalogue))
    found = {place for run in met for place in at[run]}
    return tuple(line for place, line in enumerate(lines) if place in found)


def _shares(runs: NDArray[np.uint64], catalogue: Sequence[tuple[str, str]]) -> list[float]:
    """For every work the share of `runs` that stands in it."""
    if not len(runs) or not catalogue:
        return [0.0] * len(catalogue)
    others = [_read(other).runs for _, other in catalogue]
    met = np.isin(np.concatenate(others), runs)
    edges = np.cumsum([0, *(len(other) for other in others)])
    totals = np.concatenate([[0], np.cumsum(met)])
    return [float(totals[last] - totals[first]) / len(runs) for first, last in pairwise(edges)]


@lru_cache(maxsize=16384)
def _read(text: str) -> _Marks:
    spoken = [words_of(line) for line in text.split("\n")]
    hashes = _hashed(word for line in spoken for word in line)
    meant = _hashed(word for line in dict.fromkeys(text.split("\n")) for word in _meaning(line))
    ends = [line[-1] if line else "" for line in spoken]
    return _Marks(
        runs=_rolled(hashes),
        thoughts=frozenset(_rolling(meant).tolist()),
        lines=frozenset(crc32(" ".join(said).encode()) for said in spoken if len(said) >= LINE_WORDS),
        ends=frozenset(_pair(one, other) for one, other in _neighbours(ends)),
    )


def _meaning(line: str) -> list[str]:
    """The words of a line that carry meaning."""
    return [word for word in words_of(line) if len(word) >= LETTERS_OF_MEANING]


def _hashed(words: Iterable[str]) -> NDArray[np.uint64]:
    return np.array([crc32(word.encode()) for word in words], dtype=np.uint64)


def _rolled(hashes: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """One number for every run of five words, each once; a shorter text is one run of what it has."""
    return np.unique(_rolling(hashes, min(GRAM, len(hashes)))) if len(hashes) else hashes


def _rolling(hashes: NDArray[np.uint64], size: int = GRAM) -> NDArray[np.uint64]:
    """One number for every run of `size` words, in order; none where there are fewer words."""
    runs = np.zeros(max(0, len(hashes) - size + 1), dtype=np.uint64)
    for place in range(size):
        runs = runs * _BASE + hashes[place : len(runs) + place]
    return runs


def _line(line: str) -> int:
    return crc32(" ".join(words_of(line)).encode())


def _neighbours(ends: Sequence[str]) -> list[tuple[str, str]]:
    """End words one or two lines apart, as rhymes stand; an empty line parts stanzas."""
    apart = [*pairwise(ends), *zip(ends, ends[2:], strict=False)]
    return [(one, other) for one, other in apart if one and other]


def _rhymes(text: str, language: str) -> frozenset[int]:
    """The rhyming pairs of a text; none where it has too few to be told by them."""
    rules = tongue(language)
    if not rules.judged:
        return frozenset()
    ends = [words[-1] if (words := words_of(line)) else "" for line in text.split("\n")]
    pairs = frozenset(_pair(one, other) for one, other in _neighbours(ends) if rules.rhymes(one, other))
    return pairs if len(pairs) >= LEAST_RHYMES else frozenset()


def _pair(one: str, other: str) -> int:
    return crc32(" ".join(sorted((one, other))).encode())
