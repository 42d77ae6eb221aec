"""The console: the label on a terminal, by the same verbs as every other door."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import signal
from collections.abc import Callable
from functools import partial
from typing import ClassVar

from textual.app import App
from textual.binding import Binding, BindingType
from textual.screen import Screen

from noktvrn.console.asking import Answered, note, our_fault, tell
from noktvrn.console.cells import plain
from noktvrn.console.loading import Loading
from noktvrn.console.palette import Palette
from noktvrn.console.screens.place import Place
from noktvrn.console.screens.questions import KeysOfPlace
from noktvrn.console.screens.runs import RunsPlace
from noktvrn.console.theme import NIGHT, SHEET
from noktvrn.console.verbs import GOING, bindings
from noktvrn.console.watcher import Away, Happened, Watcher
from noktvrn.console.widgets.bar import Bar, Standing
from noktvrn.label.label import Label

PLACES = {
    "label": ("noktvrn.console.screens.pulse", "PulsePlace"),
    "runs": ("noktvrn.console.screens.runs", "RunsPlace"),
    "review": ("noktvrn.console.screens.review", "ReviewPlace"),
}
"""Places by the name of their mode; each is imported when it is first gone to."""

WIDE = 110
"""Columns from which on a place puts things side by side (the class `-wide`)."""


def _open(mode: str) -> Screen[None]:
    module, name = PLACES[mode]
    place = getattr(importlib.import_module(module), name)()
    assert isinstance(place, Place)  # noqa: S101 - our own table
    return place


class Console(App[None]):
    """Owns the watcher, the asking and the way between places."""

    CSS = SHEET
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]  # noqa: RUF012 - Textual declares it so
    MODES: ClassVar[dict[str, str | Callable[[], Screen[None]]]] = {
        mode: partial(_open, mode) for mode in PLACES
    }
    DEFAULT_MODE = "label"
    COMMANDS: ClassVar = {Palette}
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(GOING),
        Binding("ctrl+p", "command_palette", "palette", show=False, priority=True),
        Binding("ctrl+c", "quit", "quit", show=False),
    ]

    def __init__(self, label: Label, who: str, read_only: bool = False) -> None:
        super().__init__()
        self.label = label
        self.who = who
        self.read_only = read_only
        self.animation_level = "none"  # a screen that moves by itself is slow over a line, and not calm
        # Rooms are imported at their first use: here one after the other, and not by threads all at once.
        self._rooms = (label.events, label.switch, label.desk, label.runs, label.faults)
        self._watcher = Watcher(label, self.post_message)
        self._bar = Loading(self, self._look, self._stand)
        self.standing = Standing(read_only=read_only)

    def on_mount(self) -> None:
        """Begins to watch."""
        self.register_theme(NIGHT)
        self.theme = NIGHT.name
        self._watcher.start()
        self._leave_at_signals()

    def on_unmount(self) -> None:
        """No thread outlives the app."""
        self._watcher.stop()

    def _leave_at_signals(self) -> None:
        """A terminal that goes away, or whoever ends the process, finds it left in order."""
        with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
            for name in (signal.SIGTERM, signal.SIGHUP):
                asyncio.get_running_loop().add_signal_handler(name, self.exit)

    def on_answered(self, message: Answered) -> None:
        """What a thread handed back; nothing of it is wanted once the console closes."""
        if not self.is_running:
            return
        try:
            message.then()
        except Exception as error:  # a screen that cannot show something is no end of the console
            note(self, error)
            tell(self, our_fault(error))

    def on_happened(self, message: Happened) -> None:
        """Hands the news to the place that shows, also beneath a question."""
        if self.standing.away or message.anew or any(_is_for_bar(event.kind) for event in message.events):
            self._bar.soon()
        place = self.place()
        if place is not None:
            place.post_message(Happened(message.events, message.shares, anew=message.anew))

    def on_away(self, message: Away) -> None:
        """The ledger is waited for."""
        self.away(message.why)

    def away(self, why: str) -> None:
        """Tells in the first line that the ledger does not answer."""
        self._stand(Standing(read_only=self.read_only, away=plain(why) or "no answer"))

    def place(self) -> Place[object] | None:
        """The place that shows."""
        return next((one for one in reversed(self.screen_stack) if isinstance(one, Place)), None)

    def _look(self) -> Standing:
        stop = self.label.switch.state()
        by = stop.by.removeprefix("person:") if stop is not None else ""
        return Standing(stopped_by=by, waiting=self.label.desk.count(), read_only=self.read_only)

    def _stand(self, standing: Standing) -> None:
        self.standing = standing
        place = self.place()
        for bar in place.query(Bar) if place is not None else ():
            bar.standing = standing

    def action_go(self, mode: str) -> None:
        """To another place."""
        self.switch_mode(mode)

    async def action_back(self) -> None:
        """Out of a question, or to the first place."""
        if len(self.screen_stack) > 1:
            await self.pop_screen()
        else:
            self.switch_mode("label")

    def action_keys(self) -> None:
        """The keys of the place that shows."""
        place = self.place()
        if place is not None:
            known = (*place.VERBS, *GOING)
            keys = [(verb.spelt, verb.told) for verb in known]
            self.push_screen(KeysOfPlace(place.NAME, keys))

    async def go_to_run(self, run_id: str) -> None:
        """To a run, whichever place shows."""
        await self.switch_mode("runs")
        place = self.place()
        if isinstance(place, RunsPlace):
            place.go_to(run_id)

    def copy_command(self, command: str) -> None:
        """Copies a command line and says it."""
        if not command:
            self.notify("Nothing is selected.", severity="warning", markup=False)
            return
        self.copy_to_clipboard(command)
        self.notify(command, title="Copied", markup=False)


def _is_for_bar(kind: str) -> bool:
    return kind.partition(".")[0] in ("label", "run", "review", "verdict")
