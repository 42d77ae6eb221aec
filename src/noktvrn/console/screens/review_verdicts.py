"""Verdicts through the console: what was seen and marked, what was decided here and can be taken back."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from noktvrn.kernel.errors import LabelError, Mistake
from noktvrn.label.also import Also
from noktvrn.label.desk import Door
from noktvrn.label.label import Label
from noktvrn.model.run import Run
from noktvrn.model.verdict import Verdict

DOOR: Door = "console"


@dataclass(frozen=True, slots=True)
class Seen:
    """A piece of work as a person saw it: its run and the hash of what was shown."""

    run_id: str
    title: str
    approval_hash: str


@dataclass(frozen=True, slots=True)
class Given:
    """A verdict given here, and until when it can be taken back."""

    seen: Seen
    decision: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one of several approvals."""

    seen: Seen
    verdict: Verdict | None
    error: LabelError | None = None


class Verdicts:
    """Hands verdicts to the desk and remembers them. The verbs are called on threads, the rest on the app's.

    `ours` are the runs decided here: nobody needs to be told who did it. A run is entered before its verdict
    is committed, since the news of it may be faster than the answer.
    """

    def __init__(self, label: Label, who: str) -> None:
        self.who = who
        self._label = label
        self._given: list[Given] = []
        self.ours: set[str] = set()
        self.marked: dict[str, Seen] = {}

    @property
    def grace(self) -> timedelta:
        """How long a verdict can be taken back in this label; zero: not at all."""
        return timedelta(seconds=self._label.settings.undo_s)

    def approve(self, seen: Seen) -> Verdict:
        """Approves exactly what was seen. Raises as `Desk.approve` does."""
        with self._deciding(seen):
            verdict = self._label.desk.approve(
                seen.run_id, by=self.who, door=DOOR, approval_hash=seen.approval_hash
            )
        self._seal()
        return verdict

    def approve_each(self, several: Iterable[Seen]) -> list[Result]:
        """Approves one after another. One that is refused keeps none of the others; where the ledger does not
        answer the rest is left alone."""
        results = []
        for seen in several:
            try:
                results.append(Result(seen, self.approve(seen)))
            except LabelError as error:
                results.append(Result(seen, None, error))
                if not isinstance(error, Mistake):
                    break
        return results

    def reject(self, seen: Seen, reason: str) -> Verdict:
        """Rejects exactly what was seen. Raises as `Desk.reject` does."""
        with self._deciding(seen):
            verdict = self._label.desk.reject(
                seen.run_id, by=self.who, door=DOOR, reason=reason, approval_hash=seen.approval_hash
            )
        self._seal()
        return verdict

    def undo(self, given: Given) -> Run:
        """Takes a verdict back. Raises as `Desk.undo` does."""
        run = self._label.desk.undo(given.seen.run_id, by=self.who, door=DOOR)
        self.ours.discard(given.seen.run_id)
        self._seal()
        return run

    def choose(self, seen: Seen, take: int) -> Run:
        """Prefers another take of what was seen, unless somebody decided meanwhile. Raises as `Takes.choose`
        and `Desk.check_lies` do."""
        run = self._label.takes.choose(seen.run_id, take, by=self.who, also=self._still_lies(seen))
        self._seal()
        return run

    def record_another(self, seen: Seen) -> Run:
        """Has another take recorded of what was seen. Raises as `Remakes.remake` and `Desk.check_lies` do."""
        run = self._label.remakes.remake(seen.run_id, by=self.who, only="take", also=self._still_lies(seen))
        self._seal()
        return run

    def _still_lies(self, seen: Seen) -> Also:
        """Refuses a verb once the desk has something else."""
        desk = self._label.desk
        return lambda connection: desk.check_lies(connection, seen.run_id, seen.approval_hash)

    def is_ours(self, verdict: Verdict) -> bool:
        """Whether it was given here."""
        return verdict.run_id in self.ours and verdict.door == DOOR and verdict.by == self.who

    def remember(self, seen: Seen, verdict: Verdict) -> None:
        """Notes a verdict that was given here, to be taken back while there is time."""
        self.marked.pop(seen.run_id, None)
        if self.grace:
            self._given.append(Given(seen, verdict.decision, verdict.at + self.grace))

    def last(self, now: datetime) -> Given | None:
        """The newest verdict given here that can still be taken back."""
        self._given = [given for given in self._given if given.until > now]
        return self._given[-1] if self._given else None

    def put_back(self, given: Given) -> None:
        """A verdict that nobody could be asked to take back."""
        self._given.append(given)

    def forget(self, given: Given) -> None:
        """A verdict that was taken back, or cannot be any more."""
        self._given = [one for one in self._given if one is not given]

    def mark(self, seen: Seen) -> bool:
        """Marks what was seen, or unmarks it; returns whether it is marked now."""
        if self.marked.pop(seen.run_id, None) is not None:
            return False
        self.marked[seen.run_id] = seen
        return True

    def keep_marks(self, lying: Mapping[str, str]) -> list[Seen]:
        """Drops the marks of what does not lie there any more (by run: the hash of what does); returns those
        that lie there and have changed since they were seen."""
        changed = [
            seen
            for seen in self.marked.values()
            if lying.get(seen.run_id, "") not in ("", seen.approval_hash)
        ]
        self.marked = {
            run_id: seen for run_id, seen in self.marked.items() if lying.get(run_id) == seen.approval_hash
        }
        return changed

    @contextlib.contextmanager
    def _deciding(self, seen: Seen) -> Iterator[None]:
        self.ours.add(seen.run_id)
        try:
            yield
        except BaseException:
            self.ours.discard(seen.run_id)
            raise

    def _seal(self) -> None:
        """The audit's chain; a chore strings in what is left out here."""
        with contextlib.suppress(LabelError):
            self._label.house.seal_audit()
