"""The score: what is played, in beats, before anything sounds."""

from __future__ import annotations

from dataclasses import dataclass, field

from noktvrn.sound.theory import Chord

RATE = 44_100
"""Samples per second of everything the engine renders."""

PRE_ROLL_S = 0.04
"""Silence before the first beat, so that humanised notes and attacks have room."""


@dataclass(frozen=True, slots=True)
class Note:
    """A note: start and length in beats (quarters), MIDI pitch, velocity 0..1, and a nudge in
    milliseconds."""

    start: float
    length: float
    pitch: int
    velocity: float
    nudge_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class SungNote:
    """A note of the tune that carries a syllable: where in beats, MIDI pitch, velocity 0..1, and which
    syllable of which line of which section (all counted from 0) it sings."""

    start: float
    length: float
    pitch: int
    velocity: float
    section: int
    line: int
    syllable: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A stroke of the kit voice called `voice` (`kick`, `snare`, ...)."""

    start: float
    voice: str
    velocity: float
    nudge_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Gesture:
    """An effect between the notes, its length in beats: `riser`, `downlifter`, `impact`, `reverse`,
    `passing`, `texture`."""

    start: float
    length: float
    kind: str
    level: float


@dataclass(frozen=True, slots=True)
class ChordSlot:
    """A chord and where it sounds, in beats."""

    start: float
    length: float
    chord: Chord


@dataclass(frozen=True, slots=True)
class Section:
    """A section on the bar grid. `turn` counts the sections of this label from 0; `last` marks its last
    one."""

    index: int
    label: str
    start: float
    length: float
    bars: int
    energy: float
    turn: int
    last: bool
    syllables: tuple[int, ...]
    rhyme: str

    @property
    def end(self) -> float:
        """Where it ends, in beats."""
        return self.start + self.length


@dataclass(frozen=True, slots=True)
class Score:
    """A whole song. Parts are keyed by their name in the style; beats are quarters in every meter, counted
    from the first downbeat, and `tempo_bpm` is quarters a minute. `meter` is as written (6/8 is (6, 8)),
    `pulse` the sixteenths of each group a bar is felt in, `swing` the delay its off-beats already have."""

    tempo_bpm: float
    beats_per_bar: float
    beats: float
    tail_s: float
    sections: tuple[Section, ...]
    chords: tuple[ChordSlot, ...]
    parts: dict[str, tuple[Note, ...]]
    hits: tuple[Hit, ...]
    gestures: tuple[Gesture, ...] = field(default=())
    sung: tuple[SungNote, ...] = field(default=())
    meter: tuple[int, int] = (4, 4)
    pulse: tuple[int, ...] = (4, 4, 4, 4)
    swing: float = 0.0
    swing_unit: int = 16

    @property
    def beat_s(self) -> float:
        """Seconds of one beat."""
        return 60.0 / self.tempo_bpm

    @property
    def duration_s(self) -> float:
        """Length of the recording, pre-roll and tail included."""
        return PRE_ROLL_S + self.beats * self.beat_s + self.tail_s

    @property
    def samples(self) -> int:
        """Length of the recording in samples."""
        return round(self.duration_s * RATE)

    def seconds(self, beat: float) -> float:
        """Where a beat lies on the recording's clock."""
        return PRE_ROLL_S + beat * self.beat_s

    def sample(self, beat: float, nudge_ms: float = 0.0) -> int:
        """The sample a beat falls on, never before the first one."""
        return max(0, round((self.seconds(beat) + nudge_ms / 1000.0) * RATE))

    def section_at(self, beat: float) -> Section:
        """The section that sounds at a beat; the last one from its end on."""
        return next((s for s in self.sections if beat < s.end - 1e-9), self.sections[-1])
