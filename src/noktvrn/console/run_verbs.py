"""What the verbs about a run came to, told as plainly as they can be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from noktvrn.label.label import Label
from noktvrn.label.overview import Overview
from noktvrn.model.remake import Part
from noktvrn.model.run import UNDER_WAY, Run
from noktvrn.production.parts import STARTS

TITLE = f"only {Part.TITLE.value}"
_TOLD = {
    Part.COVER: "the cover",
    Part.TITLE: "the title, and what shows it",
    Part.LYRICS: "the words, sung to the same tune",
    Part.TAKE: "the take: the same song recorded anew",
    Part.TEASER: "the teaser",
}
PARTS = (
    *((f"only {part.value}", told) for part, told in _TOLD.items()),
    *((f"from {name.value}", f"everything from {name.value.replace('_', ' ')} on") for name in STARTS),
)
"""What can be made anew: `only` and a part, or `from` and a stage, and how a person is asked."""


@dataclass(frozen=True, slots=True)
class Done:
    """A run after a verb; whether that changed anything; how many workers are there to go on with it."""

    run: Run
    changed: bool
    workers: int


def go_on(label: Label, run_id: str, act: Callable[[], Run]) -> Done:
    """Does a verb and looks at what it came to. Raises what the verb raises."""
    before = label.runs.get(run_id)
    stranded = before.state in UNDER_WAY and label.runs.is_stranded(run_id)
    after = act()
    return Done(after, stranded or after != before, Overview(label.office).workers())
