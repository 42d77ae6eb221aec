"""What hangs on what in a production: the one table a remake is worked out from."""

from __future__ import annotations

from collections.abc import Iterable

from noktvrn.model.remake import Part
from noktvrn.model.run import PRODUCE_STAGES, StageName
from noktvrn.production.legs import SONG_STAGES

SHOWN_BY: dict[StageName, tuple[StageName, ...]] = {
    StageName.BRIEF: (StageName.PLAN, StageName.LYRICS),
    StageName.PLAN: (StageName.LYRICS, StageName.TRACK),
    StageName.LYRICS: (StageName.TRACK, StageName.VIDEO, StageName.TEASER),
    StageName.TRACK: (StageName.CRITIC, StageName.VIDEO, StageName.TEASER),
    StageName.CRITIC: (StageName.VALIDATE,),
    StageName.COVER: (StageName.VALIDATE,),
    StageName.VIDEO: (StageName.VALIDATE,),
    StageName.TEASER: (StageName.VALIDATE,),
    StageName.VALIDATE: (StageName.PREVIEW,),
}
"""A stage and those that are made of what it came to. A cover is painted after the artist and the title, so
no other take paints over it."""

ANEW: dict[Part, tuple[StageName, ...]] = {
    Part.COVER: (StageName.COVER,),
    Part.TITLE: (StageName.LYRICS,),
    Part.LYRICS: (StageName.LYRICS, StageName.TRACK, StageName.CRITIC),
    Part.TAKE: (StageName.TRACK, StageName.CRITIC),
    Part.TEASER: (StageName.TEASER,),
}
"""What a part is made in, with new seeds."""

SHOWS_TITLE = (StageName.COVER, StageName.VIDEO, StageName.TEASER, StageName.VALIDATE)
"""Where the title stands: no tune knows it, so a song is not sung again for another one."""

STARTS = tuple(name for name in PRODUCE_STAGES if name is not StageName.CRITIC)
"""Where a remake from a stage on may begin: a take is never judged without being recorded."""


def from_stage(start: StageName) -> tuple[StageName, ...]:
    """A stage and every later one up to the desk, in their order."""
    return PRODUCE_STAGES[PRODUCE_STAGES.index(start) :]


def followers(part: Part) -> tuple[StageName, ...]:
    """What shows a part and has to be made again for it, in the order of the stages."""
    anew = ANEW[part]
    waiting = list(SHOWS_TITLE) if part is Part.TITLE else _showing(anew)
    found: set[StageName] = set()
    while waiting:
        found.update(waiting)
        waiting = [name for name in _showing(waiting) if name not in found]
    return tuple(name for name in PRODUCE_STAGES if name in found and name not in anew)


def in_a_song(names: Iterable[StageName]) -> tuple[StageName, ...]:
    """Those of some stages that a song of a record has itself."""
    return tuple(name for name in names if name in SONG_STAGES)


def after_a_song(*, filmed: bool) -> tuple[StageName, ...]:
    """What a record makes again when one of its songs is another; `filmed`: that song is in its films."""
    films = (StageName.VIDEO, StageName.TEASER)
    shown = (StageName.CRITIC, *followers(Part.TAKE))  # a record's critic hears all of its songs
    return tuple(name for name in shown if filmed or name not in films)


def _showing(names: Iterable[StageName]) -> list[StageName]:
    return [shown for name in names for shown in SHOWN_BY.get(name, ())]
