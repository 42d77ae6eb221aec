"""The exact time-line of a score on the recording's own clock."""

from __future__ import annotations

import numpy as np

from noktvrn.model.song import SongPlan, quarters_per_beat
from noktvrn.model.sound import ChordSpan, SectionSpan, Timeline
from noktvrn.sound.composition.meter import Meter
from noktvrn.sound.score import Score
from noktvrn.sound.theory import key_name, uses_flats


def timeline(score: Score, plan: SongPlan) -> Timeline:
    """Beats, downbeats, sections and chords in seconds from the first sample; the last section and chord
    include the tail."""
    duration = score.samples / 44_100
    flats = uses_flats(plan.tonic, plan.mode)
    spans = [(s.label, score.seconds(s.start), score.seconds(s.end), s.energy) for s in score.sections]
    sections = [
        SectionSpan(
            label=label,
            start_s=0.0 if i == 0 else start,
            end_s=end if i < len(spans) - 1 else duration,
            energy=energy,
        )
        for i, (label, start, end, energy) in enumerate(spans)
    ]
    chords = [
        ChordSpan(
            name=c.chord.name(flats=flats),
            start_s=score.seconds(c.start),
            end_s=score.seconds(c.start + c.length),
        )
        for c in score.chords
    ]
    chords[-1] = chords[-1].model_copy(update={"end_s": duration})
    return Timeline(
        duration_s=duration,
        tempo_bpm=plan.tempo_bpm,
        key=key_name(plan.tonic, plan.mode),
        meter=plan.meter,
        beats=tuple(map(score.seconds, felt_beats(score))),
        downbeats=tuple(
            score.seconds(float(b)) for b in np.arange(0.0, score.beats - 1e-6, score.beats_per_bar)
        ),
        sections=tuple(sections),
        chords=tuple(_merged(chords)),
    )


def felt_beats(score: Score) -> list[float]:
    """Where a listener taps, in quarters: dotted quarters in compound meters, quarters in simple ones, the
    groups of the pulse where eighths are counted unevenly (7/8)."""
    count, unit = score.meter
    if unit != 8 or count % 3 == 0:
        return [float(beat) for beat in np.arange(0.0, score.beats - 1e-6, quarters_per_beat(score.meter))]
    return [start for start, _ in Meter(score.pulse).pulses(0.0, score.beats)]


def _merged(chords: list[ChordSpan]) -> list[ChordSpan]:
    """Equal neighbours as one span."""
    merged: list[ChordSpan] = []
    for span in chords:
        if merged and merged[-1].name == span.name:
            merged[-1] = merged[-1].model_copy(update={"end_s": span.end_s})
        else:
            merged.append(span)
    return merged
