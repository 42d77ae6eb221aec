"""Summaries: an artist's story so far in at most three sentences, none of which says more than the books."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import partial
from typing import Annotated

from pydantic import Field

from noktvrn.llm.agents import measures
from noktvrn.llm.figures_told import problems_with
from noktvrn.llm.job import Job, Standards, wish_of
from noktvrn.llm.result import UnfitError
from noktvrn.llm.text import Clean, DraftBase
from noktvrn.model.noun import Noun

MOST_TOLD = 5
"""Changes, and releases, that a summary may name; the latest ones."""


class Change(Noun):
    """A version of the artist's profile after the first, and why it was made."""

    version: int
    on: date
    why: str


class Out(Noun):
    """A sealed release that was not taken down, and its day."""

    title: str
    on: date


class Story(Noun):
    """What the books say of an artist. `heard` holds only what was reported, `left_out` counts suspicious
    rows of figures; changes and releases are oldest first."""

    artist_id: str
    artist: str
    genre: str
    joined: date
    version: int
    changes: tuple[Change, ...] = ()
    releases: tuple[Out, ...] = ()
    heard: dict[str, int] = Field(default_factory=dict)
    left_out: int = 0


class Summary(Noun):
    """The story in words, and who told it."""

    text: str
    by: str


class SummaryDraft(DraftBase):
    """A model's telling."""

    text: Annotated[Clean, Field(min_length=40, max_length=600)]


def summary_job(story: Story) -> Job[SummaryDraft, Summary]:
    """The job of telling a story; the same state of the books is the same wish."""
    return Job(
        "summary",
        wish_of(story),
        _facts(story),
        SummaryDraft,
        partial(_finish, story=story),
        embedded=lambda: told(story),
        subject=story.artist_id,
        artist_id=story.artist_id,
        reuse=True,
        request=story,
        standards=_standards(story),
    )


def told(story: Story) -> Summary:
    """The story by the house itself: three sentences, always the same for the same books."""
    return Summary(text=" ".join((_became(story), _came_out(story), _heard(story))), by="embedded")


def _facts(story: Story) -> dict[str, object]:
    """What a model is shown, and all it may tell: the latest changes and releases, and how many there are."""
    return {
        "artist": story.artist,
        "genre": story.genre,
        "joined": story.joined.isoformat(),
        "version": story.version,
        "changes": [change.as_data() for change in story.changes[-MOST_TOLD:]],
        "releases": len(story.releases),
        "latest": [out.as_data() for out in story.releases[-MOST_TOLD:]],
        "heard": dict(sorted(story.heard.items())),
        "left_out": story.left_out,
    }


def _finish(draft: SummaryDraft, author: str, *, story: Story) -> Summary:
    problems = problems_with(draft.text, _facts(story), names=_names(story))
    if problems:
        raise UnfitError(*problems)
    return Summary(text=draft.text, by=author)


def _names(story: Story) -> tuple[str, ...]:
    return (story.artist, *(out.title for out in story.releases[-MOST_TOLD:]))


def _became(story: Story) -> str:
    joined = f"{story.artist} joined the label on {story.joined} with {story.genre}"
    if not story.changes:
        return f"{joined} and is still at version {story.version}."
    last = story.changes[-1]
    why = f" ({' '.join(last.why.split()).rstrip('.')[:160]})" if last.why.strip() else ""
    return f"{joined} and is at version {story.version} since {last.on}{why}."


def _came_out(story: Story) -> str:
    if not story.releases:
        return "Nothing is released yet."
    latest = story.releases[-1]
    if len(story.releases) == 1:
        return f'The only release is "{latest.title}" ({latest.on}).'
    first = story.releases[0]
    count = len(story.releases)
    return f'There are {count} releases, from "{first.title}" ({first.on}) to "{latest.title}" ({latest.on}).'


def _heard(story: Story) -> str:
    rows = f"{story.left_out} suspicious row{'s' if story.left_out > 1 else ''} of figures left out"
    if not story.heard:
        return f"No figures that count, {rows}." if story.left_out else "No figures were reported yet."
    *most, last = (f"{count:,} {metric}" for metric, count in story.heard.items())
    counted = f"{', '.join(most)} and {last}" if most else last
    return f"Listeners made {counted}{f', {rows}' if story.left_out else ''}."


def _standards(story: Story) -> Standards[Summary]:
    def broken(work: Summary) -> Iterator[str]:
        if work != told(story):
            yield from problems_with(work.text, _facts(story), names=_names(story))

    return Standards(
        lambda work: {"text": work.text},
        lambda work: {"theme": measures.theme([work.text], (story.artist,))},
        lambda work: tuple(broken(work)),
    )
