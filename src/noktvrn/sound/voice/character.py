"""Whose voice it is: register, vocal tract, breath and habits, all from an artist's seed."""

from __future__ import annotations

import re
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from noktvrn.kernel.seeds import dice
from noktvrn.model.sound import SoundIdentity


@dataclass(frozen=True, slots=True)
class Voice:
    """A singer. `centre` is the MIDI pitch it is most at ease on; `tract` 0 is a man's, 1 a woman's."""

    register: str
    centre: float
    tract: float
    colour: tuple[float, ...]
    """What each of F1..F5 is multiplied with: no two tracts have one shape."""
    rd: float
    """The glottal source at middle effort (see `glottis`)."""
    breath: float
    ring: float
    """How far F3 to F5 are drawn together (the singer's formant of Sundberg, JASA 55, 1974)."""
    vibrato_hz: float
    vibrato_cents: float
    vibrato_after_s: float
    glide_s: float
    scoop_cents: float
    articulation: float


REGISTERS = {
    "bass": ("baritone", 49.0, -0.1),
    "baritone": ("baritone", 53.0, 0.0),
    "tenor": ("tenor", 58.0, 0.18),
    "falsetto": ("tenor", 64.0, 0.35),
    "androgynous": ("alto", 60.0, 0.5),
    "contralto": ("alto", 59.0, 0.7),
    "alto": ("alto", 63.0, 0.82),
    "mezzo": ("soprano", 65.0, 0.92),
    "soprano": ("soprano", 68.0, 1.0),
}
"""By the words people use: the register, the pitch it is most at ease on, and its tract."""

_ANY = ("baritone", "tenor", "alto", "soprano")
_AIRY = ("breath", "whisper", "smoky", "soft", "close")
_FORCED = ("bright", "metallic", "urgent", "full", "forward", "clear", "wild")
_PLAIN = ("little vibrato", "without ornament", "plain", "spoken", "even")


def voice_of(identity: SoundIdentity, described: str = "") -> Voice:
    """The voice of an artist: the same identity and words always have the same one.

    `described` is how a profile calls it (`smoky contralto, whispered`); what it leaves open is drawn from
    the identity.
    """
    luck = dice(identity.seed, "voice")
    said = described.lower()
    drawn = luck.choice(_ANY)
    register, centre, tract = REGISTERS[next((word for word in REGISTERS if _says(said, word)), drawn)]
    airy, forced = _any(said, _AIRY), _any(said, _FORCED)
    lax = luck.uniform(-0.25, 0.35) - 0.15 * identity.brightness - 0.1 * (identity.drive - 0.2)
    lax += 0.25 * airy - 0.2 * forced
    return Voice(
        register=register,
        centre=centre + luck.uniform(-1.5, 1.5),
        tract=tract + luck.uniform(-0.12, 0.12),
        colour=tuple(luck.uniform(0.96, 1.04) for _ in range(5)),
        rd=min(1.7, max(0.75, 1.1 + lax)),
        breath=min(1.3, luck.uniform(0.25, 1.0) + 0.4 * airy),
        ring=min(0.8, luck.uniform(0.1, 0.6) + 0.15 * forced),
        vibrato_hz=luck.uniform(4.9, 6.1),
        vibrato_cents=luck.uniform(22.0, 48.0) * (0.35 if _any(said, _PLAIN) else 1.0),
        vibrato_after_s=luck.uniform(0.2, 0.42),
        glide_s=luck.uniform(0.06, 0.12),
        scoop_cents=luck.uniform(20.0, 90.0),
        articulation=luck.uniform(0.55, 0.9),
    )


def _says(said: str, register: str) -> bool:
    """Whether a register is named; `contralto` and `mezzo-soprano` are named by their own words only."""
    return re.search(rf"\b{register}\b", said) is not None and not (register == "soprano" and "mezzo" in said)


def _any(said: str, words: Sequence[str]) -> bool:
    return any(word in said for word in words)


def octaves_to(voice: Voice, pitches: Sequence[float]) -> int:
    """Semitones, a multiple of 12, that bring a tune nearest to where the voice is at ease."""
    if not pitches:
        return 0
    return 12 * round((voice.centre - statistics.median(pitches)) / 12.0)
