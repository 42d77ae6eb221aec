"""Scales, roman numerals and chords. Pitch classes are 0..11 with C = 0, pitches are MIDI numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from noktvrn.kernel.errors import Invalid

MODES: dict[str, tuple[int, ...]] = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
    "lydian": (0, 2, 4, 6, 7, 9, 11),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
}

TURNS: tuple[tuple[int, ...], ...] = (
    (2, -1, -1),
    (1, 1, -1),
    (0, 0, 1),
    (4, -1, -1),
    (-1, 2, -1),
    (0, 2, -1),
    (-2, 1, 1),
    (1, -2, 1),
    (3, -1, 0),
    (-1, -1, 3),
    (2, 2, -1),
    (0, -1, 2),
    (-3, 1, 2),
    (1, 2, -1),
)
"""Openings of tunes, as moves in scale steps; an artist has a few of them."""

_SHARPS = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
_FLATS = ("C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B")
_ROMAN = {"I": 0, "II": 1, "III": 2, "IV": 3, "V": 4, "VI": 5, "VII": 6}
_NUMERAL = re.compile(
    r"([b#]?)(VII|VI|IV|V|III|II|I|vii|vi|iv|v|iii|ii|i)([o+]?)"
    r"(maj13|maj9|maj7|m7b5|7sus4|9sus4|sus2|sus4|add9|7b9|7#9|69|13|11|6|7|9|5)?"
    r"(?:/(?:([357])|([b#]?(?:VII|VI|IV|V|III|II|I|vii|vi|iv|v|iii|ii|i))))?"
)

_EXTENSIONS: dict[str, tuple[int, ...]] = {
    "7": (10,),
    "maj7": (11,),
    "9": (10, 14),
    "maj9": (11, 14),
    "6": (9,),
    "69": (9, 14),
    "add9": (14,),
    "7b9": (10, 13),
    "7#9": (10, 15),
    "13": (10, 14, 21),
    "maj13": (11, 14, 21),
}
_WHOLE: dict[str, tuple[int, ...]] = {
    "sus2": (0, 2, 7),
    "sus4": (0, 5, 7),
    "5": (0, 7),
    "m7b5": (0, 3, 6, 10),
    "7sus4": (0, 5, 7, 10),
    "9sus4": (0, 5, 7, 10, 14),
}


@dataclass(frozen=True, slots=True)
class Chord:
    """A chord: root pitch class, intervals above it in semitones (rising, root first), suffix of its name;
    the pitch class of its bass when that is not the root."""

    root: int
    intervals: tuple[int, ...]
    suffix: str
    bass: int | None = None

    @property
    def pitch_classes(self) -> tuple[int, ...]:
        """The chord's pitch classes, root first."""
        return tuple((self.root + step) % 12 for step in self.intervals)

    @property
    def lowest(self) -> int:
        """The pitch class basses play: the root, or what the chord is written over."""
        return self.root if self.bass is None else self.bass

    @property
    def minor(self) -> bool:
        """Whether its third is minor."""
        return 3 in self.intervals

    def name(self, *, flats: bool = False) -> str:
        """The chord as on a lead sheet: `Am7`, `C/E`."""
        letters = _FLATS if flats else _SHARPS
        below = "" if self.bass is None else "/" + letters[self.bass]
        return letters[self.root] + self.suffix + below


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
    case is major, lower case minor, `o` diminished (`viio7`), `+` augmented; suffixes as on a lead sheet
    (`ii7`, `Imaj7`, `IVsus2`, `V7b9`, `I13`). `I/3` puts the third (`/5`, `/7`) into the bass; `V7/V` is the
    dominant of the dominant: the chord before the slash, read in the major key of the one behind it.

    Raises:
        Invalid: the numeral cannot be read.
    """
    found = _NUMERAL.fullmatch(numeral)
    if found is None:
        raise Invalid(
            f"{numeral!r} is not a roman numeral chord.",
            code="sound.bad_numeral",
            hint="Write them like i, bVII, ii7, Imaj7, Vsus4, viio7, V7/V, I/3.",
        )
    accidental, roman, bent, suffix, low, target = found.groups(default="")
    if target:
        tonic, mode = chord(target, tonic, mode).root, "major"
    root = (scale(tonic, mode)[_ROMAN[roman.upper()]] + {"": 0, "b": -1, "#": 1}[accidental]) % 12
    intervals, name = _quality(roman.islower(), bent, suffix)
    return Chord(root, intervals, name, _bass(root, intervals, low))


def _bass(root: int, intervals: tuple[int, ...], low: str) -> int | None:
    """The pitch class of the third, fifth or seventh of a chord; none where it has no such note."""
    wanted = {"3": (3, 4), "5": (7, 6, 8), "7": (10, 11, 9)}.get(low, ())
    return next(((root + step) % 12 for step in wanted if step in intervals), None)


def _quality(minor: bool, bent: str, suffix: str) -> tuple[tuple[int, ...], str]:
    if bent == "o":
        return ((0, 3, 6, 9), "dim7") if suffix == "7" else ((0, 3, 6), "dim")
    if bent == "+":
        return ((0, 4, 8, 10), "7#5") if suffix == "7" else ((0, 4, 8), "aug")
    if suffix in _WHOLE:
        return _WHOLE[suffix], suffix
    if suffix == "11":
        # Over a major third the eleventh is a wrong note: players leave the third out.
        return ((0, 3, 7, 10, 14, 17), "m11") if minor else ((0, 7, 10, 14, 17), "11")
    triad = (0, 3, 7) if minor else (0, 4, 7)
    return triad + _EXTENSIONS.get(suffix, ()), ("m" if minor else "") + suffix


def in_mode(numeral: str, tonic: int, mode: str) -> str:
    """The numeral respelt so that its triad lies in the mode; altered degrees and other suffixes stay.

    Lets a progression written for one mode be used in another of the same family.
    """
    found = _NUMERAL.fullmatch(numeral)
    if found is None or found[1] or found[3] == "+" or found[6]:
        return numeral
    degree = _ROMAN[found[2].upper()]
    notes = scale(0, mode)
    third = (notes[(degree + 2) % 7] - notes[degree]) % 12
    fifth = (notes[(degree + 4) % 7] - notes[degree]) % 12
    roman = found[2].lower() if third == 3 else found[2].upper()
    low = f"/{found[5]}" if found[5] else ""
    if fifth == 6:
        return roman + "o" + low
    return roman + ((found[4] or "").replace("maj", "") if third == 3 else found[4] or "") + low


def coloured(base: Chord, colour: str, notes: tuple[int, ...]) -> Chord:
    """`base` with the colour of a style: `triad`, `power`, `seventh`, `ninth` or `sus`, kept inside the
    scale `notes`."""
    if colour == "triad" or len(base.intervals) != 3 or 7 not in base.intervals:
        return base
    if colour == "power":
        return replace(base, intervals=(0, 7), suffix="5")
    if colour == "sus":
        return (
            replace(base, intervals=(*base.intervals, 14), suffix=base.suffix + "add9")
            if (base.root + 2) % 12 in notes and base.suffix in ("", "m")
            else base
        )
    return _with_seventh(base, notes, ninth=colour == "ninth")


def _with_seventh(base: Chord, notes: tuple[int, ...], *, ninth: bool) -> Chord:
    seventh = 10 if (base.root + 10) % 12 in notes or base.minor else 11
    name = "maj7" if seventh == 11 else "7"
    if ninth and (base.root + 2) % 12 in notes:
        nine = base.suffix + name.replace("7", "9")
        return replace(base, intervals=(*base.intervals, seventh, 14), suffix=nine)
    return replace(base, intervals=(*base.intervals, seventh), suffix=base.suffix + name)


def chord_scale(harmony: Chord, notes: tuple[int, ...]) -> tuple[int, ...]:
    """The scale a tune runs on over a chord: `notes` with the degree beside each foreign chord tone bent to
    it: raised to major thirds and to the root of a diminished chord, which lead upwards, lowered to all
    others. As many notes as before, in the same order."""
    bent, tones = list(notes), harmony.pitch_classes
    for step, tone in zip(harmony.intervals, tones, strict=True):
        raised = step in (4, 8) or (step == 0 and 6 in harmony.intervals)
        for side in (-1, 1) if raised else (1, -1):
            beside = (tone + side) % 12
            if tone not in bent and beside in bent and beside not in tones:
                bent[bent.index(beside)] = tone
    return tuple(bent)


def nearest(pitch: float, classes: tuple[int, ...]) -> int:
    """The pitch of one of the pitch classes that lies nearest to `pitch`; the lower one of two."""
    centre = round(pitch)
    return min(
        (p for p in range(centre - 7, centre + 8) if p % 12 in classes), key=lambda p: (abs(p - pitch), p)
    )


def ladder(classes: tuple[int, ...], low: int, high: int) -> list[int]:
    """Every pitch of the classes between `low` and `high`, both included, rising."""
    return [pitch for pitch in range(low, high + 1) if pitch % 12 in classes]


@lru_cache(maxsize=8192)
def voice_lead(target: Chord, previous: tuple[int, ...], low: int, high: int, voices: int) -> tuple[int, ...]:
    """A close voicing of `target` within `low`..`high` that moves least from `previous` (rising pitches).

    Common tones stay where they are, and of two equal moves the one in which not all voices lurch the same
    way wins. Every chord tone is used before one is doubled; with fewer voices than tones the fifth goes
    first, then the root, then the upper colours.
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
    for expendable in (7, 0, 14, 17, 21):
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
    if len(previous) != len(shape):
        return sum(min(abs(pitch - old) for old in previous) for pitch in shape) + 0.35 * drift
    moves = [pitch - old for pitch, old in zip(shape, previous, strict=True)]
    lurch = min(map(abs, moves)) if min(moves) > 0 or max(moves) < 0 else 0
    return sum(map(abs, moves)) + 1.5 * lurch + 0.35 * drift
