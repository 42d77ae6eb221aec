"""The review place: what lies on the desk, and the verdicts on it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar, TypeVar

from textual.binding import Binding, BindingType

from noktvrn.console.asking import ask, may_change, tell
from noktvrn.console.screens.review_browsing import Browsing, named
from noktvrn.console.screens.review_queue import TOLD, Queue
from noktvrn.console.screens.review_takes import ANOTHER, TakeChoice
from noktvrn.console.screens.review_verdicts import Given, Result, Seen
from noktvrn.console.verbs import Verb, bindings
from noktvrn.console.widgets.reason import Reason
from noktvrn.kernel.errors import Conflict, LabelError, Mistake
from noktvrn.label.desk import LONGEST_REASON
from noktvrn.label.takes import TakeSight
from noktvrn.model.verdict import Verdict

T = TypeVar("T")

UNDO_OFF = "Verdicts cannot be taken back in this label: NOKTVRN_UNDO_S is 0."

VERBS = (
    Verb(
        "a",
        "approve",
        "approve",
        "Approve what is shown, or what is marked as it was seen",
        "noktvrn review approve {run} --hash {hash} --no-wait",
    ),
    Verb("x", "reject", "reject", "Reject it, with a reason", "noktvrn review reject {run} --reason TEXT"),
    Verb(
        "u",
        "undo",
        "undo",
        "Take the last verdict given here back, in its grace",
        "noktvrn review undo {decided}",
    ),
    Verb("t", "take", "take", "Choose another take, or have one recorded", "noktvrn review takes {run}"),
    Verb("p", "play", "play", "Play or stop it; a record's songs one after another"),
    Verb("o", "page", "page", "Open its page in the browser", "noktvrn open {run}"),
    Verb("space", "mark", "mark", "Mark or unmark what was looked at", shown=False),
    Verb("y", "copy", "copy", "Copy the command that shows it", "noktvrn review show {run}", shown=False),
    Verb("j", "step(1)", "next", "The next entry (n and down, too)", shown=False),
    Verb("k", "step(-1)", "before", "The entry before (up, too)", shown=False),
    Verb("right", "song(1)", "next song", "The next song of a record", shown=False),
    Verb("left", "song(-1)", "song before", "The song of a record before", shown=False),
    Verb("pagedown", "read(1)", "read on", "Read on", shown=False),
    Verb("pageup", "read(-1)", "read back", "Read back", shown=False),
)


class ReviewPlace(Browsing):
    """The desk with every key it has."""

    NAME = "Review"
    VERBS = VERBS
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(VERBS),
        Binding("n", "step(1)", "next", show=False),
        Binding("escape", "leave", "back", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._question: tuple[Reason | TakeChoice, Seen] | None = None
        self._comes_back = ""

    def show(self, data: Queue) -> None:
        """The queue as it is now; a question about what has gone from it is asked no more."""
        self._end_question(data)
        if self._comes_back and data.find(self._comes_back):
            self._wanted, self._comes_back = self._comes_back, ""
        super().show(data)

    def action_approve(self) -> None:
        """Approves what is shown, or everything that is marked."""
        if not may_change(self.console):
            return
        marked = list(self._verdicts.marked.values())
        seen = None if marked else self._in_sight()
        wanted = marked or ([seen] if seen is not None else [])
        several = [one for one in wanted if one.run_id not in self._deciding]
        if several:
            self._decide(several, lambda: self._verdicts.approve_each(several), self._approved)

    def _approved(self, results: list[Result]) -> None:
        done = [result for result in results if result.verdict is not None]
        for result in done:
            self._remember(result.seen, result.verdict)
        if done:
            first = done[0].seen
            self._say(f"Approved {len(done)}." if len(done) > 1 else f"Approved {named(first)}.")
        refused = [result for result in results if result.error is not None]
        for result in refused[:TOLD]:
            self._refused(result)
        self._go_on([result.seen for result in done])

    def _refused(self, result: Result) -> None:
        error = result.error
        if error is not None:
            self._verdicts.marked.pop(result.seen.run_id, None)
            tell(self.console, type(error)(f"{named(result.seen)}: {error.message}", hint=error.hint))

    def action_reject(self) -> None:
        """Asks for the reason, then rejects what was shown when it was asked."""
        seen = self._in_sight() if may_change(self.console) else None
        if seen is not None:
            question = Reason(f"Why is {named(seen)} rejected?", longest=LONGEST_REASON)
            self._ask_person(question, seen, partial(self._reject, seen))

    def _reject(self, seen: Seen, reason: str | None) -> None:
        if reason is not None:
            self._decide([seen], lambda: self._verdicts.reject(seen, reason), partial(self._rejected, seen))

    def _rejected(self, seen: Seen, verdict: Verdict) -> None:
        self._remember(seen, verdict)
        self._say(f"Rejected {named(seen)}.")
        self._go_on([seen])

    def action_undo(self) -> None:
        """Takes the last verdict given here back."""
        if not may_change(self.console):
            return
        given = self._verdicts.last(self._now())
        if not self._verdicts.grace:
            self._say(UNDO_OFF)
        elif given is None:
            self._say("There is no verdict to take back any more.")
        else:
            self._verdicts.forget(given)
            ask(
                self.console,
                lambda: self._verdicts.undo(given),
                lambda _: self._undone(given),
                otherwise=lambda error: self._not_undone(given, error),
            )

    def _undone(self, given: Given) -> None:
        self._say(f"{named(given.seen)} waits for a verdict again.")
        self._comes_back = given.seen.run_id
        self.reload()

    def _not_undone(self, given: Given, error: LabelError) -> bool:
        if not isinstance(error, Mistake):  # nobody answered: it can be asked again
            self._verdicts.put_back(given)
        return False

    def action_take(self) -> None:
        """Asks which take it shall be."""
        seen, sheet = (self._in_sight(), self.sheet) if may_change(self.console) else (None, None)
        if seen is None or sheet is None:
            return
        if sheet.draft is not None and sheet.draft.songs:
            self._say("The songs of a record stay as they are.")
            return
        label = self.console.label
        ask(self.console, lambda: label.takes.of(seen.run_id), partial(self._ask_take, seen), changes=False)

    def _ask_take(self, seen: Seen, takes: tuple[TakeSight, ...]) -> None:
        if self._question is None and self._wanted == seen.run_id:
            self._ask_person(TakeChoice(seen.title, takes), seen, partial(self._take, seen))

    def _take(self, seen: Seen, take: int | None) -> None:
        if take is None:
            return
        verdicts = self._verdicts
        act = (
            partial(verdicts.record_another, seen)
            if take == ANOTHER
            else partial(verdicts.choose, seen, take)
        )
        self._decide([seen], act, lambda _: self._taken(seen, take))

    def _taken(self, seen: Seen, take: int) -> None:
        which = "Another take" if take == ANOTHER else f"Take {take}"
        self._say(f"{which} of {named(seen)} is being made ready; it comes back here.")
        self._go_on([seen])

    def _ask_person(self, question: Reason | TakeChoice, seen: Seen, then: Callable[[Any], None]) -> None:
        self._question = (question, seen)

        def answered(answer: str | int | None) -> None:
            self._question = None
            then(answer)

        self.console.push_screen(question, answered)

    def _end_question(self, data: Queue) -> None:
        """A question about what has left the desk, or has changed, is asked no more."""
        if self._question is None:
            return
        question, seen = self._question
        item, gone = data.find(seen.run_id), dict(data.gone).get(seen.run_id)
        changed = item is not None and item.approval_hash != seen.approval_hash
        if question.is_current and (gone or changed):
            question.dismiss(None)
            tell(self.console, Conflict(gone or f"{named(seen)} has changed: look again, then decide."))

    def _decide(self, several: list[Seen], act: Callable[[], T], then: Callable[[T], None]) -> None:
        """One decision at a time on one piece of work. Whatever comes of it, the desk is read again."""
        ids = {one.run_id for one in several}
        self._deciding |= ids

        def work() -> T:
            try:
                return act()
            finally:
                self._deciding -= ids

        ask(self.console, work, then, otherwise=self._not_decided)

    def _not_decided(self, _error: LabelError) -> bool:
        self._seen.pop(self._wanted, None)
        self.reload()
        self._look()
        return False

    def _remember(self, seen: Seen, verdict: Verdict | None) -> None:
        if verdict is not None:
            self._verdicts.remember(seen, verdict)

    def _go_on(self, done: list[Seen]) -> None:
        """The entries are off the list at once, and the cursor is on who comes next."""
        before = self._queue
        self._queue = before.without({seen.run_id for seen in done})
        self._go_on_from(before)
        self.reload()
