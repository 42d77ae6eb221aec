"""What a cycle is: its choice, as the slot's row keeps it, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import Field

from noktvrn.model.noun import Noun
from noktvrn.planning.schedules import read
from noktvrn.storage.ledger.batch import SLOT_DONE, Slot

BY_HAND = "once"
"""The schedule of cycles a person, or somebody else's cron, began; a minute is their slot."""


class Chosen(Noun):
    """An artist of the cycle, why it was chosen, which entry of its calendar it makes (empty: none), and the
    variant that is tried with it."""

    artist_id: str
    why: str
    brief_id: str = ""
    variant: str = ""


class Begun(Noun):
    """A production the cycle started. `variant` is the one on the brief, `adapted` what evolution asked of
    the brief, by input."""

    artist_id: str
    name: str
    run_id: str
    why: str
    variant: str = ""
    adapted: dict[str, float] = Field(default_factory=dict)


class Skipped(Noun):
    """A choice that came to nothing, and why."""

    artist_id: str
    reason: str


class Story(Noun):
    """The data of a slot. The choice is written before anything is done, the rest when all of it is done."""

    chosen: tuple[Chosen, ...] = ()
    passed: dict[str, int] = Field(default_factory=dict)
    prompt: str = Field(default="", description="of the artist the cycle makes")
    note: str = ""
    begun: tuple[Begun, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    joined: str = Field(default="", description="the artist it made")


@dataclass(frozen=True, slots=True)
class Cycle:
    """One cycle as it stands."""

    schedule: str
    slot: datetime
    done: bool
    story: Story

    @classmethod
    def of(cls, row: Slot) -> Cycle:
        """From its row."""
        return cls(row.schedule, row.slot, row.state == SLOT_DONE, Story.model_validate(row.data))

    @property
    def line(self) -> str:
        """What became of it, in one line."""
        story = self.story
        if not self.done:
            return f"{self.when}: {len(story.chosen)} chosen, not done yet"
        begun = ", ".join(f"{one.name} ({_why(one)})" for one in story.begun)
        parts = [f"{len(story.begun)} started" + (f": {begun}" if begun else "")]
        if story.joined:
            parts.append(f"{story.joined} joined the label")
        parts += [f"{one.artist_id} left out: {one.reason}" for one in story.skipped]
        passed = ", ".join(f"{count} {reason}" for reason, count in story.passed.items())
        parts += [f"passed over: {passed}"] if passed else []
        parts += [story.note] if story.note else []
        return f"{self.when}: " + "; ".join(parts)

    @property
    def when(self) -> str:
        """The slot by the clock of its schedule."""
        if self.schedule == BY_HAND:
            return f"{self.slot:%Y-%m-%d %H:%M} UTC"
        return read(self.schedule).told(self.slot)

    def as_data(self) -> dict[str, Any]:
        """Plain JSON data."""
        told: Mapping[str, Any] = self.story.as_data()
        head = {"schedule": self.schedule, "slot": self.slot.isoformat(), "done": self.done}
        return {**head, **told, "line": self.line}


def _why(one: Begun) -> str:
    return f"{one.why}, {one.variant}" if one.variant else one.why
