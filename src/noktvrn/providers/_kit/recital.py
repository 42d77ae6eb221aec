"""Spoken words on the tune's clock: a line is ordered, and laid where its first note is sung.

Every line is an order, and a ticket, of its own: services take one text a call, a crash costs the line that
was under way and no other, and a line that comes back (a chorus) is the same order and is paid once. No line
is longer than the gap until the next one: it is asked for faster where its syllables need it, once more if
that was not enough, and faded out at the end of the gap as the last resort.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from noktvrn.kernel.errors import Invalid
from noktvrn.outbound.jobs.nouns import Delivery
from noktvrn.roles.composer import StemFile
from noktvrn.roles.singer import SingingRequest, SungLine
from noktvrn.sound.files.wav import write_float_wav
from noktvrn.sound.recordings.decoding import RATE, Limits, decoded
from noktvrn.sound.voice.phrase import stereo

Samples = NDArray[np.float32]

SYLLABLES_PER_S = 4.5
"""How fast people read verse aloud; services speak about so at speed 1."""
BREATH_S = 0.06
"""Silence that is left before the next line."""
PEAK = 0.7
FADE_S = 0.08
LONGEST_LINE = 1000
LIMITS = Limits(shortest_s=0.02, longest_s=120.0)
_HEARD = 10 ** (-45 / 20)
_MARKUP = re.compile(r"[<>\[\]{}|*_#~^=\\/]+")
_MARGIN = 1.04


@dataclass(frozen=True, slots=True)
class Pace:
    """The speeds a service takes; 1 is its usual one."""

    slowest: float
    fastest: float

    def held(self, speed: float) -> float:
        """The nearest speed it takes, in hundredths."""
        return round(min(self.fastest, max(self.slowest, speed)), 2)


@dataclass(frozen=True, slots=True)
class Slot:
    """A line and its place: where it begins, and how long it may be, in seconds of the recording."""

    text: str
    start_s: float
    room_s: float
    syllables: int


@dataclass(frozen=True, slots=True)
class Speaker:
    """How a line is had: `said` orders a text at a speed, within `pace`."""

    said: Callable[[str, float], Delivery]
    pace: Pace
    ffmpeg: Callable[[], Path]


@dataclass(frozen=True, slots=True)
class Recital:
    """The stem, the tickets of its lines, and whether any of them came through a lossy codec."""

    stem: StemFile
    tickets: tuple[str, ...]
    lossy: bool


def recited(request: SingingRequest, speaker: Speaker) -> Recital:
    """All lines as one dry stem of the recording's length.

    Raises:
        Invalid: there is no word in the lines.
        LabelError: as ordering raises, and where what came is no sound.
    """
    places = slots(request)
    if not places:
        raise Invalid(
            "There is no word in these lines that can be spoken.",
            code="voice.no_words",
            hint="Sing with formant_singer, or write lyrics in letters.",
        )
    lines = [_line(slot, speaker, request.folder) for slot in places]
    frames = round(request.duration_s * RATE)
    track = np.zeros(frames, np.float32)
    for slot, line in zip(places, lines, strict=True):
        first = min(frames, round(slot.start_s * RATE))
        piece = line.samples[: frames - first]
        track[first : first + piece.size] += piece
    loudest = float(np.abs(track).max(initial=0.0))
    if loudest > 0:
        track *= np.float32(PEAK / loudest)
    path = request.folder / "vocals.wav"
    write_float_wav(path, stereo(track), RATE)
    tickets = tuple(dict.fromkeys(line.ticket for line in lines))
    return Recital(StemFile(name="vocals", path=path), tickets, any(line.lossy for line in lines))


def slots(request: SingingRequest) -> tuple[Slot, ...]:
    """The lines that can be spoken, in time, each with the room until the next one or the end."""
    lines = sorted(request.lines, key=_start)
    starts = [*map(_start, lines), request.duration_s + BREATH_S]
    return tuple(_slots(lines, starts))


def _slots(lines: list[SungLine], starts: list[float]) -> Iterator[Slot]:
    for line, (start, after) in zip(lines, pairwise(starts), strict=True):
        text = spoken_text(line.text)
        room = after - start - BREATH_S
        if text and room > 2 * FADE_S:
            yield Slot(text, start, room, len(line.syllables))


def spoken_text(written: str) -> str:
    """A line as it is handed to a voice: no sign that a service could read as an order; empty where nothing
    is left that can be spoken."""
    text = " ".join(_MARKUP.sub(" ", written).split())[:LONGEST_LINE]
    return text if any(sign.isalnum() for sign in text) else ""


def _start(line: SungLine) -> float:
    return min(note.start_s for syllable in line.syllables for note in syllable.notes)


@dataclass(frozen=True, slots=True)
class _Line:
    samples: Samples
    ticket: str
    lossy: bool


def _line(slot: Slot, speaker: Speaker, folder: Path) -> _Line:
    """The line, no longer than its slot."""
    speed = speaker.pace.held(max(1.0, slot.syllables / SYLLABLES_PER_S / slot.room_s))
    line = _had(slot.text, speed, speaker, folder)
    seconds = line.samples.size / RATE
    faster = speaker.pace.held(speed * _MARGIN * seconds / slot.room_s)
    if seconds > slot.room_s and faster > speed:
        line = _had(slot.text, faster, speaker, folder)
    return _Line(_faded(line.samples, round(slot.room_s * RATE)), line.ticket, line.lossy)


def _had(text: str, speed: float, speaker: Speaker, folder: Path) -> _Line:
    delivery = speaker.said(text, speed)
    sound = decoded(delivery.files[0].path, folder, speaker.ffmpeg, LIMITS)
    mono = sound.audio.mean(axis=0, dtype=np.float32)
    loud = np.flatnonzero(np.abs(mono) >= _HEARD * np.abs(mono).max())
    return _Line(mono[loud[0] : loud[-1] + 1], delivery.ticket_id, sound.lossy)


def _faded(samples: Samples, most: int) -> Samples:
    if samples.size <= most:
        return samples
    cut = samples[:most].copy()
    fade = min(most, round(FADE_S * RATE))
    cut[-fade:] *= np.linspace(1.0, 0.0, fade, dtype=np.float32)
    return cut
