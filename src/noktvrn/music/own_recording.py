"""A person's own recording: decoded within limits, and read for what films and checks need to know of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from noktvrn.kernel.seeds import derive_seed
from noktvrn.model.song import SectionLabel, SectionPlan, SongPlan
from noktvrn.model.sound import SectionSpan, Timeline
from noktvrn.sound.files import flac
from noktvrn.sound.recordings.decoding import RATE, Limits, decoded
from noktvrn.sound.recordings.hearing import timeline_of, tonic_and_mode

LIMITS = Limits(shortest_s=30.0, longest_s=720.0)
MAX_BYTES = 1 << 30


@dataclass(frozen=True)
class Decoded:
    """The recording as 24-bit FLAC at 44.1 kHz stereo, and whether it came through a lossy codec."""

    path: Path
    duration_s: float
    lossy: bool


def decode(path: Path, folder: Path, ffmpeg: Callable[[], Path]) -> Decoded:
    """Brings a sound file into the house's form, in `folder`.

    Raises:
        Invalid: no sound file, not one or two channels, a rate nobody uses, silent, or not 30 to 720 s long.
        Unavailable: only ffmpeg could read it, and there is none.
    """
    song = decoded(path, folder, ffmpeg, LIMITS)
    out = folder / "own.flac"
    flac.write_flac(out, flac.chunks(song.audio), RATE, 24, derive_seed(0, "dither", "own"))
    return Decoded(out, song.duration_s, song.lossy)


@dataclass(frozen=True)
class Heard:
    """What was read off a recording: a plan it would have followed, and its time-line."""

    plan: SongPlan
    timeline: Timeline


def read(path: Path, *, genre: str, style: str, seed: int) -> Heard:
    """Tempo, beats, key and sections of a decoded recording, as the house's analysis hears them.

    Where no pulse or no key is heard, 120 BPM and C major stand in, which nothing but films counts by.
    """
    timeline = timeline_of(*flac.read_audio(path))
    tonic, mode = tonic_and_mode(timeline.key)
    bar_s = 4 * 60.0 / timeline.tempo_bpm
    planned = [_planned(span, bar_s) for span in timeline.sections]
    plan = SongPlan(
        genre=genre,
        style=style,
        tempo_bpm=timeline.tempo_bpm,
        tonic=tonic,
        mode=mode,
        sections=tuple(planned if len(planned) > 1 else planned * 2),
        seed=seed,
    )
    return Heard(plan, timeline)


def _planned(span: SectionSpan, bar_s: float) -> SectionPlan:
    label: SectionLabel = "chorus" if span.label == "chorus" else "verse"
    bars = min(64, max(1, round((span.end_s - span.start_s) / bar_s)))
    return SectionPlan(label=label, bars=bars, energy=span.energy)
