"""A stanza: lines of given lengths whose letters rhyme, as fresh as the song so far allows."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from noktvrn.words.drafts import ANY, Draft, Drafts
from noktvrn.words.tokens import capital, end_word

FREE_LETTERS = frozenset("X-.*")
LOOKED_AT = 16
TRIED = 40
MOST_SLACK = 40
LINKED = 8
"""What a small word in front costs a line that has nothing to be linked to."""


@dataclass(frozen=True, slots=True)
class Ease:
    """How far a search may give way: syllables off the plan, other roles, bank entries used before."""

    slack: int = 0
    widened: bool = False
    worn: bool = False

    def role(self, wanted: str) -> str:
        """The role to search for one that was wanted."""
        if not self.widened:
            return wanted
        return "vow" if wanted in {"hook", "vow"} else ANY


EASINGS = (Ease(), Ease(1), Ease(0, widened=True), Ease(1, widened=True), Ease(1, widened=True, worn=True))


@dataclass(slots=True)
class Memory:
    """What the song has used: bank entries, words that carry meaning, rhyme classes."""

    sources: set[str] = field(default_factory=set)
    words: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    keys: set[str] = field(default_factory=set)

    def take(self, draft: Draft) -> None:
        """Remembers a line that is sung."""
        self.keys.add(draft.key)
        for used in draft.pieces:
            self.sources.add(used.source)
            for word in used.content:
                self.words[word] += 1


@dataclass(frozen=True, slots=True)
class Shape:
    """What a stanza has to be: one length, letter and role a line; `given` lines stand already."""

    lengths: tuple[int, ...]
    letters: str
    roles: tuple[str, ...]
    given: Mapping[int, str] = field(default_factory=dict)


def groups(letters: str, lines: int) -> list[list[int]]:
    """The lines that rhyme together, in order of their first line; lines of no letter stand alone."""
    found: dict[str, list[int]] = {}
    for place in range(lines):
        letter = letters[place].upper() if place < len(letters) else "X"
        name = f"{letter}{place}" if letter in FREE_LETTERS else letter
        found.setdefault(name, []).append(place)
    return list(found.values())


def write(shape: Shape, drafts: Drafts, memory: Memory, dice: random.Random) -> tuple[str, ...]:
    """The lines of a stanza, first letters large, nothing after the last word."""
    return _Stanza(shape, drafts, memory, dice).lines()


class _Stanza:
    """One stanza while it is written, rhyme group by rhyme group."""

    def __init__(self, shape: Shape, drafts: Drafts, memory: Memory, dice: random.Random) -> None:
        self._shape = shape
        self._drafts = drafts
        self._tongue = drafts.tongue
        self._memory = memory
        self._dice = dice
        self._lines: dict[int, str] = dict(shape.given)

    def lines(self) -> tuple[str, ...]:
        """All lines in order."""
        for group in groups(self._shape.letters, len(self._shape.lengths)):
            places = [place for place in group if place not in self._shape.given]
            given = [end_word(self._shape.given[place]) for place in group if place in self._shape.given]
            tried = (self._rhymed(places, given, ease) for ease in EASINGS)
            found = next(filter(None, tried), None) or self._unrhymed(places)
            for place, draft in found.items():
                self._memory.take(draft)
                self._lines[place] = capital(draft.text)
        return tuple(self._lines[place] for place in range(len(self._shape.lengths)))

    def _rhymed(self, places: list[int], given: Sequence[str], ease: Ease) -> dict[int, Draft]:
        """Lines for the open places of one group; empty where no rhyme class serves them all."""
        tables = {place: self._within(place, ease) for place in places}
        for key in self._ranked(list(tables.values()), given):
            chosen = self._in_class(key, tables, given, worn=ease.worn)
            if len(chosen) == len(places):
                return chosen
        return {}

    def _in_class(
        self, key: str, tables: Mapping[int, dict[str, list[Draft]]], given: Sequence[str], *, worn: bool
    ) -> dict[int, Draft]:
        chosen: dict[int, Draft] = {}
        for place, table in tables.items():
            ends = [*given, *(draft.end for draft in chosen.values())]
            taken = self._memory.sources.union(
                used.source for draft in chosen.values() for used in draft.pieces
            )
            fitting = [
                draft
                for draft in table[key]
                if (worn or not draft.uses(taken))
                and all(self._tongue.rhymes(draft.end, end) for end in ends)
            ]
            if not fitting:
                break
            fullest = [draft for draft in fitting if all(self._tongue.full(draft.end, end) for end in ends)]
            chosen[place] = self._freshest(fullest or fitting, place, chosen)
        return chosen

    def _unrhymed(self, places: list[int]) -> dict[int, Draft]:
        """Where no class serves (a person's line ends on a word the bank has no rhyme for): free lines."""
        chosen: dict[int, Draft] = {}
        for place in places:
            near = (self._within(place, Ease(slack)) for slack in range(MOST_SLACK))
            table = next(filter(None, near))
            chosen[place] = self._freshest([d for ds in table.values() for d in ds], place, chosen)
        return chosen

    def _within(self, place: int, ease: Ease) -> dict[str, list[Draft]]:
        """Rhyme class -> lines within the slack of the planned length."""
        role, length = self._shape.roles[place], self._shape.lengths[place]
        merged: dict[str, list[Draft]] = defaultdict(list)
        for near in range(max(1, length - ease.slack), length + ease.slack + 1):
            for key, found in self._drafts.of(ease.role(role), near).items():
                merged[key].extend(found)
        return merged

    def _ranked(self, tables: list[dict[str, list[Draft]]], given: Sequence[str]) -> list[str]:
        """The rhyme classes every table has: those the song has not used first, rich ones before poor."""
        if not tables:
            return []
        shared = set(tables[0]).intersection(*tables[1:]) & (
            {self._tongue.key(given[0])} if given else set(tables[0])
        )
        worth = {
            key: (
                min(len({d.end for d in table[key]}) for table in tables) > len(tables),
                self._dice.random(),
            )
            for key in sorted(shared)
        }
        return sorted(worth, key=lambda key: (key in self._memory.keys, not worth[key][0], worth[key][1]))[
            :TRIED
        ]

    def _freshest(self, fitting: list[Draft], place: int, chosen: Mapping[int, Draft]) -> Draft:
        sample = self._dice.sample(fitting, min(LOOKED_AT, len(fitting)))
        before = chosen[place - 1].text if place - 1 in chosen else self._lines.get(place - 1, "")
        taken = {used.source for draft in chosen.values() for used in draft.pieces}
        lines = [*self._lines.values(), *(draft.text for draft in chosen.values())]
        linked = {_opening(line) for line in lines}

        def staleness(draft: Draft) -> int:
            # A stanza neither begins with "but" nor says it twice.
            idle = draft.form == "led" and (place == 0 or _opening(draft.text) in linked)
            return self._staleness(draft, before, taken) + LINKED * idle

        return min(sample, key=staleness)

    def _staleness(self, draft: Draft, before: str, taken: set[str]) -> int:
        """How worn a line is: used pieces weigh most, then said words, then an opening like the last one."""
        worn = sum(20 for used in draft.pieces if used.source in self._memory.sources | taken)
        inside = sum(len(used.content) for used in draft.pieces) - len(
            frozenset[str]().union(*(used.content for used in draft.pieces))
        )
        said = sum(min(3, self._memory.words.get(word, 0)) for used in draft.pieces for word in used.content)
        same_start = _opening(draft.text) == _opening(before)
        taste = self._drafts.forms.get(draft.form, 0)
        return taste + worn + 12 * inside + 2 * said + 3 * same_start + 2 * (draft.form in {"long", "double"})


def _opening(line: str) -> str:
    return line.partition(" ")[0].strip("¿¡").casefold()
