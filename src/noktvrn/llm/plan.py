"""Plans: what each brief of a calendar is about. Days, formats, numbers and lengths are the house's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial
from typing import Annotated

from pydantic import Field

from noktvrn.llm.agents import measures
from noktvrn.llm.job import Job, Standards, wish_of
from noktvrn.llm.result import UnfitError
from noktvrn.llm.text import Clean, DraftBase
from noktvrn.model.artist import Profile
from noktvrn.model.brief import ContentType
from noktvrn.model.noun import Noun
from noktvrn.words.lexicon import advisory
from noktvrn.words.mentions import without_names
from noktvrn.words.tokens import words_of

MOST_BRIEFS = 366
MOST_WORDS = 12
MOST_PROBLEMS = 12
_SMALL = frozenset(
    ["a", "an", "and", "at", "by", "for", "from", "in", "into", "of", "on", "or", "the", "to", "with"]
)


class Entry(Noun):
    """One brief as the house planned it: when, in which form, at which place of the arc, with which theme."""

    on: date
    kind: ContentType
    chapter: str
    note: str
    theme: str
    mood: str


class PlanRequest(Noun):
    """A plan whose briefs want themes. `wish` is what a person asked the artist to be."""

    profile: Profile
    wish: str
    entries: tuple[Entry, ...]
    subject: str = ""
    """Plan this is written for, for the review log; changes no word."""


class Theme(Noun):
    """What one brief is about and how it feels."""

    theme: str
    mood: str


class Themes(Noun):
    """One theme per brief, in order, and who found them."""

    briefs: tuple[Theme, ...]
    by: str


class ThemeDraft(DraftBase):
    """A model's theme for one brief."""

    theme: Annotated[Clean, Field(min_length=3, max_length=80)]
    mood: Annotated[Clean, Field(min_length=1, max_length=400)]


class PlanDraft(DraftBase):
    """A model's themes, in the order of the briefs."""

    briefs: Annotated[list[ThemeDraft], Field(min_length=1, max_length=MOST_BRIEFS)]


def plan_job(request: PlanRequest, artist_id: str = "") -> Job[PlanDraft, Themes]:
    """The job of finding all themes of a plan at once; without a model the house's own stay."""
    profile = request.profile
    facts = {
        "genre": profile.genre,
        "moods": profile.moods,
        "themes": profile.themes,
        "tone": profile.persona.tone,
        "wish": request.wish,
        "count": len(request.entries),
        "briefs": [entry.as_data() for entry in request.entries],
    }
    return Job(
        "plan",
        wish_of(request),
        facts,
        PlanDraft,
        partial(_finish, request=request),
        embedded=lambda: _planned(request),
        subject=request.subject,
        artist_id=artist_id,
        reuse=True,
        request=request,
        standards=_standards(request),
    )


def _planned(request: PlanRequest) -> Themes:
    own = tuple(Theme(theme=entry.theme, mood=entry.mood) for entry in request.entries)
    return Themes(briefs=own, by="embedded")


def _finish(draft: PlanDraft, author: str, *, request: PlanRequest) -> Themes:
    if len(draft.briefs) != len(request.entries):
        raise UnfitError(f"briefs: wanted are exactly {len(request.entries)}, there are {len(draft.briefs)}")
    moods = {mood.casefold(): mood for mood in request.profile.moods}
    problems = [*_problems(draft, moods), *_alike([one.theme for one in draft.briefs])]
    if problems:
        raise UnfitError(*problems[:MOST_PROBLEMS])
    told = (Theme(theme=one.theme, mood=moods[one.mood.casefold()]) for one in draft.briefs)
    return Themes(briefs=tuple(told), by=author)


def _problems(draft: PlanDraft, moods: dict[str, str]) -> Iterator[str]:
    for number, one in enumerate(draft.briefs, 1):
        if one.mood.casefold() not in moods:
            yield f"brief {number}: the mood is none of the artist's: {', '.join(moods.values())}"
        if len(one.theme.split()) > MOST_WORDS:
            yield f"brief {number}: the theme has more than {MOST_WORDS} words"
        if without_names(one.theme)[1]:
            yield f"brief {number}: the theme names somebody"


def _alike(themes: Sequence[str]) -> Iterator[str]:
    """Themes that say the same: the same words that carry meaning, in whatever order."""
    first: dict[frozenset[str], int] = {}
    for number, theme in enumerate(themes, 1):
        said = frozenset(word.removesuffix("s") for word in words_of(theme) if word not in _SMALL)
        before = first.setdefault(said or frozenset([theme.casefold()]), number)
        if before != number:
            yield f"briefs {before} and {number}: the themes are alike"


def _standards(request: PlanRequest) -> Standards[Themes]:
    def measured(work: Themes) -> dict[str, measures.Mark]:
        themes = [one.theme for one in work.briefs]
        return {"freshness": measures.freshness(themes), "variety": measures.variety(themes)}

    def broken(work: Themes) -> Iterator[str]:
        if len(work.briefs) != len(request.entries):
            yield "The number of themes is not the number of briefs."
        if not {one.mood for one in work.briefs}.issubset(request.profile.moods):
            yield "A mood is none of the artist's."
        if refusal := advisory("\n".join(one.theme for one in work.briefs)).refusal:
            yield f"The words hold {refusal}."

    return Standards(
        lambda work: [one.as_data() for one in work.briefs], measured, lambda work: tuple(broken(work))
    )
