"""Titles from the world a theme and a mood belong to."""

from __future__ import annotations

from itertools import islice

from noktvrn.kernel.errors import Conflict
from noktvrn.kernel.seeds import dice
from noktvrn.providers.procedural_writer.voices import scene_of, voice_of
from noktvrn.roles.writer import TitlesRequest
from noktvrn.words.manners import manner
from noktvrn.words.palette import guests_of
from noktvrn.words.title_grammar import titles
from noktvrn.words.titling import title_problems

TRIED = 4000


def write_titles(request: TitlesRequest) -> tuple[str, ...]:
    """`request.count` different titles that break no store rule, none in `avoid`, spelt as titles of their
    language are.

    Raises:
        Conflict: the world has no further title to give.
    """
    profile = request.profile
    place, feeling = scene_of(profile, request.theme, request.mood)
    guests = guests_of(place, voice_of(profile))
    stream = titles(place, feeling, dice(request.seed, "titles"), manner(request.manner).titles, guests)
    taken = {title.casefold() for title in request.avoid}
    chosen: list[str] = []
    for title in islice(stream, TRIED):
        if len(chosen) == request.count:
            break
        if title.casefold() not in taken and not title_problems(title, (profile.stage_name,)):
            taken.add(title.casefold())
            chosen.append(title)
    if len(chosen) < request.count:
        raise Conflict(
            f"Only {len(chosen)} titles of {request.count} are left for this theme.",
            code="titles.used_up",
            hint="Give the brief another theme or mood, or a title of your own.",
        )
    return tuple(chosen)
