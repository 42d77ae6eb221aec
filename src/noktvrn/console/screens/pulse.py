"""The label at a glance."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from noktvrn.console.cells import plain
from noktvrn.console.screens.place import Place
from noktvrn.label.label import Label


@dataclass(frozen=True, slots=True)
class Pulse:
    """What the place shows."""

    standing: dict[str, int]


class PulsePlace(Place[Pulse]):
    """Runs by state."""

    NAME = "Label"

    def body(self) -> Iterable[Widget]:
        """One block."""
        yield Static(id="standing", markup=False)

    def refresh_from(self, label: Label) -> Pulse:
        """How many runs are in each state."""
        return Pulse(label.desk.standing())

    def show(self, data: Pulse) -> None:
        """One line a state."""
        lines = [f"{number:>6}  {plain(state)}" for state, number in data.standing.items()]
        self.query_one("#standing", Static).update(Content("\n".join(lines)))
