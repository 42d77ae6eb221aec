"""Titles: those of a model's that break no store rule."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from pydantic import Field

from noktvrn.llm.agents.standards import titles_standards
from noktvrn.llm.job import Job, wish_of
from noktvrn.llm.result import UnfitError
from noktvrn.llm.text import Clean, DraftBase
from noktvrn.roles.writer import TitlesRequest
from noktvrn.words.names import near
from noktvrn.words.titling import title_case, title_problems

MOST_AVOIDED_SHOWN = 200


class TitlesDraft(DraftBase):
    """As many titles as were asked for, or so."""

    titles: Annotated[
        list[Annotated[Clean, Field(min_length=1, max_length=60)]], Field(min_length=1, max_length=30)
    ]


def titles_job(request: TitlesRequest) -> Job[TitlesDraft, tuple[str, ...]]:
    """The job of naming a song. The work may be shorter than `count`, never empty."""
    facts = {
        "language": request.profile.language,
        "genre": request.profile.genre,
        "moods": request.profile.moods,
        "tone": request.profile.persona.tone,
        "theme": request.theme,
        "mood": request.mood,
        "count": request.count,
        "avoid": request.avoid[:MOST_AVOIDED_SHOWN],
    }
    finish = partial(_finish, request=request)
    return Job(
        "titles",
        wish_of(request),
        facts,
        TitlesDraft,
        finish,
        subject=request.subject,
        request=request,
        standards=titles_standards(request),
    )


def _finish(draft: TitlesDraft, author: str, *, request: TitlesRequest) -> tuple[str, ...]:
    del author
    chosen: list[str] = []
    for title in (title_case(drafted, request.profile.language) for drafted in draft.titles):
        taken = near(title, (*request.avoid, *chosen)) or title in chosen
        if not taken and not title_problems(title, (request.profile.stage_name,)):
            chosen.append(title)
    if not chosen:
        raise UnfitError("titles: every one is taken or breaks a rule of the stores")
    return tuple(chosen[: request.count])
