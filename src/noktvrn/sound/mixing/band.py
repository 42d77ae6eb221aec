"""Who plays a score: the house's own instruments, or others that hand over their notes the same way."""

from __future__ import annotations

from typing import Protocol

from noktvrn.model.sound import SoundIdentity
from noktvrn.sound.mixing.levels import Sounding
from noktvrn.sound.mixing.players import play_kit, play_part
from noktvrn.sound.score import Score
from noktvrn.sound.style import PartStyle, Style


class Band(Protocol):
    """Plays parts and kit as notes without levels; the desk sets those. The same score sounds the same."""

    def part(self, part: PartStyle, score: Score, style: Style, identity: SoundIdentity) -> list[Sounding]:
        """Every note of a part."""

    def kit(self, score: Score, style: Style, identity: SoundIdentity) -> list[Sounding]:
        """Every stroke of the drummer."""


class HouseBand:
    """The embedded instruments."""

    def part(self, part: PartStyle, score: Score, style: Style, identity: SoundIdentity) -> list[Sounding]:
        """Every note of a part, on the instrument the artist chose for it."""
        return play_part(part, score, style, identity)

    def kit(self, score: Score, style: Style, identity: SoundIdentity) -> list[Sounding]:
        """Every stroke, on the kit the artist chose and tuned."""
        return play_kit(score, style, identity)
