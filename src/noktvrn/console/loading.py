"""Reading again what may have changed: never twice at once, and many reasons within 0.2 s are one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Generic, TypeVar

from noktvrn.console.asking import Answered, note, our_fault, tell
from noktvrn.kernel.errors import LabelError, Unavailable

if TYPE_CHECKING:
    from noktvrn.console.app import Console

T = TypeVar("T")

CALM_S = 0.2
AGAIN_AFTER_S = 1.0


class Loading(Generic[T]):
    """`read` is called on a thread, `show` with what it came to on the app's. What cannot be read is told
    once; a ledger that is away is told in the first line and asked again."""

    def __init__(self, app: Console, read: Callable[[], T], show: Callable[[T], None]) -> None:
        self._app = app
        self._read = read
        self._show = show
        self._waits = self._reads = self._again = False
        self._told = ""

    def soon(self) -> None:
        """Reads within 0.2 s, however often it is asked to."""
        if not self._waits:
            self._waits = True
            self._app.set_timer(CALM_S, self._due)

    def now(self) -> None:
        """Reads at once, or once more after what is being read."""
        if self._reads:
            self._again = True
            return
        self._reads, self._again = True, False
        self._app.run_worker(self._work, thread=True, exit_on_error=False, group="reading", name="reading")

    def _due(self) -> None:
        self._waits = False
        self.now()

    def _work(self) -> None:
        try:
            found = self._read()
        except LabelError as error:
            trouble = error  # the name of an except clause ends with it
            note(self._app, error)
            self._app.post_message(Answered(lambda: self._failed(trouble)))
        except Exception as error:
            note(self._app, error)
            broken = our_fault(error)
            self._app.post_message(Answered(lambda: self._failed(broken)))
        else:
            self._app.post_message(Answered(lambda: self._done(found)))

    def _done(self, found: T) -> None:
        self._reads, self._told = False, ""
        self._show(found)
        if self._again:
            self.now()

    def _failed(self, error: LabelError) -> None:
        self._reads = False
        if isinstance(error, Unavailable):
            self._app.away(error.message)
            self._waits = True
            self._app.set_timer(AGAIN_AFTER_S, self._due)
        elif error.message != self._told:
            self._told = error.message
            tell(self._app, error)
