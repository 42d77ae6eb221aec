"""Form: the plan's sections on the bar grid."""

from __future__ import annotations

from collections import Counter

from noktvrn.model.song import SongPlan
from noktvrn.sound.score import Section
from noktvrn.sound.style import PartStyle

PEAKS = ("chorus", "drop")
"""Labels of the sections a song works towards."""


def plays(part: PartStyle, section: Section) -> bool:
    """Whether the part plays in the section at all. By the outro, a part that comes later has come."""
    named = "all" in part.play or section.label in part.play
    return named and not (part.later and section.turn == 0 and section.label != "outro")


def lay_out(plan: SongPlan) -> tuple[Section, ...]:
    """The plan's sections with their beats, in order."""
    totals = Counter(section.label for section in plan.sections)
    turns: Counter[str] = Counter()
    sections: list[Section] = []
    start, bar = 0.0, plan.quarters_per_bar
    for index, planned in enumerate(plan.sections):
        turn = turns[planned.label]
        turns[planned.label] += 1
        last = turns[planned.label] == totals[planned.label]
        length = planned.bars * bar
        sections.append(
            Section(
                index,
                planned.label,
                start,
                length,
                planned.bars,
                planned.energy,
                turn,
                last,
                planned.syllables,
                planned.rhyme,
            )
        )
        start += length
    return tuple(sections)
