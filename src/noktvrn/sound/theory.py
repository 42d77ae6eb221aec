"""Scales, roman numerals and chords. Pitch classes are 0..11 with C = 0, pitches are MIDI numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass

from noktvrn.kernel.errors import Invalid

MODES: dict[str, tuple[int, ...]] = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
    "lydian": (0, 2, 4, 6, 7, 9, 11),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
}

_SHARPS = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
_FLATS = ("C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B")
_ROMAN = {"I": 0, "II": 1, "III": 2, "IV": 3, "V": 4, "VI": 5, "VII": 6}
_NUMERAL = re.compile(
    r"([b#]?)(VII|VI|IV|V|III|II|I|vii|vi|iv|v|iii|ii|i)(o?)(maj9|maj7|m7b5|sus2|sus4|add9|69|6|7|9|5)?"
)

_EXTENSIONS: dict[str, tuple[int, ...]] = {
    "7": (10,),
    "maj7": (11,),
    "9": (10, 14),
    "maj9": (11, 14),
    "6": (9,),
    "69": (9, 14),
    "add9": (14,),
}
_WHOLE: dict[str, tuple[int, ...]] = {
    "sus2": (0, 2, 7),
    "sus4": (0, 5, 7),
    "5": (0, 7),
    "m7b5": (0, 3, 6, 10),
}


@dataclass(frozen=True, slots=True)
class Chord:
    """A chord: root pitch class, intervals above it in semitones (rising, root first), suffix of its name."""

    root: int
    intervals: tuple[int, ...]
    suffix: str

    @property
    def pitch_classes(self) -> tuple[int, ...]:
        """The chord's pitch classes, root first."""
        return tuple((self.root + step) % 12 for step in self.intervals)

    @property
    def minor(self) -> bool:
        """Whether its third is minor."""
        return 3 in self.intervals

    def name(self, *, flats: bool = False) -> str:
        """The chord as on a lead sheet: `Am7`."""
        return (_FLATS if flats else _SHARPS)[self.root] + self.suffix


def scale(tonic: int, mode: str) -> tuple[int, ...]:
    """The seven pitch classes of a mode, tonic first.

    Raises:
        Invalid: no such mode.
    """
    if mode not in MODES:
        raise Invalid(
            f"There is no mode {mode!r}.", code="sound.bad_mode", hint=f"Use one of {', '.join(MODES)}."
        )
    return tuple((tonic + step) % 12 for step in MODES[mode])


def sixteenths(meter: tuple[int, int]) -> int:
    """Sixteenths in a bar."""
    return meter[0] * 16 // meter[1]


def pulse_of(meter: tuple[int, int]) -> tuple[int, ...]:
    """How a bar is felt when nobody says otherwise, in sixteenths: dotted quarters in compound meters, else
    quarters, the odd eighth joining the last one (7/8: 4 4 6)."""
    steps = sixteenths(meter)
    if meter[1] == 8 and meter[0] % 3 == 0:
        return (6,) * (steps // 6)
    whole, rest = divmod(steps, 4)
    return (*(4,) * (whole - 1), 4 + rest) if whole else (steps,)


def is_minor(mode: str) -> bool:
    """Whether the mode's third is minor."""
    return MODES[mode][2] == 3


def uses_flats(tonic: int, mode: str) -> bool:
    """Whether the key is written with flats: its relative major lies on the flat side of the circle."""
    relative = (
        tonic
        - MODES[mode][0]
        + {"major": 0, "minor": 3, "dorian": 10, "phrygian": 8, "lydian": 7, "mixolydian": 5}[mode]
    ) % 12
    return relative in (5, 10, 3, 8, 1)


def key_name(tonic: int, mode: str) -> str:
    """The key as people write it: `Eb minor`."""
    return f"{(_FLATS if uses_flats(tonic, mode) else _SHARPS)[tonic]} {mode}"


def chord(numeral: str, tonic: int, mode: str) -> Chord:
    """The chord a roman numeral stands for in a key.

    The degree is counted in the mode's own scale (`VI` in minor is the flat sixth), `b`/`#` alter it; upper
    case is major, lower case minor, `o` diminished; suffixes as on a lead sheet (`ii7`, `Imaj7`, `IVsus2`).

    Raises:
        Invalid: the numeral cannot be read.
    """
    found = _NUMERAL.fullmatch(numeral)
    if found is None:
        raise Invalid(
            f"{numeral!r} is not a roman numeral chord.",
            code="sound.bad_numeral",
            hint="Write them like i, bVII, ii7, Imaj7, Vsus4.",
        )
    accidental, roman, diminished, suffix = found[1], found[2], found[3], found[4] or ""
    root = scale(tonic, mode)[_ROMAN[roman.upper()]] + {"": 0, "b": -1, "#": 1}[accidental]
    return Chord(root % 12, *_quality(roman.islower(), bool(diminished), suffix))


def _quality(minor: bool, diminished: bool, suffix: str) -> tuple[tuple[int, ...], str]:
    if suffix in _WHOLE:
        return _WHOLE[suffix], suffix
    if diminished:
        return (0, 3, 6), "dim"
    triad = (0, 3, 7) if minor else (0, 4, 7)
    return triad + _EXTENSIONS.get(suffix, ()), ("m" if minor else "") + suffix


def in_mode(numeral: str, tonic: int, mode: str) -> str:
    """The numeral respelt so that its triad lies in the mode; altered degrees and other suffixes stay.

    Lets a progression written for one mode be used in another of the same family.
    """
    found = _NUMERAL.fullmatch(numeral)
    if found is None or found[1]:
        return numeral
    degree = _ROMAN[found[2].upper()]
    notes = scale(0, mode)
    third = (notes[(degree + 2) % 7] - notes[degree]) % 12
    fifth = (notes[(degree + 4) % 7] - notes[degree]) % 12
    roman = found[2].lower() if third == 3 else found[2].upper()
    if fifth == 6:
        return roman + "o"
    return roman + ((found[4] or "").replace("maj", "") if third == 3 else found[4] or "")


def coloured(base: Chord, colour: str, notes: tuple[int, ...]) -> Chord:
    """`base` with the colour of a style: `triad`, `power`, `seventh`, `ninth` or `sus`, kept inside the
    scale `notes`."""
    if colour == "triad" or len(base.intervals) != 3 or 6 in base.intervals:
        return base
    if colour == "power":
        return Chord(base.root, (0, 7), "5")
    if colour == "sus":
        return (
            Chord(base.root, (*base.intervals, 14), base.suffix + "add9")
            if (base.root + 2) % 12 in notes
            else base
        )
    return _with_seventh(base, notes, ninth=colour == "ninth")


def _with_seventh(base: Chord, notes: tuple[int, ...], *, ninth: bool) -> Chord:
    seventh = 10 if (base.root + 10) % 12 in notes or base.minor else 11
    name = "maj7" if seventh == 11 else "7"
    if ninth and (base.root + 2) % 12 in notes:
        return Chord(base.root, (*base.intervals, seventh, 14), base.suffix + name.replace("7", "9"))
    return Chord(base.root, (*base.intervals, seventh), base.suffix + name)


def nearest(pitch: float, classes: tuple[int, ...]) -> int:
    """The pitch of one of the pitch classes that lies nearest to `pitch`; the lower one of two."""
    centre = round(pitch)
    return min(
        (p for p in range(centre - 7, centre + 8) if p % 12 in classes), key=lambda p: (abs(p - pitch), p)
    )


def ladder(classes: tuple[int, ...], low: int, high: int) -> list[int]:
    """Every pitch of the classes between `low` and `high`, both included, rising."""
    return [pitch for pitch in range(low, high + 1) if pitch % 12 in classes]


def voice_lead(target: Chord, previous: tuple[int, ...], low: int, high: int, voices: int) -> tuple[int, ...]:
    """A close voicing of `target` within `low`..`high` that moves least from `previous` (rising pitches).

    Every chord tone is used before one is doubled; with fewer voices than tones the fifth goes first, then
    the root.
    """
    tones = _kept_tones(target, voices)
    shapes = [
        _stack(tones, turn, base, voices) for turn in range(len(tones)) for base in range(low, low + 12)
    ]
    inside = [shape for shape in shapes if shape and shape[-1] <= high] or [
        shape for shape in shapes if shape
    ]
    middle = (low + high) / 2
    return min(inside, key=lambda shape: (_movement(shape, previous, middle), shape))


def _kept_tones(target: Chord, voices: int) -> tuple[int, ...]:
    steps = list(target.intervals)
    for expendable in (7, 0, 14):
        if len(steps) > voices and expendable in steps:
            steps.remove(expendable)
    return tuple(sorted({(target.root + step) % 12 for step in steps}))


def _stack(tones: tuple[int, ...], turn: int, base: int, voices: int) -> tuple[int, ...]:
    if base % 12 != tones[turn]:
        return ()
    pitches = [base]
    while len(pitches) < voices:
        wanted = tones[(turn + len(pitches)) % len(tones)]
        pitches.append(pitches[-1] + ((wanted - pitches[-1]) % 12 or 12))
    return tuple(pitches)


def _movement(shape: tuple[int, ...], previous: tuple[int, ...], middle: float) -> float:
    drift = abs(sum(shape) / len(shape) - middle)
    if not previous:
        return drift
    moved = sum(min(abs(pitch - old) for old in previous) for pitch in shape)
    return moved + 0.35 * drift
