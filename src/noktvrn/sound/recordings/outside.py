"""What a song from outside is to the house: one 44.1 kHz stereo float WAV, and a time-line by ear."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from noktvrn.kernel.errors import Invalid, Refused
from noktvrn.model.song import SongPlan
from noktvrn.model.sound import Timeline
from noktvrn.sound.files.wav import write_float_wav
from noktvrn.sound.recordings.decoding import RATE, Limits, decoded
from noktvrn.sound.recordings.hearing import timeline_of
from noktvrn.sound.theory import key_name

LIMITS = Limits(shortest_s=3.0, longest_s=720.0)
"""The shortest song that can be measured, and the longest the house makes."""


SAME_TEMPO = 0.02


@dataclass(frozen=True, slots=True)
class OutsideSong:
    """The song as `mix.wav`, where everything in it is heard, and whether it came through a lossy codec."""

    path: Path
    timeline: Timeline
    lossy: bool


def outside_song(path: Path, folder: Path, ffmpeg: Callable[[], Path], plan: SongPlan) -> OutsideSong:
    """Brings a song a service made into the house's form, in `folder`; the same file, the same bytes.

    The plan's tempo and key stand where none can be heard; of two tempi an octave apart, which any pulse can
    be counted in, the plan's is taken.

    Raises:
        Refused: it is no song: it does not decode, is silent, or not 3 to 720 s long.
        Unavailable: only ffmpeg could read it, and there is none.
    """
    try:
        song = decoded(path, folder, ffmpeg, LIMITS)
        heard = timeline_of(
            song.audio,
            RATE,
            usual_bpm=plan.tempo_bpm,
            usual_key=key_name(plan.tonic, plan.mode),
            meter=plan.meter,
        )
    except Invalid as error:
        raise Refused(
            f"What came is no song: {error.message}",
            code="recording.unusable",
            hint="Another take is a new order.",
        ) from error
    out = folder / "mix.wav"
    write_float_wav(out, song.audio, RATE)
    return OutsideSong(out, counted_as(heard, plan.tempo_bpm), song.lossy)


def counted_as(heard: Timeline, asked_bpm: float) -> Timeline:
    """The time-line counted twice or half as fast where that is the tempo that was asked for."""
    if _near(2 * heard.tempo_bpm, asked_bpm):
        beats, downbeats, bpm = _halved(heard.beats), _halved(heard.downbeats), 2 * heard.tempo_bpm
    elif _near(heard.tempo_bpm / 2, asked_bpm):
        bpm = heard.tempo_bpm / 2
        downbeats = heard.downbeats[::2]
        first = heard.beats.index(downbeats[0]) % 2 if downbeats and downbeats[0] in heard.beats else 0
        beats = heard.beats[first::2]
    else:
        return heard
    return heard.model_copy(update={"tempo_bpm": bpm, "beats": beats, "downbeats": downbeats})


def _near(one: float, other: float) -> bool:
    return abs(one / other - 1) <= SAME_TEMPO


def _halved(marks: tuple[float, ...]) -> tuple[float, ...]:
    """The marks with one in the middle of every two."""
    between = [round((one + other) / 2, 3) for one, other in pairwise(marks)]
    return tuple(sorted((*marks, *between)))
