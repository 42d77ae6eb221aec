"""Legs: a production cut where it goes from one kind of work to another.

Consecutive stages of one kind run in one workflow on that kind's queue, and the end of a leg enqueues the
next. Who is cast first for a stage decides its kind; light stages join what comes before them, or, at the
beginning, what comes after. So with the embedded engines a production is one leg, and nothing waits twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from noktvrn.model.brief import Brief
from noktvrn.model.run import PRODUCE_STAGES, RELEASE_STAGES, StageName
from noktvrn.production.queues import Queue

WAYS: Mapping[str, tuple[StageName, ...]] = {"produce": PRODUCE_STAGES, "release": RELEASE_STAGES}
"""The workflows that are cut into legs, and their stages. Any other one is a leg by itself."""

SONG_STAGES = PRODUCE_STAGES[: PRODUCE_STAGES.index(StageName.COVER)]
"""A song of a record goes as far as its critic; the rest is made once for the record."""

RECORD_STAGES = (
    (StageName.BRIEF, StageName.PLAN, StageName.LYRICS),
    PRODUCE_STAGES[PRODUCE_STAGES.index(StageName.CRITIC) :],
)
"""What a record's run does before its songs are begun, and after all of them are complete."""

MAKERS: Mapping[StageName, str] = {
    StageName.TRACK: "composer",
    StageName.COVER: "illustrator",
    StageName.VIDEO: "camera",
    StageName.TEASER: "camera",
}
"""Stages that make something, and the role that decides whether the machine or somebody else is busy."""

Outside = Callable[[str], bool]
"""Whether the first one cast for a role works outside."""


@dataclass(frozen=True, slots=True)
class Leg:
    """Consecutive stages that run in one workflow."""

    queue: Queue
    stages: tuple[StageName, ...]

    def as_data(self) -> list[Any]:
        """The leg as a workflow is handed it."""
        return [self.queue.value, [stage.value for stage in self.stages]]

    @classmethod
    def of(cls, data: Sequence[Any]) -> Leg:
        """The leg of such data."""
        queue, stages = data
        return cls(Queue(queue), tuple(StageName(stage) for stage in stages))


def legs_of(workflow: str, brief: Brief, outside: Outside) -> tuple[Leg, ...]:
    """The legs of a run's workflow; none where it is not cut. A record's songs lie between two of them."""
    ways: tuple[tuple[StageName, ...], ...] = (WAYS[workflow],) if workflow in WAYS else ()
    if workflow == "produce" and brief.is_record:
        ways = RECORD_STAGES
    elif workflow == "produce" and brief.album is not None:
        ways = (SONG_STAGES,)
    return tuple(leg for way in ways for leg in cut(way, brief, outside))


def cut(stages: Sequence[StageName], brief: Brief, outside: Outside) -> tuple[Leg, ...]:
    """The legs of a run's stages, in their order. No stage is left out, none stands in two of them."""
    kinds = [_kind(stage, brief, outside) for stage in stages]
    last = next((kind for kind in kinds if kind is not Queue.LIGHT), Queue.LIGHT)
    joined: list[tuple[Queue, StageName]] = []
    for kind, stage in zip(kinds, stages, strict=True):
        last = last if kind is Queue.LIGHT else kind
        joined.append((last, stage))
    return tuple(
        Leg(queue, tuple(stage for _, stage in same)) for queue, same in groupby(joined, lambda pair: pair[0])
    )


def _kind(stage: StageName, brief: Brief, outside: Outside) -> Queue:
    role = MAKERS.get(stage)
    if role is None:
        return Queue.LIGHT
    if stage in _of_the_person(brief):
        return Queue.RENDER
    return Queue.OUTSIDE if outside(role) else Queue.RENDER


def _of_the_person(brief: Brief) -> set[StageName]:
    """Stages nobody is asked for: the person brought the work, or does not want it."""
    found = set()
    if brief.own_track is not None:
        found.add(StageName.TRACK)
    if brief.own_cover is not None:
        found.add(StageName.COVER)
    if not brief.with_video:
        found |= {StageName.VIDEO, StageName.TEASER}
    return found
