"""Every line a palette can say in a role and a length, sorted by rhyme class."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Set
from typing import Literal, NamedTuple

from noktvrn.words.bank import Piece
from noktvrn.words.palette import Palette
from noktvrn.words.syllables import count

Form = Literal["alone", "joined", "turned", "led", "long", "double", "hook"]

LEADS = {
    "scene": ("and", "now"),
    "self": ("and", "so", "still"),
    "you": ("and", "but", "oh,"),
    "turn": ("but", "oh,"),
}
OPENERS = re.compile(r"and |but |so |oh|what |maybe |even |one day|now |still |who |not ")
ANY = "any"
LONG = 11
DOUBLE = 14


class Draft(NamedTuple):
    """One possible line. `pieces` are the bank entries it uses up."""

    text: str
    end: str
    key: str
    form: Form
    pieces: tuple[Piece, ...]

    def uses(self, sources: Set[str]) -> bool:
        """Whether one of its bank entries is among `sources`."""
        return any(used.source in sources for used in self.pieces)


class Drafts:
    """The lines of a palette, worked out when first asked for. `title` serves the role `hook`."""

    def __init__(self, palette: Palette, title: str) -> None:
        self._palette = palette
        self._title = title
        self._title_length = count(title)
        told = tuple(piece for role, pieces in palette.clauses.items() if role != "vow" for piece in pieces)
        groups = {**palette.clauses, ANY: told}
        self._clauses = {role: _by_length(pieces) for role, pieces in groups.items()}
        self._tails = {kind: _by_length(pieces) for kind, pieces in palette.tails.items()}
        self._found: dict[tuple[str, int], dict[str, list[Draft]]] = {}

    def of(self, role: str, length: int) -> dict[str, list[Draft]]:
        """Rhyme class -> lines of exactly `length` syllables in `role`."""
        if (role, length) not in self._found:
            sorted_by_key: dict[str, list[Draft]] = defaultdict(list)
            for draft in self._all(role, length):
                sorted_by_key[draft.key].append(draft)
            self._found[role, length] = dict(sorted_by_key)
        return self._found[role, length]

    def has_hook(self, length: int) -> bool:
        """Whether a line of `length` syllables can hold the title."""
        return 0 < self._title_length <= length + 1

    def _all(self, role: str, length: int) -> Iterator[Draft]:
        if role == "hook":
            yield from self._hooks(length)
            return
        yield from self._plain(role, length)
        if length >= LONG:
            yield from self._longer(role, length)
        if length >= DOUBLE:
            yield from self._doubles(role, length)

    def _plain(self, role: str, length: int) -> Iterator[Draft]:
        clauses = self._clauses[role]
        for clause in clauses.get(length, ()):
            yield _draft(clause.text, "alone", clause)
        for lead in LEADS.get(role, ()):
            for clause in clauses.get(length - count(lead), ()):
                if not OPENERS.match(clause.text):
                    yield _draft(f"{lead} {clause.text}", "led", clause)
        for short, group in clauses.items():
            for clause in group:
                yield from self._with_tail(clause, length - short)

    def _with_tail(self, clause: Piece, rest: int) -> Iterator[Draft]:
        for kind in clause.takes:
            for tail in self._tails[kind].get(rest, ()):
                yield _draft(f"{clause.text} {tail.text}", "joined", clause, tail)
                if kind in "ptow":
                    yield _draft(f"{tail.text}, {clause.text}", "turned", tail, clause)

    def _longer(self, role: str, length: int) -> Iterator[Draft]:
        for short, group in self._clauses[role].items():
            for clause in group:
                if not {"p", "t"} <= set(clause.takes):
                    continue
                for near, places in self._tails["p"].items():
                    for late in self._tails["t"].get(length - short - near, ()):
                        for place in places:
                            yield _draft(
                                f"{clause.text} {place.text} {late.text}", "long", clause, place, late
                            )

    def _doubles(self, role: str, length: int) -> Iterator[Draft]:
        first = length // 2
        openings = [draft for group in self.of(role, first).values() for draft in group[:6]]
        closings = [draft for group in self.of(role, length - first).values() for draft in group[:6]]
        for place, opening in enumerate(openings):
            for closing in closings[place % 7 :: 7]:
                if set(opening.pieces).isdisjoint(closing.pieces):
                    yield Draft(
                        f"{opening.text}, {closing.text}",
                        closing.end,
                        closing.key,
                        "double",
                        opening.pieces + closing.pieces,
                    )

    def _hooks(self, length: int) -> Iterator[Draft]:
        rest = length - self._title_length
        for clause in self._clauses["vow"].get(rest, ()):
            yield _draft(f"{self._title}, {clause.text}", "hook", clause)
        for short, group in self._clauses["vow"].items():
            for clause in group:
                yield from (
                    Draft(f"{self._title}, {draft.text}", draft.end, draft.key, "hook", draft.pieces)
                    for draft in self._with_tail(clause, rest - short)
                    if draft.form == "joined"
                )


def _by_length(pieces: tuple[Piece, ...]) -> dict[int, list[Piece]]:
    table: dict[int, list[Piece]] = defaultdict(list)
    for entry in pieces:
        table[entry.syllables].append(entry)
    return dict(table)


def _draft(text: str, form: Form, *pieces: Piece) -> Draft:
    return Draft(text, pieces[-1].end, pieces[-1].key, form, pieces)
