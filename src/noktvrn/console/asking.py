"""How the console asks the label: on a thread of its own, and back on the app's. No answer is a crash."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from textual.message import Message

from noktvrn.console.cells import plain
from noktvrn.kernel.errors import Fault, LabelError
from noktvrn.production.faults import About

if TYPE_CHECKING:
    from noktvrn.console.app import Console

T = TypeVar("T")
Refusal = Callable[[LabelError], bool]
"""Hears why the label said no; whether it has dealt with it, so that nobody needs to be told."""

HERE = About(stage="the console")
READ_ONLY = "This console only looks."
READ_ONLY_HINT = "Open it without --read-only to change anything."


class Answered(Message, bubble=False):
    """What a thread hands back to the app: to be called there."""

    def __init__(self, then: Callable[[], None]) -> None:
        super().__init__()
        self.then = then


def ask(
    app: Console,
    act: Callable[[], T],
    then: Callable[[T], None],
    *,
    changes: bool = True,
    otherwise: Refusal | None = None,
) -> None:
    """Calls `act`, a verb of the label, on a thread, and `then` with what it came to on the app's.

    A LabelError is told, unless `otherwise` has dealt with it. In a console that only looks nothing that
    `changes` anything is begun.
    """
    if changes and not may_change(app):
        return

    def work() -> None:
        try:
            done = act()
        except LabelError as error:
            trouble = error  # the name of an except clause ends with it
            note(app, error)
            app.post_message(Answered(lambda: _refused(app, trouble, otherwise)))
        except Exception as error:
            broken = error
            note(app, error)
            app.post_message(Answered(lambda: tell(app, our_fault(broken))))
        else:
            app.post_message(Answered(lambda: then(done)))

    app.run_worker(work, thread=True, exit_on_error=False, group="asking", name="asking")


def may_change(app: Console) -> bool:
    """Whether this console changes anything; tells the person if not."""
    if app.read_only:
        app.notify(READ_ONLY_HINT, title=READ_ONLY, severity="warning", markup=False)
    return not app.read_only


def tell(app: Console, error: LabelError) -> None:
    """Shows an error as every door does: its message and what to do next."""
    told = [plain(error.message), plain(error.hint)]
    app.notify("\n".join(filter(None, told)), severity="error", timeout=10, markup=False)


def our_fault(error: BaseException) -> LabelError:
    """What a person is told of an error nobody foresaw."""
    said = next(iter(str(error).splitlines()), "")
    return Fault(f"Our fault: {type(error).__name__}: {said}"[:200], hint="`noktvrn faults list` tells more.")


def note(app: Console, error: Exception) -> None:
    """Counts an error that is ours. Never fails."""
    if not isinstance(error, LabelError) or error.exit_code == Fault.exit_code:
        app.label.faults.note(error, HERE)


def _refused(app: Console, error: LabelError, otherwise: Refusal | None) -> None:
    if otherwise is None or not otherwise(error):
        tell(app, error)
