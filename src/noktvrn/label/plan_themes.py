"""The themes of a plan: a model's where one answers, the house's own otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from noktvrn.model.artist import Artist
from noktvrn.model.plan import ContentPlan
from noktvrn.planning.arc import Colour
from noktvrn.planning.themes import themed
from noktvrn.production.studio import Studio

if TYPE_CHECKING:
    from noktvrn.llm.plan import PlanRequest

LONGEST_WISH = 4000


def themed_plan(studio: Studio, artist: Artist, plan: ContentPlan) -> tuple[ContentPlan, str]:
    """The plan with its themes, and who found them; one question at most for the whole plan."""
    from noktvrn.llm.plan import plan_job
    from noktvrn.llm.writer import LlmWriter

    writer = studio.cast.writer()
    assert isinstance(writer, LlmWriter)  # noqa: S101 - the label casts no other
    themes = writer.orchestrator.run(plan_job(_request(artist, plan), artist.id)).value
    assert themes is not None  # noqa: S101 - the house's own themes stand in for a model's
    if themes.by == "embedded":
        return plan, themes.by
    return themed(plan, [Colour(one.theme, one.mood) for one in themes.briefs]), themes.by


def _request(artist: Artist, plan: ContentPlan) -> PlanRequest:
    from noktvrn.llm.plan import Entry, PlanRequest
    from noktvrn.words.mentions import without_names

    entries = tuple(
        Entry(
            on=item.on,
            kind=item.brief.content_type,
            chapter=item.chapter,
            note=item.brief.note,
            theme=item.brief.theme,
            mood=item.brief.mood,
        )
        for item in plan.items
    )
    wish, _ = without_names(artist.prompt[:LONGEST_WISH])
    return PlanRequest(profile=artist.profile, wish=wish, entries=entries, subject=plan.id)
