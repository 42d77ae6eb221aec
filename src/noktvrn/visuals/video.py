"""The music video: the whole song as a wide film, with its captions beside it."""

from __future__ import annotations

from noktvrn.film.credits import CARD_S
from noktvrn.film.renderer import END_S
from noktvrn.model.film import Cue
from noktvrn.roles.filmmaker import Filmmaker, Footage
from noktvrn.visuals.film import FilmOrder, Window, make_film

WIDTH, HEIGHT = 1920, 1080


def make_video(
    filmmaker: Filmmaker, order: FilmOrder, *, size: tuple[int, int] = (WIDTH, HEIGHT)
) -> tuple[Footage, tuple[Cue, ...]]:
    """The film of the full song and its cues; `video.srt` and `video.vtt` are written beside it.

    Raises:
        Unavailable: no film can be made on this machine, or the disk is full.
    """
    length = order.timeline.duration_s
    window = Window(0.0, length, first_s=CARD_S + 0.5, last_s=length - END_S - 0.5)
    return make_film(filmmaker, order, window, kind="video", size=size)
