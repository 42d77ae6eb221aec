"""What the words ask of the composition, and where the composition puts them."""

from __future__ import annotations

from noktvrn.model.song import Lyrics, LyricSection, SectionPlan, SongPlan
from noktvrn.model.sound import MelodyNote
from noktvrn.sound.score import Score
from noktvrn.words.division import sung_count

_MORE = 4
"""Syllables a line may have beyond its plan; a longer one shares notes instead of being rushed."""


def worded(plan: SongPlan, lyrics: Lyrics | None) -> SongPlan:
    """The plan with the syllables the lines really have, so that the tune fits the words.

    Sections whose words are not laid out as planned keep the plan's counts.
    """
    if lyrics is None:
        return plan
    written = iter(lyrics.sections)
    sections = [
        _counted(section, next(written, None), lyrics.language) if section.syllables else section
        for section in plan.sections
    ]
    return plan.model_copy(update={"sections": tuple(sections)})


def _counted(section: SectionPlan, words: LyricSection | None, language: str) -> SectionPlan:
    if words is None or len(words.lines) != len(section.syllables):
        return section
    counts = (sung_count(line, language) for line in words.lines)
    fitted = tuple(
        min(count, planned + _MORE) or planned
        for count, planned in zip(counts, section.syllables, strict=True)
    )
    return section.model_copy(update={"syllables": fitted})


def melody(score: Score) -> tuple[MelodyNote, ...]:
    """The tune with its syllables, in seconds of the recording."""
    return tuple(
        MelodyNote(
            start_s=score.seconds(note.start),
            end_s=min(score.seconds(note.start + note.length), score.duration_s),
            pitch=note.pitch,
            velocity=min(1.0, max(0.0, note.velocity)),
            section=note.section,
            line=note.line,
            syllable=note.syllable,
        )
        for note in score.sung
    )
