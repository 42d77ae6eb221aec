"""The pocket: bass and kick strike together."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

from noktvrn.kernel.seeds import dice
from noktvrn.sound.composition.meter import Meter
from noktvrn.sound.composition.pattern import STEP
from noktvrn.sound.score import Hit, Note
from noktvrn.sound.style import PartStyle

_WITH, _AGAIN = 1.08, 0.6
"""How much harder a stroke with the kick is, and the share of `lock` by which a held note is struck again."""


def locked(
    part: PartStyle, notes: Sequence[Note], hits: Sequence[Hit], meter: Meter, seed: int
) -> list[Note]:
    """A bass line with the kick: strokes that fall together are a little harder. By the part's `lock`,
    strokes a sixteenth beside a kick move onto it, and held notes are struck again with kicks inside them.
    What a place of the bar does, it does in every bar: that is what makes a groove."""
    kicks = sorted({round(hit.start / STEP) for hit in hits if hit.voice == "kick"})
    together, lock = set(kicks), _Lock(part, meter, seed)
    moved = [_onto(note, together, lock) for note in sorted(notes, key=lambda note: note.start)]
    single = list({round(note.start / STEP, 3): note for note in moved}.values())
    taken = {round(note.start / STEP) for note in single}
    struck = [piece for note in single for piece in _again(note, kicks, taken, lock)]
    return [
        replace(note, velocity=min(1.0, note.velocity * _WITH))
        if round(note.start / STEP) in together
        else note
        for note in struck
    ]


@dataclass(frozen=True, slots=True)
class _Lock:
    """Which places of the bar give way to the kick."""

    part: PartStyle
    meter: Meter
    seed: int

    def holds(self, what: str, step: int, share: float = 1.0) -> bool:
        """Whether the lock works on a place, the same in every bar."""
        place = step % self.meter.steps
        return dice(self.seed, "lock", self.part.name, what, place).random() < share * self.part.lock


def _onto(note: Note, kicks: set[int], lock: _Lock) -> Note:
    step = round(note.start / STEP)
    near = [place for place in (step - 1, step + 1) if place in kicks and place >= 0]
    if step in kicks or not near or not lock.holds("move", step):
        return note
    shift = (near[0] - step) * STEP
    return replace(note, start=note.start + shift, length=max(STEP / 2, note.length - shift))


def _again(note: Note, kicks: Sequence[int], taken: set[int], lock: _Lock) -> list[Note]:
    """The note, cut at the first kick inside it that nobody strikes with."""
    if lock.part.lock <= 0 or note.length < 4 * STEP:
        return [note]
    first, last = round(note.start / STEP) + 2, round((note.start + note.length) / STEP) - 1
    inner = [
        kick for kick in kicks[bisect_left(kicks, first) : bisect_right(kicks, last)] if kick not in taken
    ]
    if not inner or not lock.holds("again", inner[0], _AGAIN):
        return [note]
    cut = inner[0] * STEP
    return [
        replace(note, length=(cut - note.start) * min(1.0, lock.part.gate)),
        replace(note, start=cut, length=note.start + note.length - cut, velocity=0.9 * note.velocity),
    ]
