"""The pocket: bass and kick strike together."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

from noktvrn.sound.composition.pattern import STEP
from noktvrn.sound.score import Hit, Note
from noktvrn.sound.style import PartStyle

_WITH, _AGAIN = 1.08, 0.6
"""How much harder a stroke with the kick is, and the share of `lock` by which a held note is struck again."""


def locked(part: PartStyle, notes: Sequence[Note], hits: Sequence[Hit], luck: random.Random) -> list[Note]:
    """A bass line with the kick: strokes that fall together are a little harder. By the part's `lock`,
    strokes a sixteenth beside a kick move onto it, and held notes are struck again with kicks inside them."""
    kicks = sorted({round(hit.start / STEP) for hit in hits if hit.voice == "kick"})
    together = set(kicks)
    moved = [_onto(note, together, part.lock, luck) for note in sorted(notes, key=lambda note: note.start)]
    taken = {round(note.start / STEP) for note in moved}
    struck = [piece for note in moved for piece in _again(note, kicks, taken, part, luck)]
    return [
        replace(note, velocity=min(1.0, note.velocity * _WITH))
        if round(note.start / STEP) in together
        else note
        for note in struck
    ]


def _onto(note: Note, kicks: set[int], lock: float, luck: random.Random) -> Note:
    step = round(note.start / STEP)
    near = [place for place in (step - 1, step + 1) if place in kicks and place >= 0]
    if step in kicks or not near or luck.random() >= lock:
        return note
    shift = (near[0] - step) * STEP
    return replace(note, start=note.start + shift, length=max(STEP / 2, note.length - shift))


def _again(
    note: Note, kicks: Sequence[int], taken: set[int], part: PartStyle, luck: random.Random
) -> list[Note]:
    """The note, cut at the first kick inside it that nobody strikes with."""
    if part.lock <= 0 or note.length < 4 * STEP:
        return [note]
    first, last = round(note.start / STEP) + 2, round((note.start + note.length) / STEP) - 1
    inner = [kick for kick in kicks if first <= kick <= last and kick not in taken]
    if not inner or luck.random() >= part.lock * _AGAIN:
        return [note]
    cut = inner[0] * STEP
    return [
        replace(note, length=(cut - note.start) * part.gate),
        replace(note, start=cut, length=note.start + note.length - cut, velocity=0.9 * note.velocity),
    ]
