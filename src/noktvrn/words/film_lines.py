"""Short lines for a film where nobody sings: whole pictures told in order, no rhyme and no metre wanted.

Only entries that are sentences by themselves, or with a place or a likeness, are used: what fills a metre
("once again", "these days") would only be in the way.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

from noktvrn.words.bank import Piece
from noktvrn.words.palette import Palette
from noktvrn.words.tokens import capital

LONGEST = 42
ROLES = ("scene", "scene", "self", "scene", "you", "scene", "self", "turn")
"""The place first, then who stands in it, then the other; a turn closes each round."""
_TAILS = "ps"
_FEWEST_WORDS, _FEWEST_PLACED = 4, 3
"""Words of a line that stands alone, and of a clause before its place."""
_LOOKED_AT = 6


def film_lines(palette: Palette, wanted: int, dice: random.Random) -> tuple[str, ...]:
    """`wanted` different lines of at most `LONGEST` characters; the best ones come first."""
    stock = {role: _shuffled(_lines(palette, role), dice) for role in dict.fromkeys(ROLES)}
    found: list[tuple[str, frozenset[str]]] = []
    place = 0
    while len(found) < wanted and any(stock.values()):
        lines = stock[ROLES[place % len(ROLES)]]
        place += 1
        if lines:
            found.append(lines.pop(_freshest(lines, found)))
    return tuple(capital(line) for line, _ in found)


def _lines(palette: Palette, role: str) -> Iterator[tuple[str, frozenset[str]]]:
    """Every line of a role with the words that carry its meaning; each bank entry once."""
    for source, pieces in _by_source(palette.clauses[role]).items():
        clause = pieces[0]
        if not clause.takes and len(clause.text.split()) >= _FEWEST_WORDS and len(clause.text) <= LONGEST:
            yield clause.text, clause.content
        elif clause.takes and len(clause.text.split()) >= _FEWEST_PLACED:
            tails = [tail for kind in _TAILS if kind in clause.takes for tail in palette.tails[kind]]
            yield from _placed(clause, tails, len(source))


def _placed(clause: Piece, tails: list[Piece], turn: int) -> Iterator[tuple[str, frozenset[str]]]:
    """A clause with one tail it takes; `turn` spreads the tails over the clauses."""
    fitting = [tail for tail in tails if len(clause.text) + len(tail.text) < LONGEST]
    apart = [tail for tail in fitting if not tail.content & clause.content]
    if apart:
        tail = apart[turn % len(apart)]
        yield f"{clause.text} {tail.text}", clause.content | tail.content


def _by_source(pieces: tuple[Piece, ...]) -> dict[str, list[Piece]]:
    groups: dict[str, list[Piece]] = {}
    for piece in pieces:
        groups.setdefault(piece.source, []).append(piece)
    return groups


def _shuffled(
    lines: Iterator[tuple[str, frozenset[str]]], dice: random.Random
) -> list[tuple[str, frozenset[str]]]:
    every = list(dict(lines).items())
    return dice.sample(every, len(every))


def _freshest(lines: list[tuple[str, frozenset[str]]], said: list[tuple[str, frozenset[str]]]) -> int:
    """The place of the line that shares the fewest words with what was said, among the first few."""
    before = frozenset[str]().union(*(words for _, words in said))
    opening = said[-1][0].partition(" ")[0] if said else ""
    return min(
        range(min(_LOOKED_AT, len(lines))),
        key=lambda place: (
            len(lines[place][1] & before),
            lines[place][0].partition(" ")[0] == opening,
            place,
        ),
    )
