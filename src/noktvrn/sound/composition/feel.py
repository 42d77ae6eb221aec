"""Feel: swing, and the timing and force of hands. Everything before is on the straight grid."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from noktvrn.kernel.seeds import dice
from noktvrn.model.sound import SoundIdentity
from noktvrn.sound.composition.meter import Meter
from noktvrn.sound.score import Hit, Note, SungNote
from noktvrn.sound.style import PartStyle, Style

_LEAN = {"bass": 0.35, "drone": 0.0, "melody": 0.5, "hook": 0.3, "chords": 0.15, "arp": 0.0}
"""How far a line may lie behind the beat by habit, in parts of twice the style's looseness: singers drag."""


@dataclass(frozen=True, slots=True)
class Feel:
    """How this artist plays this style."""

    meter: Meter
    style: Style
    identity: SoundIdentity

    def swung(self, note: Note) -> Note:
        """The note with swing at both ends, so that it stays as legato as written."""
        start = self._late(note.start)
        return replace(note, start=start, length=max(0.05, self._late(note.start + note.length) - start))

    def notes(self, part: PartStyle, written: Sequence[Note], luck: random.Random) -> tuple[Note, ...]:
        """A part as hands play it: leaning by habit, straying a little, never twice as loud."""
        loose = self.style.humanise_ms
        lean = 2.0 * loose * _LEAN.get(part.line, 0.2) * dice(self.identity.seed, "lean", part.name).random()
        return tuple(
            Note(
                start := self._late(note.start),
                max(0.05, self._late(note.start + note.length) - start),
                note.pitch,
                min(1.0, max(0.05, note.velocity * (1.0 + 0.08 * luck.uniform(-1.0, 1.0)))),
                note.nudge_ms + lean + max(-2.0, min(2.0, luck.gauss(0.0, 0.6))) * loose,
            )
            for note in sorted(written, key=lambda note: (note.start, note.pitch))
        )

    def sung(self, note: Note, section: int, line: int, syllable: int) -> SungNote:
        """A syllable's note where the tune's is, before anybody strays."""
        at = self.swung(note)
        return SungNote(at.start, at.length, at.pitch, at.velocity, section, line, syllable)

    def hits(self, written: Sequence[Hit], luck: random.Random) -> tuple[Hit, ...]:
        """The kit: the kick stays on the grid, for bass, ducking and time-line lean on it; hands and the
        other foot are ahead of it or behind it as this drummer is, ghost strokes looser than the backbeat."""
        loose, lean = self.style.humanise_ms, self.identity.drummer_ms
        played = [
            replace(
                hit,
                start=self._late(hit.start),
                nudge_ms=0.0 if hit.voice == "kick" else self._stray(hit, loose, lean, luck),
            )
            for hit in written
        ]
        return tuple(sorted(played, key=lambda hit: (hit.start, hit.voice)))

    def _stray(self, hit: Hit, loose: float, lean: float, luck: random.Random) -> float:
        share = min(1.0, loose / 6.0)
        spread = 0.35 if hit.velocity > 0.6 else 0.6
        return lean * share + max(-2.0, min(2.0, luck.gauss(0.1, spread))) * loose

    def _late(self, beat: float) -> float:
        return self.meter.swung(beat, self.identity.swing, self.style.swing_unit)
