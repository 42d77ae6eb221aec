"""The sound identity of an artist and the exact time-line of a composed song."""

from __future__ import annotations

from pydantic import Field

from noktvrn.model.noun import Noun


class SoundIdentity(Noun):
    """A seeded signature: what makes two artists of one genre measurably different."""

    seed: int
    style: str = Field(description="id of a style of the embedded engine")
    swing: float = Field(
        default=0.0, ge=0.0, le=0.75, description="delay of off-beat 16ths, in parts of a 16th"
    )
    detune_cents: float = Field(default=8.0, ge=0.0, le=40.0)
    brightness: float = Field(default=0.0, ge=-1.0, le=1.0, description="tilt of patches and bus EQ")
    drive: float = Field(default=0.2, ge=0.0, le=1.0)
    space: float = Field(default=0.4, ge=0.0, le=1.0, description="reverb amount")
    progressions: tuple[str, ...] = Field(default=(), description="favourite progressions, roman numerals")
    rhythm_cells: tuple[str, ...] = Field(default=(), description="motif rhythms, x and - per 16th")
    turns: tuple[tuple[int, ...], ...] = Field(
        default=(), description="openings of tunes this artist comes back to, as moves in scale steps"
    )
    tessitura: float = Field(
        default=0.0, ge=-1.0, le=1.0, description="how high in a part's range tunes lie, +-1 a third"
    )
    drummer_ms: float = Field(
        default=0.0, ge=-12.0, le=12.0, description="how far behind (+) or ahead of the beat the kit plays"
    )
    fills: float = Field(default=0.5, ge=0.0, le=1.0, description="how busy fills are")
    grooves: tuple[str, ...] = Field(default=(), description="favourite grooves of the style, by name")


class SectionSpan(Noun):
    """A section of a song in seconds. `energy` is 0..1."""

    label: str
    start_s: float
    end_s: float
    energy: float = Field(ge=0, le=1)


class ChordSpan(Noun):
    """A chord in seconds, named as on a lead sheet (`Am7`)."""

    name: str
    start_s: float
    end_s: float


class Timeline(Noun):
    """Where everything is, exactly, because we composed it. All times in seconds from the first sample."""

    duration_s: float
    tempo_bpm: float
    key: str
    meter: tuple[int, int] = (4, 4)
    beats: tuple[float, ...]
    downbeats: tuple[float, ...]
    sections: tuple[SectionSpan, ...]
    chords: tuple[ChordSpan, ...]


class MelodyNote(Noun):
    """A note of the tune as composed, in seconds: `pitch` is a MIDI number; section, line and syllable are
    counted from 0 and say what it sings."""

    start_s: float = Field(ge=0)
    end_s: float
    pitch: int = Field(ge=0, le=127)
    velocity: float = Field(default=0.8, ge=0, le=1)
    section: int = Field(ge=0)
    line: int = Field(ge=0)
    syllable: int = Field(ge=0)


class TimedWord(Noun):
    """A word of the lyrics and when it is sung or would be sung, in seconds."""

    text: str
    start_s: float
    end_s: float


class TimedLine(Noun):
    """A line of the lyrics with its words in time."""

    section: str
    words: tuple[TimedWord, ...]

    @property
    def text(self) -> str:
        """The line as written."""
        return " ".join(word.text for word in self.words)


class ScoreFigures(Noun):
    """What can be counted on a score before anything sounds: no model and no weights."""

    chord_tone_rate: float = Field(ge=0, le=1, description="notes of the tune on strong beats in the chord")
    motif_recurrence: float = Field(ge=0, le=1, description="bars of the tune that bring a motif back")
    groove: float = Field(ge=0, le=1, description="likeness of each bar's strokes to the bar before it")
    pitch_class_entropy: float = Field(ge=0, le=3.59, description="bits, of the tune's twelve pitch classes")
    repeated_blocks: tuple[int, ...] = Field(
        default=(), description="first bars of 8-bar blocks that are played again at once, note for note"
    )
    chord_tone_rate_overall: float = Field(default=0.0, ge=0, le=1, description="the same of all its notes")
    range_semitones: int = Field(default=0, ge=0, description="widest reach of the tune within one section")
    step_share: float = Field(default=0.0, ge=0, le=1, description="its moves of one or two semitones")
    leap_share: float = Field(default=0.0, ge=0, le=1, description="its moves wider than a fourth")
    empty_beat_rate: float = Field(default=0.0, ge=0, le=1, description="felt beats in which nobody plays")
    syncopation: float = Field(
        default=0.0, ge=0, le=1, description="notes of the tune that outlast a stronger place than their own"
    )
