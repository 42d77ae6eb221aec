"""The signature motif of an artist: its own opening of a tune in its own rhythm, sung on its name."""

from __future__ import annotations

import re
from itertools import accumulate

from noktvrn.model.artist import Profile
from noktvrn.model.sound import MelodyNote, SectionSpan
from noktvrn.roles.singer import SungLine, SungSyllable
from noktvrn.words.syllables import count_word
from noktvrn.words.tokens import words_of

HOME = 60
"""MIDI pitch of the tonic; the singer brings it into its own octave."""
LEAD_S = 0.2
TAIL_S = 0.85
SLOWEST, FASTEST = 108, 132
"""Beats per minute that keep two bars within five seconds, whatever the artist's tempo."""
_SCALES = {True: (0, 2, 3, 5, 7, 8, 10), False: (0, 2, 4, 5, 7, 9, 11)}
_CELL = "x-x-x--x----x---"
_TURN = (2, -1, 2)
_FEWEST, _MOST = 3, 5


def motif(profile: Profile) -> tuple[tuple[SungLine, ...], SectionSpan, float]:
    """Two lines of the stage name sung on the artist's signature, the span they fill, and a beat in seconds.

    The first line goes the way of the artist's turn; the second answers it a step higher and comes home.
    """
    sixteenth = 15.0 / min(FASTEST, max(SLOWEST, (profile.tempo.low + profile.tempo.high) // 2))
    starts = _strokes(profile)
    walk = _walk(profile, len(starts))
    minor = _is_minor(profile)
    bar = 16 * sixteenth
    lines = tuple(
        _line(profile.stage_name, steps, starts, LEAD_S + number * bar, sixteenth, minor)
        for number, steps in enumerate((walk, [*(step + 1 for step in walk[:-1]), 0]))
    )
    span = SectionSpan(label="motif", start_s=0.0, end_s=LEAD_S + 2 * bar + TAIL_S, energy=0.5)
    return lines, span, 4 * sixteenth


def _strokes(profile: Profile) -> list[int]:
    """The 16ths of the bar the motif strikes: 3 to 5 of the artist's favourite cell."""
    for cell in (*profile.sound.rhythm_cells, _CELL):
        starts = [at for at, mark in enumerate(cell[:16]) if mark == "x"]
        if len(starts) >= _FEWEST and starts[0] < 4:
            return starts[:_MOST]
    raise AssertionError("the last cell always fits")


def _walk(profile: Profile, count: int) -> list[int]:
    """Scale steps from the tonic: the artist's turn, over and over, kept within a sixth of home."""
    turns = profile.sound.turns or (_TURN,)
    moves = [move for place in range(count) for move in turns[place % len(turns)]]
    return [max(-5, min(5, step)) for step in accumulate(moves[: count - 1], initial=0)]


def _is_minor(profile: Profile) -> bool:
    """Whether most of the artist's favourite progressions begin and turn on minor chords."""
    chords = " ".join(profile.sound.progressions).split()
    return 2 * sum(chord[:1].islower() for chord in chords) > len(chords)


def _line(
    name: str, steps: list[int], starts: list[int], at: float, sixteenth: float, minor: bool
) -> SungLine:
    ends = [*starts[1:], 16]
    notes = [
        MelodyNote(
            start_s=round(at + start * sixteenth, 4),
            end_s=round(at + end * sixteenth - 0.02, 4),
            pitch=_pitch(step, minor=minor),
            section=0,
            line=0,
            syllable=number,
        )
        for number, (step, start, end) in enumerate(zip(steps, starts, ends, strict=True))
    ]
    return SungLine(text=name, syllables=_syllables(name, notes))


def _pitch(step: int, *, minor: bool) -> int:
    octave, degree = divmod(step, 7)
    return HOME + 12 * octave + _SCALES[minor][degree]


def _syllables(name: str, notes: list[MelodyNote]) -> tuple[SungSyllable, ...]:
    """The name's syllables on the notes, one each, from the beginning again where notes are left; the last
    one takes what its word lacks."""
    spoken = [word for word in words_of(name) if re.search(r"\w", word)] or ["la"]
    found: list[SungSyllable] = []
    turn = 0
    while len(found) < len(notes):
        word = spoken[turn % len(spoken)]
        turn += 1
        size = min(max(1, count_word(word)), len(notes) - len(found))
        for place in range(size):
            note = notes[len(found)]
            # The mouth reads the whole word from its first syllable.
            found.append(
                SungSyllable(text=word if place == 0 else "", notes=(note,), ends_word=place == size - 1)
            )
    return tuple(found)
