"""Many names at once, and which of them a new name would be taken for.

An exact look-up of keys that see through spelling tricks comes first; then names of nearly the same letters
(rapidfuzz over the names of about the same length); then names that sound alike.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA, Indel

from noktvrn.words.lookalikes import readings
from noktvrn.words.name_keys import ARTICLES, SHORTEST_SOUND, joined, keys, order, sound_codes

How = Literal["same", "reordered", "inside", "letters", "sound"]

NEAR = 0.9
SOUND_NEAR = 0.6
SHORT_SOUND_NEAR = 0.75
LONGEST = 200
LONGEST_INSIDE = 6
LOOKED_AT = 8
SHORTEST_GUESS = 6
SHORTEST_SLIP = 8
SHORTEST_SWAP = 5
SHORTEST_INSIDE = 8
SHORTEST_ALONE = 6


class Resemblance(NamedTuple):
    """A name that another one is taken for: `how` says in what, `score` how far, in 0..1."""

    name: str
    how: How
    score: float


class _Shelf(NamedTuple):
    """Names of one length: as they are spelt, where they stand in the list, and the sets of their letters."""

    texts: tuple[str, ...]
    places: tuple[int, ...]
    letters: NDArray[np.uint32]


class Namesakes:
    """Names to keep away from. `alone` are those whose one word counts inside a longer name too."""

    def __init__(self, names: Iterable[str], *, alone: Iterable[str] = ()) -> None:
        self._names: list[str] = []
        self._exact: dict[str, int] = {}
        self._orders: dict[str, int] = {}
        self._inside: dict[str, int] = {}
        spelt: dict[int, list[tuple[str, int]]] = defaultdict(list)
        self._swaps: dict[str, list[tuple[str, int]]] = defaultdict(list)
        self._sounds: dict[str, list[tuple[str, int]]] = defaultdict(list)
        lonely = frozenset(alone)
        for name in names:
            if whole := self._add(name, alone=name in lonely):
                spelt[len(whole)].append((whole, len(self._names) - 1))
        self._letters = {length: _shelf(rows) for length, rows in spelt.items()}

    def __len__(self) -> int:
        return len(self._names)

    def nearest(self, name: str) -> Resemblance | None:
        """What `name` would be taken for, by the strongest likeness; None where it is free.

        Names without letters are near nothing. Of a text that is no name only the beginning is read.
        """
        looks = readings(name[:LONGEST])
        for search in (self._same, self._reordered, self._contained, self._spelt, self._heard):
            for look in looks:
                if found := search(look):
                    return found
        return None

    def closest(self, name: str, count: int = 3) -> tuple[Resemblance, ...]:
        """The `count` names whose letters are most like `name`'s, near or not, for a person to look at."""
        look = joined(next(iter(readings(name[:LONGEST])), ""))
        spelt = [
            (text, place)
            for shelf in self._letters.values()
            for text, place in zip(shelf.texts, shelf.places, strict=True)
        ]
        best = process.extract(
            look, [text for text, _ in spelt], scorer=Indel.normalized_similarity, limit=count
        )
        return tuple(
            Resemblance(self._names[spelt[place][1]], "letters", round(score, 3)) for _, score, place in best
        )

    def _add(self, name: str, *, alone: bool) -> str:
        place = len(self._names)
        self._names.append(name)
        look = next(iter(readings(name)), "")
        words = look.split()
        if not words:
            return ""
        for key in keys(look):
            self._exact.setdefault(key, place)
        if len(words) > 1:
            self._orders.setdefault(order(look), place)
        whole = joined(look)
        if len(whole) >= (SHORTEST_ALONE if len(words) == 1 else SHORTEST_INSIDE) and (
            alone or len(words) > 1
        ):
            self._inside.setdefault(whole, place)
        if len(whole) >= SHORTEST_SWAP:
            self._swaps["".join(sorted(whole))].append((whole, place))
        for code in sound_codes(look):
            self._sounds[code].append((whole, place))
        return whole

    def _same(self, look: str) -> Resemblance | None:
        found = (self._exact[key] for key in keys(look) if key in self._exact)
        place = min(found, default=None)
        return None if place is None else Resemblance(self._names[place], "same", 1.0)

    def _reordered(self, look: str) -> Resemblance | None:
        place = self._orders.get(order(look)) if " " in look else None
        return None if place is None else Resemblance(self._names[place], "reordered", 1.0)

    def _contained(self, look: str) -> Resemblance | None:
        words = [word for word in look.split() if word not in ARTICLES]
        for size in range(min(len(words) - 1, LONGEST_INSIDE), 0, -1):
            for start in range(len(words) - size + 1):
                place = self._inside.get("".join(words[start : start + size]))
                if place is not None:
                    return Resemblance(self._names[place], "inside", 1.0)
        return None

    def _spelt(self, look: str) -> Resemblance | None:
        whole = joined(look)
        for other, place in self._swaps.get("".join(sorted(whole)), ()):
            if OSA.distance(whole, other) <= max(1, len(whole) // 6):
                return Resemblance(self._names[place], "letters", Indel.normalized_similarity(whole, other))
        if len(whole) < SHORTEST_GUESS:
            return None
        return max(self._alike(whole), key=lambda found: found.score, default=None)

    def _alike(self, whole: str) -> Iterator[Resemblance]:
        size = len(whole)
        # Two names of other lengths than these cannot reach `NEAR`, however alike they are.
        low, high = math.ceil(size * NEAR / (2 - NEAR)), math.floor(size * (2 - NEAR) / NEAR)
        for length in range(max(SHORTEST_GUESS, min(low, size - 1)), max(high, size + 1) + 1):
            slips = abs(size - length) < 2 and min(size, length) >= SHORTEST_SLIP
            shelf = self._letters.get(length)
            if shelf and (found := _best(whole, shelf, slips=slips)):
                yield Resemblance(self._names[found[0]], "letters", found[1])

    def _heard(self, look: str) -> Resemblance | None:
        whole = joined(look)
        for code in sound_codes(look):
            least = SOUND_NEAR if len(code) > SHORTEST_SOUND else SHORT_SOUND_NEAR
            for other, place in self._sounds.get(code, ()):
                score = Indel.normalized_similarity(whole, other)
                if score >= least and abs(len(whole) - len(other)) <= 3:
                    return Resemblance(self._names[place], "sound", score)
        return None


def _best(whole: str, shelf: _Shelf, *, slips: bool) -> tuple[int, float] | None:
    """The place and likeness of the text nearest to `whole`; one wrong letter counts where `slips` may be."""
    least = 1 - 1 / SHORTEST_SLIP if slips else NEAR
    # Each letter that only one of the two has costs an edit, so most texts need not be compared at all.
    edits = math.floor((1 - least) * (len(whole) + len(shelf.texts[0])) + 1e-9)
    strange = np.bitwise_count(shelf.letters ^ np.uint32(_letter_set(whole)))
    texts = {shelf.places[at]: shelf.texts[at] for at in np.flatnonzero(strange <= edits)}
    found = process.extract(
        whole, texts, scorer=Indel.normalized_similarity, score_cutoff=least, limit=LOOKED_AT
    )
    near = ((place, score) for text, score, place in found if score >= NEAR or OSA.distance(whole, text) < 2)
    return next(near, None)


def _shelf(rows: Sequence[tuple[str, int]]) -> _Shelf:
    texts, places = zip(*rows, strict=True)
    return _Shelf(texts, places, np.array([_letter_set(text) for text in texts], np.uint32))


def _letter_set(text: str) -> int:
    """The letters of a text as bits: a set that may take two letters for one, never one for two."""
    found = 0
    for mark in text:
        found |= 1 << (ord(mark) & 31)
    return found
