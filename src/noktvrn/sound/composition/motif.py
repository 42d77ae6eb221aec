"""The motif: a few notes a song remembers, and what can be done with them.

A shape is a row of heights in scale steps around 0, one a note. Lines are made of the motif's shapes: by
sequence (moved), inversion (mirrored), fragmentation (its head again and again). Schoenberg, "Fundamentals of
Musical Composition", chapters 3 to 5.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from noktvrn.kernel.seeds import dice
from noktvrn.model.song import SongPlan
from noktvrn.model.sound import SoundIdentity
from noktvrn.sound.composition.habit import LOYAL
from noktvrn.sound.composition.pattern import STEP
from noktvrn.sound.style import Style
from noktvrn.sound.theory import TURNS

Shape = tuple[int, ...]

NOTES = 12
"""Notes of a shape: as many as a line has syllables at most."""

_REACH = 4

_DRAFTS = 8
"""Shapes a hook is chosen from."""

_HEARD = 7
"""Notes of a hook that are remembered."""


@dataclass(frozen=True, slots=True)
class Motif:
    """What makes the tune this song's: bar-long rhythm cells, the hook's shape and the verse's, which is made
    from it, and the syllables of a chorus, which the hook keeps when nobody sings."""

    cells: tuple[str, ...]
    hook: Shape
    verse: Shape
    syllables: tuple[int, ...]


def invent(plan: SongPlan, style: Style, identity: SoundIdentity) -> Motif:
    """The song's motif: mostly the artist's rhythm cells and openings, the rest from the song's seed. Where
    the plan asks for an opening or a cell (songs of one record share them), that one."""
    luck, bar = dice(plan.seed, "motif"), round(plan.quarters_per_bar / STEP)
    written = [cell for cell in style.cells if len(cell) % bar == 0] or ["x" + "-" * (bar - 1)]
    own = [cell for cell in identity.rhythm_cells if len(cell) % bar == 0] or written
    cells = _cells(luck, own, written)
    if plan.cell and len(plan.cell) % bar == 0:
        cells = (plan.cell, *(cell for cell in cells if cell != plan.cell))[: len(cells)]
    turns = identity.turns if identity.turns and luck.random() < LOYAL else TURNS
    drawn = luck.choice(turns)
    opening = plan.opening or drawn
    hook = max((shape(luck, opening) for _ in range(_DRAFTS)), key=memorable)
    sung = next((s.syllables for s in plan.sections if s.label == "chorus" and s.syllables), (7, 6, 7, 6))
    return Motif(cells, hook, related(luck, hook), sung)


def _cells(luck: random.Random, own: Sequence[str], written: Sequence[str]) -> tuple[str, ...]:
    """Three cells: the artist's first one, then two more, mostly the artist's, none twice if possible."""
    cells = [own[0] if luck.random() < LOYAL else luck.choice(written)]
    while len(cells) < 3:
        offered = own if luck.random() < LOYAL else written
        fresh = [cell for cell in offered if cell not in cells]
        cells.append(luck.choice(fresh or [cell for cell in written if cell not in cells] or list(own)))
    return tuple(cells)


def shape(luck: random.Random, moves: Shape) -> Shape:
    """A shape that opens with `moves`: mostly steps from there, bent back before it strays."""
    heights = [0]
    for move in moves:
        heights.append(heights[-1] + move)
    while len(heights) < NOTES:
        step = luck.choice((-2, -1, -1, -1, 0, 1, 1, 1, 2))
        wide = abs(heights[-1] + step) > _REACH
        heights.append(heights[-1] - (1 if heights[-1] > 0 else -1) if wide else heights[-1] + step)
    return tuple(heights)


def memorable(shape: Shape) -> int:
    """How well a shape is remembered: it spans a fifth or so, leaps once or twice, and turns a few times."""
    head = shape[:_HEARD]
    moves = [b - a for a, b in pairwise(head)]
    leaps = sum(abs(move) >= 2 for move in moves)
    turns = sum(a * b < 0 for a, b in pairwise(moves))
    return -abs(max(head) - min(head) - 5) - abs(leaps - 2) - abs(turns - 3) - 2 * moves.count(0)


def related(luck: random.Random, hook: Shape) -> Shape:
    """A quieter shape for the verses, cut from the hook: its head upside down, its tail, or its head again
    and again, within half the reach."""
    kin = luck.choice((mirrored(hook), (*hook[4:], *hook[:4]), fragments(hook, 3, -1)))
    return tuple(max(-2, min(3, height)) for height in kin)


def mirrored(shape: Shape) -> Shape:
    """Upside down."""
    return tuple(-height for height in shape)


def moved(shape: Shape, steps: int) -> Shape:
    """A sequence: the same on another step."""
    return tuple(height + steps for height in shape)


def other_tail(shape: Shape, keep: int = 4) -> Shape:
    """The head as it was, the rest upside down from there."""
    return (*shape[:keep], *(2 * shape[keep - 1] - height for height in shape[keep:]))


def fragments(shape: Shape, length: int, step: int) -> Shape:
    """The first notes again and again, each time `step` higher."""
    head = shape[:length]
    return tuple(height + step * turn for turn in range(NOTES // length) for height in head)
