"""The song plan, which every engine and every lyric follows, and the words that fit it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from noktvrn.model.noun import Noun

SectionLabel = Literal[
    "intro", "verse", "prechorus", "chorus", "bridge", "drop", "breakdown", "interlude", "outro"
]


def _unset(value: object) -> bool:
    """What only songs of a record are asked for is left out of the data of every other plan."""
    return not value


def quarters_per_beat(meter: tuple[int, int]) -> float:
    """Quarters in one felt beat: a dotted quarter in compound meters (3/8, 6/8, 12/8), else a quarter."""
    count, unit = meter
    return 1.5 if unit == 8 and count % 3 == 0 else 1.0


class SectionPlan(Noun):
    """One section. `syllables` has one number per lyric line; `rhyme` one letter per line (`ABAB`)."""

    label: SectionLabel
    bars: int = Field(ge=1, le=64)
    energy: float = Field(ge=0, le=1)
    syllables: tuple[int, ...] = ()
    rhyme: str = ""


class SongPlan(Noun):
    """Form, bars, tempo, key and syllables per line: made first, obeyed by words, melody and engines."""

    genre: str
    style: str = Field(description="id of a style of the embedded engine")
    tempo_bpm: float = Field(
        ge=40, le=220, description="felt beats a minute: in compound meters dotted quarters"
    )
    tonic: int = Field(ge=0, le=11, description="pitch class, 0 is C")
    mode: str = Field(description="major, minor, dorian, phrygian, lydian, mixolydian")
    meter: tuple[int, int] = (4, 4)
    sections: tuple[SectionPlan, ...] = Field(min_length=2)
    seed: int
    tail_s: float = Field(default=4.0, ge=1.0, le=12.0, description="ring and fade after the last bar")
    opening: tuple[int, ...] = Field(
        default=(), exclude_if=_unset, description="how the tune has to begin, as moves in scale steps"
    )
    cell: str = Field(
        default="", exclude_if=_unset, description="the rhythm it has to begin in, x and - per 16th"
    )

    @property
    def bars(self) -> int:
        """How many bars the song has."""
        return sum(section.bars for section in self.sections)

    @property
    def quarters_per_minute(self) -> float:
        """The tempo in quarters, which scores and files count in."""
        return self.tempo_bpm * quarters_per_beat(self.meter)

    @property
    def quarters_per_bar(self) -> float:
        """Length of a bar in quarters."""
        count, unit = self.meter
        return count * 4.0 / unit

    @property
    def bar_s(self) -> float:
        """Length of a bar in seconds."""
        return self.quarters_per_bar * 60.0 / self.quarters_per_minute

    @property
    def duration_s(self) -> float:
        """Length in seconds without the tail that rings out."""
        return self.bars * self.bar_s


class LyricSection(Noun):
    """The words of one section, one string a line."""

    label: SectionLabel
    lines: tuple[str, ...]


class Lyrics(Noun):
    """The words of a song. `human_lines` are a person's own and are never rewritten."""

    title: str
    language: str = "en"
    sections: tuple[LyricSection, ...]
    hook: str = Field(description="the line the chorus turns on")
    human_lines: tuple[str, ...] = ()
    explicit: bool = False
    writer: str = "procedural_writer"

    @property
    def by_a_person(self) -> bool:
        """Whether every line is a person's own."""
        lines = [line for section in self.sections for line in section.lines]
        return bool(lines) and set(lines) <= set(self.human_lines)

    @property
    def text(self) -> str:
        """The words as people read them: sections apart by an empty line, no labels."""
        return "\n\n".join("\n".join(section.lines) for section in self.sections if section.lines)
