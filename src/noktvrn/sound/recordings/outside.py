"""What a song from outside is to the house: one 44.1 kHz stereo float WAV, and a time-line by ear."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class OutsideSong:
    """The song as `mix.wav`, where everything in it is heard, and whether it came through a lossy codec."""

    path: Path
    timeline: Timeline
    lossy: bool


def outside_song(path: Path, folder: Path, ffmpeg: Callable[[], Path], plan: SongPlan) -> OutsideSong:
    """Brings a song a service made into the house's form, in `folder`; the same file, the same bytes.

    The plan's tempo and key stand where none can be heard.

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
    return OutsideSong(out, heard, song.lossy)
