"""Runs: the list, one of them stage by stage, and the verbs that let it go on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical, VerticalScroll
from textual.widget import Widget
from textual.widgets import Input, Static

from noktvrn.console import run_words as words
from noktvrn.console.asking import may_change
from noktvrn.console.loading import Loading
from noktvrn.console.run_verbs import PARTS, TITLE, Done, go_on
from noktvrn.console.screens.place import Place
from noktvrn.console.screens.questions import OneOf, Sentence, YesOrNo
from noktvrn.console.strip import ROLES, marks, shares_of, state_of
from noktvrn.console.verbs import Verb, bindings
from noktvrn.console.watcher import Happened
from noktvrn.console.widgets.rows import Cell, Column, Row, Rows
from noktvrn.kernel.errors import LabelError
from noktvrn.label.label import Label
from noktvrn.label.overview import Detail, Overview, Page
from noktvrn.model.run import Run, RunState
from noktvrn.storage.ledger.showing import RunLine

PAGE = 200
COLUMNS = (Column("state", 17), Column("artist"), Column("title"), Column("begun (UTC)", 12))
COSTS = "remake.costs"
LONGEST_TITLE = 120

VERBS = (
    Verb("slash", "filter", "filter", "Show only what has these words"),
    Verb("t", "retry", "retry", "Make the stage it failed in anew", "noktvrn run retry {run} --no-wait"),
    Verb("r", "resume", "resume", "Let it go on from where it stands", "noktvrn run resume {run} --no-wait"),
    Verb("c", "cancel", "cancel", "Stop it before its next stage", "noktvrn run cancel {run}"),
    Verb(
        "m", "remake", "remake", "Make a part of it anew", "noktvrn run remake {run} --only cover --no-wait"
    ),
    Verb("y", "copy", "copy", "Copy the command that shows it"),
)


class RunsPlace(Place[Page]):
    """The second place."""

    NAME = "Runs"
    AUTO_FOCUS = "Rows"
    VERBS = VERBS
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(VERBS),
        Binding("escape", "unfilter", "back", show=False),
    ]
    DEFAULT_CSS = """
    RunsPlace #split { layout: vertical; height: 1fr; }
    RunsPlace.-wide #split { layout: horizontal; }
    RunsPlace #listed { height: 1fr; }
    RunsPlace.-wide #listed { width: 55%; height: 100%; }
    RunsPlace #filter { display: none; }
    RunsPlace #count { height: 1; padding: 0 1; color: $text-muted; }
    RunsPlace Rows { margin: 0 1; }
    RunsPlace #detail { height: 12; border-top: solid $border; padding: 0 1; scrollbar-size-vertical: 1; }
    RunsPlace.-wide #detail { width: 45%; height: 100%; border-top: none; border-left: solid $border; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._page = Page((), 0)
        self._extra: RunLine | None = None
        self._wanted = ""
        self.detail: Detail | None = None
        """The run that is looked at more closely, as it was read last."""
        self._shares: dict[tuple[str, str, int], float] = {}
        self._height = 0
        self._look_closer = Loading(self.console, self._read_detail, self._show_detail)

    def body(self) -> Iterable[Widget]:
        """The list above or beside one run."""
        with Container(id="split"):
            with Vertical(id="listed"):
                yield Input(placeholder="artist, title or state", id="filter")
                yield Rows(COLUMNS)
                yield Static(id="count", markup=False)
            with VerticalScroll(id="detail"):
                yield Static(id="run", markup=False)

    def refresh_from(self, label: Label) -> Page:
        """The newest runs."""
        return Overview(label.office).page(limit=PAGE)

    def show(self, data: Page) -> None:
        """The list; and the chosen run once more."""
        self._page = data
        self._show_list()
        self._look_closer.now()

    def _lines(self) -> tuple[RunLine, ...]:
        """The page, and above it a run that was gone to and is not on it."""
        extra = self._extra
        if extra is None or any(line.run.id == extra.run.id for line in self._page.lines):
            return self._page.lines
        return (extra, *self._page.lines)

    def _show_list(self) -> None:
        wanted = self.query_one(Input).value.casefold().split()
        lines = [line for line in self._lines() if words.has(line, wanted)]
        rows = self.query_one(Rows)
        rows.put([self._row(line) for line in lines])
        if self._wanted and rows.choose(self._wanted):
            self._wanted = ""
        self.query_one("#count", Static).update(words.counted(len(lines), self._page, filtered=bool(wanted)))

    def _row(self, line: RunLine) -> Row:
        run, artist, title = line
        role = ROLES.get(run.state, "muted")
        return Row(
            run.id,
            (
                Cell(self._state(run), role),
                Cell(artist),
                Cell(title),
                Cell(words.begun(run), "muted"),
            ),
        )

    def _state(self, run: Run) -> str:
        """The stage that is going, where the watcher told of one."""
        if run.state in (RunState.PRODUCING, RunState.RELEASING):
            for (run_id, stage, _), share in self._shares.items():
                if run_id == run.id:
                    return words.going(stage, share)
        return state_of(run)

    def on_rows_chosen(self, event: Rows.Chosen) -> None:
        """The chosen run is looked at more closely."""
        if type(event) is Rows.Chosen:
            self._look_closer.now()

    def on_rows_opened(self, _event: Rows.Opened) -> None:
        """Into the run: its log can be scrolled."""
        self.query_one("#detail").focus()

    def _read_detail(self) -> Detail | None:
        key = self.query_one(Rows).key
        return Overview(self.console.label.office).detail(key) if key else None

    def _show_detail(self, detail: Detail | None) -> None:
        chosen = self.query_one(Rows).key
        if detail is not None and detail.sight.line.run.id != chosen:
            return  # another one was chosen meanwhile, and is being read
        other = self.detail is None or detail is None or self.detail.sight.line.run.id != chosen
        self.detail = detail
        self._show_run()
        if other:
            self.query_one("#detail").scroll_home(animate=False)

    def _show_run(self) -> None:
        widget = self.query_one("#run", Static)
        if self.detail is None:
            widget.update(words.none_chosen())
            self._height = 0
            return
        width = max(20, self.query_one("#detail").scrollable_content_region.width)
        strip = marks(self.detail.sight, self._shares)
        sheet = words.sheet(self.detail, strip, width, self.console.label.office.studio.clock.now())
        height = sheet.get_height({}, width)
        widget.update(sheet, layout=height != self._height)  # another layout draws the whole screen
        self._height = height

    def on_resize(self) -> None:
        """The strip has as many columns as there is room for."""
        self.call_after_refresh(self._show_run)

    def on_happened(self, message: Happened) -> None:
        """How far stages are is shown at once, without a look at the ledger."""
        shares = shares_of(message.shares)
        if shares != self._shares:
            self._shares = shares
            self._show_list()
            self._show_run()

    def selected(self) -> Mapping[str, str]:
        """The chosen run."""
        key = self.query_one(Rows).key
        return {"run": key} if key else {}

    def on_shell(self) -> str:
        """Showing the chosen run."""
        chosen = self.selected()
        return f"noktvrn run show {chosen['run']}" if chosen else ""

    def go_to(self, run_id: str) -> None:
        """Chooses a run, wherever it is in the list or not in it. One that is not there is told."""
        self.query_one(Input).value = ""
        label = self.console.label
        self.ask(lambda: Overview(label.office).detail(run_id), self._gone_to, changes=False)

    def _gone_to(self, detail: Detail) -> None:
        self._extra, self._wanted = detail.sight.line, detail.sight.line.run.id
        self._show_list()
        self.query_one(Rows).focus()

    def action_filter(self) -> None:
        """Opens the line to filter by."""
        field = self.query_one(Input)
        field.display = True
        field.focus()

    async def action_unfilter(self) -> None:
        """Back to all runs; else to the first place."""
        field = self.query_one(Input)
        if field.display:
            field.value = ""
            field.display = False
            self.query_one(Rows).focus()
        elif not self.query_one(Rows).has_focus:
            self.query_one(Rows).focus()
        else:
            await self.console.action_back()

    def on_input_changed(self, _event: Input.Changed) -> None:
        """Filters as it is typed."""
        self._show_list()

    def on_input_submitted(self, _event: Input.Submitted) -> None:
        """Back to the list, as it is filtered."""
        self.query_one(Rows).focus()

    def _run_id(self) -> str:
        """The run a verb is about; empty: there is none, or nothing may be changed."""
        key = self.query_one(Rows).key
        if not key:
            self.notify("No run is chosen.", severity="warning", markup=False)
            return ""
        return key if may_change(self.console) else ""

    def action_retry(self) -> None:
        """Retries the chosen run; asks before anybody is paid once more."""
        if run_id := self._run_id():
            turns, who = self.console.label.turns, self.console.who
            self._act(run_id, "retry", lambda buy: turns.retry(run_id, by=who, buy=buy))

    def action_resume(self) -> None:
        """Resumes the chosen run."""
        if run_id := self._run_id():
            runs, who = self.console.label.runs, self.console.who
            self._act(run_id, "resume", lambda _buy: runs.resume(run_id, actor=who))

    def action_cancel(self) -> None:
        """Cancels the chosen run, after a question."""
        if run_id := self._run_id():
            runs, who = self.console.label.runs, self.console.who

            def sure(yes: bool | None) -> None:
                if yes:
                    self._act(run_id, "cancel", lambda _buy: runs.cancel(run_id, actor=who))

            told = "It stops before its next stage. What is made stays; `r` lets it go on."
            self.console.push_screen(YesOrNo(f"Cancel run {run_id}?", told, yes="cancel it"), sure)

    def action_remake(self) -> None:
        """Asks what shall be made anew, then makes it."""
        if run_id := self._run_id():
            asked = OneOf(f"What of run {run_id} shall be made anew?", PARTS)
            self.console.push_screen(asked, lambda choice: self._remake(run_id, choice))

    def _remake(self, run_id: str, choice: str | None) -> None:
        if choice == TITLE:
            told = "A title of your own, used exactly. Nothing: another one is found."
            asked = Sentence("The new title?", told, longest=LONGEST_TITLE)
            self.console.push_screen(
                asked, lambda title: None if title is None else self._make(run_id, choice, title or None)
            )
        elif choice is not None:
            self._make(run_id, choice, None)

    def _make(self, run_id: str, choice: str, title: str | None) -> None:
        remakes, who = self.console.label.remakes, self.console.who
        kind, _, name = choice.partition(" ")
        only, stage = (name, None) if kind == "only" else (None, name)

        def make(buy: bool) -> Run:
            return remakes.remake(run_id, by=who, only=only, stage=stage, title=title, buy=buy)

        self._act(run_id, "remake", make)

    def _act(self, run_id: str, verb: str, act: Callable[[bool], Run], *, buy: bool = False) -> None:
        """Does it. Where it would be paid for once more the label says no, and the person is asked."""
        label = self.console.label

        def costs(error: LabelError) -> bool:
            if error.code != COSTS or buy:
                return False
            asked = YesOrNo("Buy it once more?", error.message, yes="buy it")
            self.console.push_screen(
                asked, lambda yes: self._act(run_id, verb, act, buy=True) if yes else None
            )
            return True

        self.ask(
            lambda: go_on(label, run_id, lambda: act(buy)),
            lambda done: self._said(verb, done),
            otherwise=costs,
        )

    def _said(self, verb: str, done: Done) -> None:
        told, fine = words.said(verb, done)
        self.notify(told, severity="information" if fine else "warning", timeout=8, markup=False)
        self.reload()
