"""Captions: a post, hashtags and film lines by a model, with the disclosure nobody may leave out."""

from __future__ import annotations

import re
from functools import partial
from typing import Annotated

from pydantic import Field

from noktvrn.llm.agents.standards import captions_standards
from noktvrn.llm.job import Job, wish_of
from noktvrn.llm.result import UnfitError
from noktvrn.llm.text import Clean, DraftBase
from noktvrn.roles.writer import Captions, CaptionsRequest
from noktvrn.words.disclosure import discloses, disclosure
from noktvrn.words.film_lines import LONGEST

AI_TAG = "#AIMusic"
MOST_TAGS = 5
_BEGGING = re.compile(
    r"on repeat|follow (?:for|4) follow|like for like|f4f|l4l|buy (?:streams|followers)", re.IGNORECASE
)

Hashtag = Annotated[Clean, Field(pattern=r"^#\w{2,40}$")]
FilmLine = Annotated[Clean, Field(min_length=2, max_length=LONGEST)]


class CaptionsDraft(DraftBase):
    """The words around a release."""

    post: Annotated[Clean, Field(min_length=20, max_length=500)]
    hashtags: Annotated[list[Hashtag], Field(min_length=1, max_length=8)]
    film_lines: list[FilmLine]


def captions_job(request: CaptionsRequest) -> Job[CaptionsDraft, Captions]:
    """The job of writing the words around a release."""
    facts = {
        "language": request.profile.language,
        "artist": request.profile.stage_name,
        "tone": request.profile.persona.tone,
        "posting_style": request.profile.persona.posting_style,
        "genre": request.profile.genre,
        "title": request.title,
        "theme": request.theme,
        "mood": request.mood,
        "film_lines": request.film_lines,
    }
    finish = partial(_finish, request=request)
    return Job(
        "captions",
        wish_of(request),
        facts,
        CaptionsDraft,
        finish,
        subject=request.subject,
        request=request,
        standards=captions_standards(request),
    )


def _finish(draft: CaptionsDraft, author: str, *, request: CaptionsRequest) -> Captions:
    del author
    lines = tuple(dict.fromkeys(draft.film_lines))[: request.film_lines]
    if len(lines) < request.film_lines:
        raise UnfitError(f"film_lines: wanted are {request.film_lines} different lines")
    if _BEGGING.search(draft.post):
        raise UnfitError("post: it asks for fake engagement")
    name = request.profile.stage_name
    told = "" if discloses(draft.post) else f" {disclosure(name, request.profile.language)}"
    tags = {tag.casefold(): tag for tag in (*reversed(draft.hashtags), AI_TAG)}
    return Captions(
        post=draft.post + told, hashtags=tuple(reversed(tags.values()))[:MOST_TAGS], film_lines=lines
    )
