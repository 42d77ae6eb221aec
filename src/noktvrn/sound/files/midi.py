"""Standard MIDI File writer, format 1 (The Complete MIDI 1.0 Detailed Specification, RP-001)."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from noktvrn.model.song import quarters_per_beat
from noktvrn.sound.score import Hit, Note, Score

TICKS = 480
"""Ticks per quarter note."""

DRUM_KEYS = {
    "kick": 36, "snare": 38, "rim": 37, "clap": 39, "hat": 42, "open": 46, "ride": 51, "crash": 49, "tom": 45,
    "hightom": 48,
    "pedal": 44, "lowtom": 41, "shaker": 70, "tamb": 54, "conga": 63, "lowconga": 64, "bongo": 60,
    "cowbell": 56,
    "clave": 75, "timbale": 65, "brush": 40, "perc": 76, "guiro": 73, "block": 77,
}  # fmt: skip
"""General MIDI percussion keys of the kit voices."""

Event = tuple[int, int, bytes]
Played = TypeVar("Played", Note, Hit)


def write_midi(path: Path, score: Score, title: str) -> None:
    """Writes the score: a conductor track with tempo, meter and section markers, one named track a part,
    drums on
    channel 10. Times are the score's beats, humanising left out."""
    tracks = [_conductor(score, title)]
    channels = [channel for channel in range(16) if channel != 9]
    for number, (name, notes) in enumerate(sorted(score.parts.items())):
        tracks.append(_track(name, _note_events(notes, channels[number % len(channels)])))
    tracks.append(_track("drums", _hit_events(score.hits)))
    header = b"MThd" + struct.pack(">IHHH", 6, 1, len(tracks), TICKS)
    path.write_bytes(header + b"".join(tracks))


def performance(score: Score, program: int, *, notes: Sequence[Note] = (), hits: Sequence[Hit] = ()) -> bytes:
    """A file for a synthesiser: one part on channel 1 with `program`, or the kit on channel 10, as it is
    played, humanising included. It begins at the first beat."""
    channel = 9 if hits else 0
    played = _note_events([_nudged(note, score) for note in notes], channel)
    played += _hit_events([_nudged(hit, score) for hit in hits])
    start: Event = (0, -1, bytes([0xC0 | channel, program]))
    tracks = [_conductor(score, ""), _track("", [start, *played])]
    return b"MThd" + struct.pack(">IHHH", 6, 1, len(tracks), TICKS) + b"".join(tracks)


def _nudged(event: Played, score: Score) -> Played:
    return replace(event, start=event.start + event.nudge_ms / 1000.0 / score.beat_s)


def _conductor(score: Score, title: str) -> bytes:
    tempo = round(60_000_000 / score.tempo_bpm).to_bytes(3, "big")
    count, unit = score.meter
    clocks = round(24 * quarters_per_beat(score.meter))
    meter = bytes([count, unit.bit_length() - 1, clocks, 8])
    events: list[Event] = [(0, 0, _meta(0x51, tempo)), (0, 0, _meta(0x58, meter))]
    events += [(_ticks(s.start), 0, _meta(0x06, s.label.encode())) for s in score.sections]
    return _track(title, events)


def _note_events(notes: Sequence[Note], channel: int) -> list[Event]:
    events: list[Event] = []
    for note in notes:
        start, end = _ticks(note.start), max(_ticks(note.start) + 1, _ticks(note.start + note.length))
        events.append((start, 1, bytes([0x90 | channel, note.pitch, _velocity(note.velocity)])))
        events.append((end, 0, bytes([0x80 | channel, note.pitch, 0])))
    return events


def _hit_events(hits: Sequence[Hit]) -> list[Event]:
    events: list[Event] = []
    for hit in hits:
        key, start = DRUM_KEYS.get(hit.voice, 76), _ticks(hit.start)
        events.append((start, 1, bytes([0x99, key, _velocity(hit.velocity)])))
        events.append((start + TICKS // 8, 0, bytes([0x89, key, 0])))
    return events


def _track(name: str, events: Iterable[Event]) -> bytes:
    body, clock = bytearray(b"\x00" + _meta(0x03, name.encode())), 0
    for tick, _, message in sorted(events, key=lambda event: event[:2]):
        body += _variable(tick - clock) + message
        clock = tick
    body += b"\x00" + _meta(0x2F, b"")
    return b"MTrk" + struct.pack(">I", len(body)) + bytes(body)


def _meta(kind: int, data: bytes) -> bytes:
    return bytes([0xFF, kind]) + _variable(len(data)) + data


def _variable(number: int) -> bytes:
    """A variable-length quantity: seven bits a byte, the last one without the high bit."""
    digits = [number & 0x7F]
    while number := number >> 7:
        digits.append(number & 0x7F | 0x80)
    return bytes(reversed(digits))


def _ticks(beat: float) -> int:
    return max(0, round(beat * TICKS))


def _velocity(share: float) -> int:
    return min(127, max(1, round(share * 127)))
