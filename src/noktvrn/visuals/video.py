"""The music video: the whole song as a wide film, with its captions beside it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from noktvrn.film.captions import srt, vtt
from noktvrn.film.credits import CARD_S
from noktvrn.film.renderer import END_S
from noktvrn.model.film import Cue
from noktvrn.model.look import VisualIdentity
from noktvrn.model.sound import TimedLine, Timeline
from noktvrn.roles.filmmaker import Filmmaker, FilmRequest, Footage, Progress
from noktvrn.visuals.cues import spread_cues, sung_cues

WIDTH, HEIGHT, FPS = 1920, 1080, 30


def make_video(
    filmmaker: Filmmaker,
    *,
    audio: Path,
    timeline: Timeline,
    look: VisualIdentity,
    artist_name: str,
    title: str,
    lines: Sequence[str],
    seed: int,
    comment: str,
    folder: Path,
    progress: Progress,
    size: tuple[int, int] = (WIDTH, HEIGHT),
    sung: Sequence[TimedLine] = (),
) -> tuple[Footage, tuple[Cue, ...]]:
    """The film of the full song and its cues; `video.srt` and `video.vtt` are written beside it.

    Lines that are `sung` stand when they are sung; without any, `lines` are spread over the song.

    Raises:
        Unavailable: no film can be made on this machine, or the disk is full.
    """
    length = timeline.duration_s
    first, last = CARD_S + 0.5, length - END_S - 0.5
    cues = sung_cues(sung, start_s=0.0, first_s=first, last_s=last) or spread_cues(
        lines, timeline, start_s=0.0, duration_s=length, first_s=first, last_s=last
    )
    request = FilmRequest(
        kind="video",
        audio=audio,
        timeline=timeline,
        look=look,
        artist_name=artist_name,
        title=title,
        cues=cues,
        duration_s=length,
        width=size[0],
        height=size[1],
        fps=FPS,
        seed=seed,
        comment=comment,
        folder=folder,
    )
    footage = filmmaker.film(request, progress)
    write_captions(cues, footage.path)
    return footage, cues


def write_captions(cues: Sequence[Cue], film: Path) -> tuple[Path, Path]:
    """SubRip and WebVTT files of the cues beside the film, under its name."""
    as_srt, as_vtt = film.with_suffix(".srt"), film.with_suffix(".vtt")
    as_srt.write_text(srt(cues), encoding="utf-8", newline="\n")
    as_vtt.write_text(vtt(cues), encoding="utf-8", newline="\n")
    return as_srt, as_vtt
