"""Figures of a score: what can be counted on paper, without a model.

The tune is what the parts of lines `melody` and `hook` play, in order. Sources: pitch-class entropy,
empty-beat rate and range as MusPy 0.5 defines them (Dong et al., ISMIR 2020); likeness of grooves after Wu
and Yang, "The Jazz Transformer on the Front Line" (ISMIR 2020), section 4; shares of moves after the
pitch-interval figures of MGEval (Yang and Lerch, 2018); syncopation after Longuet-Higgins and Lee (Music
Perception 1, 1984).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from noktvrn.model.song import SongPlan
from noktvrn.model.sound import ScoreFigures
from noktvrn.sound.composition.harmony import chord_at
from noktvrn.sound.composition.meter import Meter
from noktvrn.sound.composition.pattern import STEP
from noktvrn.sound.composition.timeline import felt_beats
from noktvrn.sound.composition.variation import repeated_blocks
from noktvrn.sound.score import Note, Score
from noktvrn.sound.style import load_style

_MOTIF = 4
"""Notes of the shortest thing that counts as coming back."""

_LEAP = 5
"""Semitones of a fourth."""

Struck = tuple[int, Note]
"""A note of the tune and the sixteenth it falls on, swing taken out."""


def figures(score: Score, plan: SongPlan) -> ScoreFigures:
    """The figures of a score composed from a plan; all zero where there is no tune.

    Raises:
        NotFound: the plan's style does not exist.
    """
    meter = Meter(score.pulse)
    names = [part.name for part in load_style(plan.style).parts if part.line in ("melody", "hook")]
    tune = tune_of(score, names, meter)
    strong = [(step, note) for step, note in tune if meter.strong(step * STEP)]
    moves = [abs(b.pitch - a.pitch) for (s, a), (t, b) in pairwise(tune) if t - s <= meter.steps]
    return ScoreFigures(
        chord_tone_rate=_chord_tones(score, strong),
        chord_tone_rate_overall=_chord_tones(score, tune),
        motif_recurrence=_recurrence(tune, meter),
        groove=_groove(score, meter),
        pitch_class_entropy=_entropy([note.pitch % 12 for _, note in tune]),
        repeated_blocks=tuple(round(beat / score.beats_per_bar) for beat in repeated_blocks(score)),
        range_semitones=_range(score, tune),
        step_share=_share([1 <= move <= 2 for move in moves]),
        leap_share=_share([move > _LEAP for move in moves]),
        empty_beat_rate=_empty(score),
        syncopation=_share(_outlasts(tune, meter)),
    )


def tune_of(score: Score, names: Sequence[str], meter: Meter) -> list[Struck]:
    """The tune's notes by the sixteenth they fall on, the highest where two fall together."""
    struck: dict[int, Note] = {}
    for note in (note for name in names for note in score.parts.get(name, ())):
        step = round(meter.straight(note.start, score.swing, score.swing_unit) / STEP)
        if step not in struck or struck[step].pitch < note.pitch:
            struck[step] = note
    return sorted(struck.items())


def _share(found: Sequence[bool]) -> float:
    return round(sum(found) / len(found), 4) if found else 0.0


def _chord_tones(score: Score, tune: Sequence[Struck]) -> float:
    """Share of the notes whose pitch class the chord of their sixteenth has."""
    chords = [chord_at(score.chords, step * STEP).chord.pitch_classes for step, _ in tune]
    return _share([note.pitch % 12 in tones for (_, note), tones in zip(tune, chords, strict=True)])


def _recurrence(tune: Sequence[Struck], meter: Meter) -> float:
    """Share of the bars of the tune, three strokes or more in each, whose rhythm and direction of moves come
    back in another bar of the song."""
    bars: dict[int, list[Struck]] = {}
    for step, note in tune:
        bars.setdefault(step // meter.steps, []).append((step % meter.steps, note))
    shapes = {
        bar: (tuple(step for step, _ in notes), _directions([note.pitch for _, note in notes]))
        for bar, notes in bars.items()
        if len(notes) >= _MOTIF - 1
    }
    known = Counter(shapes.values())
    return _share([known[shape] > 1 for shape in shapes.values()])


def _directions(pitches: Sequence[int]) -> tuple[int, ...]:
    return tuple((b > a) - (b < a) for a, b in pairwise(pitches))


def _groove(score: Score, meter: Meter) -> float:
    """1 minus the mean share of sixteenths on which one bar strikes and its neighbour does not; bars of all
    parts and the kit, those without a stroke left out."""
    bars: dict[int, set[int]] = {}
    starts = [n.start for notes in score.parts.values() for n in notes] + [h.start for h in score.hits]
    for beat in starts:
        step = round(meter.straight(beat, score.swing, score.swing_unit) / STEP)
        bars.setdefault(step // meter.steps, set()).add(step % meter.steps)
    apart = [len(bars[bar] ^ bars[bar + 1]) / meter.steps for bar in bars if bar + 1 in bars]
    return round(1.0 - sum(apart) / len(apart), 4) if apart else 0.0


def _entropy(classes: Sequence[int]) -> float:
    """Bits: -sum(p log2 p) over the twelve pitch classes."""
    shares = [count / len(classes) for count in Counter(classes).values()]
    return round(-sum(share * math.log2(share) for share in shares) + 0.0, 4)


def _range(score: Score, tune: Sequence[Struck]) -> int:
    """Semitones of the widest section."""
    pitches: dict[int, list[int]] = {}
    for step, note in tune:
        pitches.setdefault(score.section_at(step * STEP).index, []).append(note.pitch)
    return max((max(found) - min(found) for found in pitches.values()), default=0)


def _empty(score: Score) -> float:
    """Share of the felt beats during which no note sounds and no stroke falls."""
    beats = [*felt_beats(score), score.beats]
    filled = [False] * (len(beats) - 1)
    spans = [(n.start, n.start + n.length) for notes in score.parts.values() for n in notes]
    for start, end in [*spans, *((hit.start, hit.start + STEP) for hit in score.hits)]:
        first = _index(beats, start)
        for place in range(first, len(filled)):
            if beats[place] >= end - 1e-6:
                break
            filled[place] = True
    return _share([not full for full in filled])


def _index(beats: Sequence[float], beat: float) -> int:
    """The beat that `beat` falls into."""
    low, high = 0, len(beats) - 1
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if beats[middle] <= beat + 1e-6 else (low, middle - 1)
    return low


def _outlasts(tune: Sequence[Struck], meter: Meter) -> list[bool]:
    """Whether each note, until the next one, passes a place stronger than its own, a felt beat or a bar."""
    found = []
    for (step, _), (following, _) in pairwise(tune):
        own = meter.weight(step * STEP)
        passed = range(step + 1, min(following, step + meter.steps))
        found.append(any(meter.weight(place * STEP) > max(own, 2) for place in passed) and own < 3)
    return found
