"""The label at a glance: what is made now, what waits, how the label stands, and what happened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from noktvrn.console import pulse_words as words
from noktvrn.console.asking import may_change
from noktvrn.console.screens.place import Place
from noktvrn.console.screens.questions import Sentence, YesOrNo
from noktvrn.console.strip import marks, shares_of, signs, where
from noktvrn.console.telling import log
from noktvrn.console.verbs import Verb, bindings
from noktvrn.console.watcher import Happened
from noktvrn.console.widgets.rows import Cell, Column, Row, Rows
from noktvrn.label.label import Label
from noktvrn.label.overview import Glance, Overview, RunSight
from noktvrn.label.switch import LONGEST_REASON

COLUMNS = (Column("stages", 12), Column("artist"), Column("title"), Column("now", 16))
MOST_AT_WORK = 5
LOOK_EVERY_S = 2.0
"""Workers come and go without an event."""

VERBS = (
    Verb("s", "switch", "stop or start", "Stop the whole label, or let it go on", "noktvrn stop"),
    Verb("a", "autopilot", "autopilot", "Let autopilot give verdicts, or not", "noktvrn review autopilot"),
    Verb("enter", "open", "open the run", "Go to the chosen run", "noktvrn run watch {run}", shown=False),
    Verb("y", "copy", "copy", "Copy the command that does the same", shown=True),
)


class PulsePlace(Place[Glance]):
    """The first place."""

    NAME = "Label"
    VERBS = VERBS
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(tuple(verb for verb in VERBS if verb.key != "enter"))]
    DEFAULT_CSS = """
    PulsePlace #nothing { height: auto; padding: 0 1; display: none; }
    PulsePlace #at-work { height: 2; }
    PulsePlace Rows { margin: 0 1; }
    PulsePlace #standing { height: 6; margin: 1 0; }
    PulsePlace #facts { width: 45; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; }
    PulsePlace #releases { width: 1fr; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; }
    PulsePlace .title { padding: 0 1; }
    PulsePlace #log { height: 1fr; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._glance: Glance | None = None
        self._shares: dict[tuple[str, str, int], float] = {}

    def body(self) -> Iterable[Widget]:
        """At work; the facts and the last releases; the log."""
        yield Static(id="head", classes="title", markup=False)
        yield Static(id="nothing", markup=False)
        yield Rows(COLUMNS, id="at-work")
        with Horizontal(id="standing"):
            yield Static(id="facts", markup=False)
            yield Static(id="releases", markup=False)
        yield Static("Happened (UTC)", classes="title", markup=False)
        yield Static(id="log", markup=False)

    def on_mount(self) -> None:
        """Workers are counted now and then."""
        self.set_interval(LOOK_EVERY_S, self._look_again)

    def _look_again(self) -> None:
        if self.is_current:
            self.reload()

    def refresh_from(self, label: Label) -> Glance:
        """The whole label."""
        return Overview(label.office).glance()

    def show(self, data: Glance) -> None:
        """Every part of it."""
        self._glance = data
        self.query_one("#head", Static).update(words.at_work(data))
        self._show_at_work(data.at_work)
        self.query_one("#nothing", Static).update(words.nothing(data))
        self.query_one("#facts", Static).update(
            words.facts(data, self.console.label.office.studio.clock.now())
        )
        self.query_one("#releases", Static).update(words.releases(data.releases))
        self.call_after_refresh(self._show_log, data)  # by then it is known how much room there is

    def _show_at_work(self, found: tuple[RunSight, ...]) -> None:
        rows = self.query_one(Rows)
        rows.display = bool(found)
        self.query_one("#nothing").display = not found
        rows.styles.height = min(len(found), MOST_AT_WORK) + 1
        rows.put([self._row(sight) for sight in found])

    def _row(self, sight: RunSight) -> Row:
        strip = marks(sight, self._shares)
        run, artist, title = sight.line
        role = "wanted" if run.state.value == "held" else "going"
        cells = (Cell(signs(strip), role), Cell(artist), Cell(title), Cell(where(run, strip), role))
        return Row(run.id, cells)

    def _show_log(self, data: Glance) -> None:
        widget = self.query_one("#log", Static)
        room = max(1, widget.size.height)
        widget.update(
            log(data.events[-room:]) if data.events else Content.styled("Nothing yet.", "$text-muted")
        )

    def on_resize(self) -> None:
        """As much of the log as there is room for."""
        if self._glance is not None:
            self.call_after_refresh(self._show_log, self._glance)

    def on_happened(self, message: Happened) -> None:
        """How far stages are is shown at once, without a look at the ledger."""
        self._shares = shares_of(message.shares)
        if self._glance is not None and not message.events:
            self.query_one(Rows).put([self._row(sight) for sight in self._glance.at_work])

    async def on_rows_opened(self, event: Rows.Opened) -> None:
        """To the run."""
        await self.console.go_to_run(event.key)

    def selected(self) -> Mapping[str, str]:
        """The chosen run at work."""
        key = self.query_one(Rows).key
        return {"run": key} if key else {}

    def on_shell(self) -> str:
        """Watching the chosen run, or the label."""
        chosen = self.selected()
        return f"noktvrn run watch {chosen['run']}" if chosen else "noktvrn watch"

    def action_switch(self) -> None:
        """Asks, then stops the label or lets it go on."""
        if self._glance is None or not may_change(self.console):
            return
        held = self._glance.states.get("held", 0)
        if self._glance.stop is not None:
            told = f"Held runs that go on: {held}."
            self.console.push_screen(YesOrNo("Let the label go on?", told, yes="start"), self._start)
        else:
            told = "No paid or outward call begins any more, renders end at their next checkpoint. Why?"
            asked = Sentence("Stop the label?", told, longest=LONGEST_REASON)
            self.console.push_screen(asked, self._stop)

    def _start(self, sure: bool | None) -> None:
        if sure:
            label, who = self.console.label, self.console.who
            self.ask(lambda: label.switch.start(by=who), lambda done: self._said(words.started(done[1])))

    def _stop(self, reason: str | None) -> None:
        if reason is not None:
            label, who = self.console.label, self.console.who
            self.ask(
                lambda: label.switch.stop(by=who, reason=reason),
                lambda _: self._said("The label is stopped."),
            )

    def action_autopilot(self) -> None:
        """Switches it for the whole label; on only after a question."""
        if self._glance is None or not may_change(self.console):
            return
        if self._glance.autopilot:
            self._autopilot(on=False)
        else:
            told = "It approves what was asked to go by autopilot, within the label's caps."
            asked = YesOrNo("Let autopilot give verdicts?", told, yes="let it")
            self.console.push_screen(asked, lambda sure: self._autopilot(on=True) if sure else None)

    def _autopilot(self, *, on: bool) -> None:
        label, who = self.console.label, self.console.who
        self.ask(
            lambda: label.desk.switch_autopilot(on, by=who),
            lambda may: self._said(words.autopilot(wanted=on, may=may)),
        )

    def _said(self, told: str) -> None:
        self.notify(told, markup=False)
        self.reload()
