"""Every line a palette can say in a role and a length, sorted by rhyme class."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Set
from typing import Literal, NamedTuple

from noktvrn.words.bank import Piece, piece
from noktvrn.words.palette import Palette
from noktvrn.words.tongue import tongue

Form = Literal["alone", "joined", "turned", "led", "long", "paired", "double", "hook"]

UNTIMED = str.maketrans("", "", "tdo")
"""What may be or is for all: an hour behind it ("maybe we never left at last") would take it back."""
ANY = "any"
PAIRED = 7
LONG = 11
DOUBLE = 14
HALVES = 6
THINNED = 3
"""Of the hours a clause with a place may end on, every third is tried: these lines are many."""


class Draft(NamedTuple):
    """One possible line: `before`, then the pieces `said`, joined; `also` are pieces inside `before`."""

    said: tuple[Piece, ...]
    form: Form
    joint: str = " "
    before: str = ""
    also: tuple[Piece, ...] = ()

    @property
    def text(self) -> str:
        """The line as it is sung, all small."""
        return self.before + self.joint.join(part.text for part in self.said)

    @property
    def end(self) -> str:
        """Its last word."""
        return self.said[-1].end

    @property
    def key(self) -> str:
        """Its rhyme class."""
        return self.said[-1].key

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """The bank entries it uses up."""
        return self.said + self.also

    def uses(self, sources: Set[str]) -> bool:
        """Whether one of its bank entries is among `sources`."""
        return any(used.source in sources for used in self.pieces)


class Drafts:
    """The lines of a palette, worked out when first asked for. `title` serves the role `hook`; `forms` is
    what a shape of line costs (default: to the taste of who writes)."""

    def __init__(self, palette: Palette, title: str, forms: Mapping[str, int] | None = None) -> None:
        self.tongue = tongue(palette.language)
        self.forms = forms or palette.voice.forms
        self._title = title
        self._title_length = self.tongue.sung(title)
        self._leads = self.tongue.leads if palette.voice.leads else {}
        told = tuple(piece for role, pieces in palette.clauses.items() if role != "vow" for piece in pieces)
        groups = {**palette.clauses, ANY: told}
        self._clauses = {role: _by_length(pieces) for role, pieces in groups.items()}
        self._tails = {kind: _by_length(pieces) for kind, pieces in palette.tails.items()}
        self._melts = self.tongue.merges("la", "ola")
        self._found: dict[tuple[str, int], dict[str, list[Draft]]] = {}

    def of(self, role: str, length: int) -> dict[str, list[Draft]]:
        """Rhyme class -> lines of exactly `length` syllables in `role`."""
        if (role, length) not in self._found:
            by_key: dict[str, list[Draft]] = defaultdict(list)
            for draft in self._all(role, length):
                by_key[draft.key].append(draft)
            self._found[role, length] = dict(by_key)
        return self._found[role, length]

    def has_hook(self, length: int) -> bool:
        """Whether a line of `length` syllables can hold the title."""
        return 0 < self._title_length <= length + 1

    def _all(self, role: str, length: int) -> Iterator[Draft]:
        if role == "hook":
            yield from self._hooks(length)
            return
        yield from self._plain(role, length)
        if role == "vow" and length >= PAIRED:
            yield from self._paired(length)
        if length >= LONG:
            yield from self._longer(role, length)
        if length >= DOUBLE:
            yield from self._doubles(role, length)

    def _plain(self, role: str, length: int) -> Iterator[Draft]:
        for clause in self._clauses[role].get(length, ()):
            yield Draft((clause,), "alone")
        for lead in self._leads.get(role, ()):
            for clause in self._after(lead, self._clauses[role], length - self.tongue.sung(lead)):
                if not self.tongue.openers.match(clause.text):
                    yield Draft((clause,), "led", before=f"{lead} ")
        for clause in self._every(role):
            yield from self._with_tail(clause, length - clause.syllables)

    def _with_tail(self, clause: Piece, rest: int) -> Iterator[Draft]:
        unsure = self.tongue.unsure.match(clause.text)
        for kind in clause.takes.translate(UNTIMED) if unsure else clause.takes:
            for tail in self._after(clause.text, self._tails[kind], rest):
                yield Draft((clause, tail), "joined")
            if kind in "ptow":
                yield from self._turned(clause, self._tails[kind], rest)

    def _turned(self, clause: Piece, tails: Mapping[int, list[Piece]], rest: int) -> Iterator[Draft]:
        """The tail first: its end no longer counts, that of the clause does."""
        for length in {rest - clause.turn + turn for turn in (-1, 0, 1)} if self._melts else {rest}:
            for tail in tails.get(length, ()):
                if tail.syllables + clause.turn == rest:
                    yield Draft((tail, clause), "turned", ", ")

    def _after(self, text: str, table: Mapping[int, list[Piece]], rest: int) -> Iterator[Piece]:
        """Pieces that close a line with `rest` syllables behind `text`; where vowels meet, one is lost."""
        for melted in (0, 1) if self._melts else (0,):
            for found in table.get(rest + melted, ()):
                if not self._melts or self._melt(text, found.text) == melted:
                    yield found

    def _melt(self, text: str, other: str) -> int:
        return int(self._melts and self.tongue.merges(text.split()[-1], other.split()[0]))

    def _paired(self, length: int) -> Iterator[Draft]:
        """Two calls in one line: `take me home, let the water rise`."""
        for first in self._every("vow"):
            for second in self._clauses["vow"].get(length - first.syllables, ()):
                if first.source != second.source and not (first.takes or second.takes):
                    yield Draft((first, second), "paired", ", ")

    def _longer(self, role: str, length: int) -> Iterator[Draft]:
        """A clause with a place and a time."""
        hours = [hour for group in self._tails["t"].values() for hour in group]
        placeable = [clause for clause in self._every(role) if {"p", "t"} <= set(clause.takes)]
        for number, clause in enumerate(placeable):
            for hour in hours[number % THINNED :: THINNED]:
                for place in self._between(clause, hour, length - clause.syllables - hour.closing):
                    yield Draft((clause, place, hour), "long")

    def _between(self, clause: Piece, hour: Piece, rest: int) -> Iterator[Piece]:
        """Places between a clause and an hour, the vowels that meet on either side counted once."""
        for melted in (0, 1, 2) if self._melts else (0,):
            for turn in (-1, 0, 1) if self._melts else (0,):
                for place in self._tails["p"].get(rest + melted + turn, ()):
                    met = self._melt(clause.text, place.text) + self._melt(place.text, hour.text)
                    if place.turn == turn and met == melted:
                        yield place

    def _doubles(self, role: str, length: int) -> Iterator[Draft]:
        """Two lines in one, for singers with long breath."""
        first = length // 2
        openings = [draft for group in self.of(role, first).values() for draft in group[:HALVES]]
        closings = [draft for group in self.of(role, length - first).values() for draft in group[:HALVES]]
        for place, opening in enumerate(openings):
            for closing in closings[place % HALVES :: HALVES]:
                if set(opening.pieces).isdisjoint(closing.pieces):
                    before = f"{opening.text}, {closing.before}"
                    yield closing._replace(form="double", before=before, also=opening.pieces + closing.also)

    def _hooks(self, length: int) -> Iterator[Draft]:
        name = piece(self._title, "", self._title, self.tongue.code)
        if name.closing == length:
            yield Draft((name,), "hook")
        before = f"{self._title}, "
        rest = length - self._title_length
        for clause in self._clauses["vow"].get(rest, ()):
            yield Draft((clause,), "hook", before=before)
        for clause in self._every("vow"):
            for draft in self._with_tail(clause, rest - clause.syllables):
                if draft.form == "joined":
                    yield draft._replace(form="hook", before=before)

    def _every(self, role: str) -> Iterator[Piece]:
        for group in self._clauses[role].values():
            yield from group


def _by_length(pieces: tuple[Piece, ...]) -> dict[int, list[Piece]]:
    table: dict[int, list[Piece]] = defaultdict(list)
    for entry in pieces:
        table[entry.closing].append(entry)
    return dict(table)
