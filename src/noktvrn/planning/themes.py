"""A plan told with other themes: what its briefs are about may change, never its days, forms or lengths."""

from __future__ import annotations

from collections.abc import Sequence

from noktvrn.model.plan import ContentPlan, PlanItem
from noktvrn.planning.arc import CHAPTERS, Chapter, Colour


def themed(plan: ContentPlan, colours: Sequence[Colour]) -> ContentPlan:
    """The plan with one theme and mood per brief, in their order, and the arc these tell.

    Raises:
        ValueError: there are more or fewer colours than briefs.
    """
    pairs = zip(plan.items, colours, strict=True)
    items = tuple(_coloured(item, colour) for item, colour in pairs)
    return plan.model_copy(update={"items": items, "arc": _arc(items)})


def _coloured(item: PlanItem, colour: Colour) -> PlanItem:
    told = {"theme": colour.theme, "mood": colour.mood}
    return item.model_copy(update={"brief": item.brief.model_copy(update=told)})


def _arc(items: Sequence[PlanItem]) -> str:
    """The chapters the plan has in one sentence, each by what is heard in it first."""
    steps = [f"{chapter} on {_lead(own)}" for chapter in CHAPTERS if (own := _of(items, chapter))]
    sentence = " and ".join([", ".join(steps[:-1]), steps[-1]] if steps[1:] else steps)
    return f"{sentence[:1].upper()}{sentence[1:]}."


def _of(items: Sequence[PlanItem], chapter: Chapter) -> list[PlanItem]:
    return [item for item in items if item.chapter == chapter]


def _lead(items: Sequence[PlanItem]) -> str:
    """The theme of a chapter's first single; without one, of its first piece."""
    return next((item for item in items if item.brief.content_type == "single"), items[0]).brief.theme
