"""The critic's ear for a record: its songs played one after the other, as a listener of the whole hears them.

Each song has passed the critic by itself. What is judged here no single song shows: the loudness of the whole
(BS.1770-4 gating over all of it, as a player in album mode measures), whether the songs keep the levels their
arc gave them, and whether two of them are too much alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np

from noktvrn.model.finding import Finding, Report, Severity
from noktvrn.model.record import SongPlace
from noktvrn.model.track import Track
from noktvrn.sound.analysis import fingerprint, loudness
from noktvrn.sound.files import flac

WHOLE_TOLERANCE_LU = 0.7
PLACE_TOLERANCE_LU = 0.7
"""A master meets its own target within 0.3 LU."""
RULES = 4


@dataclass(frozen=True, slots=True)
class Heard:
    """A song of the record: where it stands, its recording, and the file of its master."""

    number: int
    place: SongPlace
    track: Track
    path: Path


def examine_record(songs: Sequence[Heard], *, target_lufs: float) -> Report:
    """What is found of the songs in their order; `target_lufs` is the loudness of the record as a whole.

    Raises:
        LabelError: a master does not decode.
    """
    powers = [_powers(song.path) for song in songs]
    whole = loudness.integrated(np.concatenate(powers))
    findings = [*_whole(whole, target_lufs), *_places(songs, target_lufs), *_alike(songs), *_titles(songs)]
    return Report(subject="record", checked=RULES, findings=tuple(findings))


def _powers(path: Path) -> loudness.Figures:
    audio, rate = flac.read_audio(path)
    return loudness.powers_of(audio, rate)


def _whole(lufs: float, target: float) -> Iterator[Finding]:
    off = abs(lufs - target) > WHOLE_TOLERANCE_LU
    yield Finding(
        rule="record.loudness",
        severity=Severity.WARNING if off else Severity.INFO,
        message=f"The record as a whole has {lufs:.1f} LUFS.",
        hint="Master its songs again: their levels do not add up." if off else "",
        measured=round(lufs, 2),
        limit=target,
    )


def _places(songs: Sequence[Heard], target: float) -> Iterator[Finding]:
    for song in songs:
        wanted, got = target + song.place.level_lu, song.track.figures.integrated_lufs
        if abs(got - wanted) > PLACE_TOLERANCE_LU:
            yield Finding(
                rule="record.place",
                severity=Severity.WARNING,
                message=f'Song {song.number}, "{song.track.title}", is not as loud as its place asks for.',
                hint="Listen to its neighbours with it.",
                measured=round(got, 2),
                limit=round(wanted, 2),
            )


def _alike(songs: Sequence[Heard]) -> Iterator[Finding]:
    """Songs of one record share a motif; they are not each other's copies (store rule 86)."""
    for one, other in combinations(songs, 2):
        likeness = fingerprint.similarity(one.track.figures.fingerprint, other.track.figures.fingerprint)
        if likeness >= fingerprint.NEAR:
            yield Finding(
                rule="record.alike",
                severity=Severity.WARNING,
                message=f'"{one.track.title}" and "{other.track.title}" are very much alike.',
                hint="Listen to both.",
                measured=round(likeness, 3),
                limit=fingerprint.NEAR,
            )


def _titles(songs: Sequence[Heard]) -> Iterator[Finding]:
    called = [song.track.title.casefold() for song in songs]
    for title in sorted({title for title in called if called.count(title) > 1}):
        yield Finding(
            rule="record.titles",
            severity=Severity.ERROR,
            message=f"Two songs are called {title!r}.",
            hint="Give one of them another title.",
        )
