"""One thread that follows the label's events for the whole console, and how far its stages are."""

from __future__ import annotations

import threading
from collections.abc import Callable

from textual.message import Message

from noktvrn.console.asking import HERE
from noktvrn.kernel.errors import LabelError
from noktvrn.label.events import Share
from noktvrn.label.label import Label
from noktvrn.model.event import Event

LOOK_EVERY_S = 0.2
REST_S = 0.05
"""Seconds between two looks even while the bell rings all the time."""
AGAIN_AFTER_S = 1.0
PAGE = 500
STOP_WITHIN_S = 1.0
"""How long the console's end waits for a look at a ledger that does not answer."""


class Happened(Message, bubble=False):
    """What is new since the last one: events, and how far every stage is now. `anew`: something may have been
    missed (the console has just begun to watch, or the ledger was away), so look at everything again."""

    def __init__(
        self, events: tuple[Event, ...] = (), shares: tuple[Share, ...] = (), *, anew: bool = False
    ) -> None:
        super().__init__()
        self.events = events
        self.shares = shares
        self.anew = anew


class Away(Message, bubble=False):
    """The ledger does not answer; it is waited for."""

    def __init__(self, why: str) -> None:
        super().__init__()
        self.why = why


class Watcher:
    """Hands what happens to `told`, from the newest event on, until it is stopped."""

    def __init__(self, label: Label, told: Callable[[Message], object]) -> None:
        self._label = label
        self._told = told
        self._bell = label.office.studio.database.bell
        self._leaving = threading.Event()
        self._place: int | None = None
        self._shares: tuple[Share, ...] = ()
        self._was_away = True
        self._thread = threading.Thread(target=self._run, name="console: watcher", daemon=True)

    def start(self) -> None:
        """Begins to watch."""
        self._thread.start()

    def stop(self) -> None:
        """Ends the watching at once; a look at a ledger that does not answer is left to itself."""
        self._leaving.set()
        self._bell.ring()
        if self._thread.is_alive():
            self._thread.join(STOP_WITHIN_S)

    def _run(self) -> None:
        while not self._leaving.is_set():
            mark = self._bell.rung
            try:
                full = self._look()
            except LabelError as error:
                self._wait_for_it(error.message)
            except Exception as error:
                self._label.faults.note(error, HERE)
                self._wait_for_it(f"{type(error).__name__}: {error}")
            else:
                if not full and not self._leaving.wait(REST_S):
                    self._bell.wait(mark, LOOK_EVERY_S)

    def _look(self) -> bool:
        """One look; whether there is more to read at once."""
        if self._place is None:
            self._place = self._label.events.last()
        page = self._label.events.after(self._place, limit=PAGE)
        shares = self._label.events.shares()
        if page:
            self._place = page[-1].number
        if page or shares != self._shares or self._was_away:
            self._told(Happened(page, shares, anew=self._was_away))
        self._shares, self._was_away = shares, False
        return len(page) == PAGE

    def _wait_for_it(self, why: str) -> None:
        self._was_away = True
        if not self._leaving.is_set():
            self._told(Away(why))
        self._leaving.wait(AGAIN_AFTER_S)
