"""What video and teaser have in common: one order, and the way from it to a film with its captions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from noktvrn.film.captions import srt, vtt
from noktvrn.model.film import Cue, FilmKind
from noktvrn.model.look import VisualIdentity
from noktvrn.model.sound import TimedLine, Timeline
from noktvrn.roles.camera import Shot
from noktvrn.roles.filmmaker import Filmmaker, FilmRequest, Footage, Progress
from noktvrn.visuals.cues import spread_cues, sung_cues

FPS = 30


def _unheard(_share: float) -> None:
    """Nobody listens to the progress."""


@dataclass(frozen=True, slots=True)
class FilmOrder:
    """A song and everything a film of it is made from.

    Lines that are `sung` stand when they are sung; without any, `lines` are spread over the film. Without
    `shots` all of it is drawn.
    """

    audio: Path
    timeline: Timeline
    look: VisualIdentity
    artist_name: str
    title: str
    lines: Sequence[str]
    seed: int
    folder: Path
    comment: str = ""
    sung: Sequence[TimedLine] = ()
    shots: Sequence[Shot] = ()
    progress: Progress = field(default=_unheard)


@dataclass(frozen=True, slots=True)
class Window:
    """Which part of the song: `start_s` and `length_s`; captions stand between `first_s` and `last_s` of the
    film's own clock, at most `lines` of those that are spread."""

    start_s: float
    length_s: float
    first_s: float
    last_s: float
    lines: int | None = None


def make_film(
    filmmaker: Filmmaker, order: FilmOrder, window: Window, *, kind: FilmKind, size: tuple[int, int]
) -> tuple[Footage, tuple[Cue, ...]]:
    """The film and its cues; SubRip and WebVTT files are written beside it, under its name.

    Raises:
        Unavailable: no film can be made on this machine, or the disk is full.
    """
    cues = _cues(order, window)
    request = FilmRequest(
        kind=kind,
        audio=order.audio,
        timeline=order.timeline,
        look=order.look,
        artist_name=order.artist_name,
        title=order.title,
        cues=cues,
        start_s=window.start_s,
        duration_s=window.length_s,
        width=size[0],
        height=size[1],
        fps=FPS,
        seed=order.seed,
        comment=order.comment,
        shots=tuple(order.shots),
        folder=order.folder,
    )
    footage = filmmaker.film(request, order.progress)
    _write_captions(cues, footage.path)
    return footage, cues


def _cues(order: FilmOrder, window: Window) -> tuple[Cue, ...]:
    sung = sung_cues(order.sung, start_s=window.start_s, first_s=window.first_s, last_s=window.last_s)
    return sung or spread_cues(
        order.lines[: window.lines],
        order.timeline,
        start_s=window.start_s,
        duration_s=window.length_s,
        first_s=window.first_s,
        last_s=window.last_s,
    )


def _write_captions(cues: Sequence[Cue], film: Path) -> None:
    film.with_suffix(".srt").write_text(srt(cues), encoding="utf-8", newline="\n")
    film.with_suffix(".vtt").write_text(vtt(cues), encoding="utf-8", newline="\n")
