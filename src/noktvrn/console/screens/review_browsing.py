"""Looking through the desk: the queue, and the sheet of the entry under the cursor."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import OptionList, Static

from noktvrn.console.asking import ask
from noktvrn.console.cells import cut, plain
from noktvrn.console.screens.place import Place
from noktvrn.console.screens.review_page import has_screen, open_page
from noktvrn.console.screens.review_pane import SheetPane
from noktvrn.console.screens.review_queue import TOLD, Queue, Reader, Waiting, told_of
from noktvrn.console.screens.review_sheet import Sheet, read_sheet
from noktvrn.console.screens.review_verdicts import Seen, Verdicts
from noktvrn.label.label import Label
from noktvrn.label.previews import preview_page

LOOK_AFTER_S = 0.08
"""How long the cursor rests on an entry before it is read: who runs down the list reads none of them."""
TICK_S = 1.0
NOTHING = "Nothing waits for a verdict."


class Browsing(Place[Queue]):
    """The queue on the left, the sheet of the entry under its cursor on the right; every key but those that
    decide."""

    SCOPED_CSS = False
    CSS = """
    Browsing #review { height: 1fr; }
    Browsing #left { width: 28; height: 100%; border-right: solid $border; padding: 0 0 0 1; }
    Browsing #waiting { height: 1fr; background: $background; scrollbar-size-vertical: 1; }
    Browsing #waiting:focus { background-tint: $background 0%; }
    Browsing #sheet { width: 1fr; height: 100%; }
    Browsing #told { height: auto; min-height: 1; max-height: 3; padding: 0 1; }
    Browsing.-wide #left { width: 42; }
    Browsing.-wide #top { grid-columns: 36 1fr; grid-rows: auto; }
    Browsing.-wide #facts { min-height: 9; }
    Browsing.-wide #cover { width: 36; height: 18; row-span: 2; }
    Browsing.-wide #heard { column-span: 1; min-height: 9; padding: 0 0 0 2; margin: 0; }
    Browsing.-wide #waveform { height: 7; }
    Browsing.-wide #text { layout: horizontal; }
    Browsing.-wide #words { width: 2fr; padding: 0 2 0 0; }
    Browsing.-wide #checks { width: 3fr; }
    """

    def __init__(self) -> None:
        super().__init__()
        console = self.console
        self._reader = Reader()
        self._verdicts = Verdicts(console.label, console.who)
        self._queue = Queue()
        self._wanted = ""
        self._seen: dict[str, str] = {}
        self._deciding: set[str] = set()
        self._resting: Timer | None = None
        self._said = ""
        self._line = Content()

    def body(self) -> Iterable[Widget]:
        """Queue and sheet, and one line of what happened."""
        with Horizontal(id="review"):
            with Vertical(id="left"):
                yield Static(id="count", classes="title")
                yield Waiting(id="waiting")
            yield SheetPane(self.console)
        yield Static(id="told")

    def on_mount(self) -> None:
        """The cursor is in the queue; time goes on."""
        self.query_one(SheetPane).clear("")
        self.query_one(Waiting).focus()
        self.set_interval(TICK_S, self._tick)

    # What lies there

    def refresh_from(self, label: Label) -> Queue:
        """The first page of the desk, and what became of what was on it."""
        return self._reader.read(label, self._queue.items, self._verdicts.is_ours)

    def show(self, data: Queue) -> None:
        """The queue as it is now; the cursor stays where it is, or goes to who comes next."""
        before, self._queue = self._queue, data
        lying: dict[str, str] = {item.run_id: item.approval_hash for item in data.items}
        changed = self._verdicts.keep_marks(lying)
        if data.gone or changed:
            self._say(_news(data, changed))
        self._go_on_from(before)

    def _go_on_from(self, before: Queue) -> None:
        """The cursor stays where it is; where that has gone, it goes to who came next."""
        if self._queue.find(self._wanted) is None:
            remaining = {item.run_id for item in self._queue.items}
            first = self._queue.items[0].run_id if self._queue.items else ""
            self._wanted = before.beside(self._wanted, remaining) or first
        self._fill()
        self._look_if_new()

    def _fill(self) -> None:
        queue = self._queue
        self.query_one(Waiting).fill(queue, self._verdicts.marked, self._wanted)
        more = f" of {queue.total}" if queue.total > len(queue.items) else ""
        marked = f" · {len(self._verdicts.marked)} marked" if self._verdicts.marked else ""
        self.query_one("#count", Static).update(Content(f"{len(queue.items)}{more} waiting{marked}"))

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """The cursor moved: what it rests on is read."""
        event.stop()
        if event.option.id and event.option.id != self._wanted:
            self._wanted = event.option.id
            if self._resting is not None:
                self._resting.stop()
            self._resting = self.set_timer(LOOK_AFTER_S, self._look)

    def _look_if_new(self) -> None:
        """Reads the entry under the cursor where what is shown is another, or not what lies there."""
        item, sheet = self._queue.find(self._wanted), self.sheet
        if item is None:
            self._wanted = ""
            self.query_one(SheetPane).clear(NOTHING)
        elif sheet is None or sheet.item != item:
            self._look()

    def _look(self) -> None:
        run_id = self._wanted
        if run_id:
            label = self.console.label
            ask(
                self.console,
                lambda: read_sheet(label, run_id),
                self._looked,
                changes=False,
                otherwise=lambda _: run_id != self._wanted,
            )

    @property
    def sheet(self) -> Sheet | None:
        """The sheet of the entry under the cursor; None while it is not there yet."""
        sheet = self.query_one(SheetPane).sheet
        return sheet if sheet is not None and sheet.item.run_id == self._wanted else None

    def _looked(self, sheet: Sheet) -> None:
        if sheet.item.run_id == self._wanted and sheet.verdict is None:
            self._seen[sheet.item.run_id] = sheet.approval_hash
            self.query_one(SheetPane).show(sheet, self._now())

    def _now(self) -> datetime:
        return self.console.label.office.studio.clock.now()

    # The way through it

    def action_step(self, step: int) -> None:
        """Along the queue."""
        waiting = self.query_one(Waiting)
        if waiting.option_count:
            place = (waiting.highlighted or 0) + step
            waiting.highlighted = max(0, min(waiting.option_count - 1, place))

    def action_read(self, pages: int) -> None:
        """Along the sheet."""
        pane = self.query_one(SheetPane)
        pane.scroll_relative(y=pages * max(1, pane.size.height - 2), animate=False)

    def action_song(self, step: int) -> None:
        """Along the songs of a record."""
        self.query_one(SheetPane).turn(step)

    async def action_leave(self) -> None:
        """Takes the marks away; without any, leaves the place."""
        if self._verdicts.marked:
            self._verdicts.marked.clear()
            self._fill()
        else:
            await self.console.action_back()

    def action_play(self) -> None:
        """Plays what is shown, or stops."""
        if self.sheet is not None:
            self.query_one(SheetPane).play()

    def action_page(self) -> None:
        """Opens the preview page."""
        sheet, label = self.sheet, self.console.label
        if sheet is not None:
            ask(self.console, lambda: preview_page(label, sheet.run), self._page_laid, changes=False)

    def _page_laid(self, page: Path) -> None:
        if has_screen() and not self.console.is_web:
            ask(self.console, partial(open_page, page), lambda _: None, changes=False)
            self._say(f"Opened: {page}")
        else:
            self.console.copy_to_clipboard(str(page))
            self.console.notify(f"The page, copied: {plain(str(page))}", timeout=10, markup=False)

    def selected(self) -> Mapping[str, str]:
        """The entry under the cursor; the hash only once it was seen."""
        item, given = self._queue.find(self._wanted), self._verdicts.last(self._now())
        found = {"decided": given.seen.run_id} if given is not None else {}
        if item is not None:
            found |= {"run": item.run_id, "artist": item.artist_id}
            found |= {"hash": self._seen[item.run_id]} if item.run_id in self._seen else {}
        return found

    def on_shell(self) -> str:
        """The command that shows the entry."""
        return f"noktvrn review show {self._wanted}" if self._wanted else ""

    def _in_sight(self) -> Seen | None:
        """What is shown, to be decided on; says why not where there is nothing."""
        sheet = self.sheet
        if sheet is None:
            self._say("It is still being read: look first." if self._wanted else NOTHING)
            return None
        if sheet.item.run_id in self._deciding:
            return None
        return Seen(sheet.item.run_id, sheet.item.title, sheet.approval_hash)

    def action_mark(self) -> None:
        """Marks what was looked at, and goes on."""
        seen = self._in_sight()
        if seen is not None:
            self._verdicts.mark(seen)
            self._fill()
            self.action_step(1)

    def _tick(self) -> None:
        pane = self.query_one(SheetPane)
        pane.tell_time(self._now())
        self._say(self._said)

    def _say(self, told: str) -> None:
        """What happened last, and while there is time, how it is undone."""
        self._said = told
        now = self._now()
        given = self._verdicts.last(now)
        left = -(-(given.until - now) // timedelta(seconds=1)) if given is not None else 0
        undo = (f"   u takes {named(given.seen)} back, {left} s", "$text-muted") if given is not None else ""
        line = Content.assemble(plain(told), undo)
        if line.markup != self._line.markup:
            self._line = line
            self.query_one("#told", Static).update(line)


def named(seen: Seen) -> str:
    """A piece of work by its title."""
    return f'"{cut(seen.title, 40)}"'


def _news(data: Queue, changed: list[Seen]) -> str:
    """What happened to the queue that nobody here did."""
    dropped = [f"{named(seen)} has changed since it was marked." for seen in changed[:TOLD]]
    return " ".join(filter(None, (told_of(data.gone), *dropped)))
