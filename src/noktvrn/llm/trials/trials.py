"""Which words a prompt is asked in: the champion's, and for a small share of the calls a candidate's.

No trial is on until a person starts one, so by default every call has the house's own words. What a wish is
given depends on its seed alone as long as the trials stay the same.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from noktvrn.kernel.clock import Clock
from noktvrn.llm.prompt import Prompt
from noktvrn.llm.result import Task
from noktvrn.llm.trials.evidence import TrialRules, assigned
from noktvrn.llm.trials.variants import Wording, base_of

if TYPE_CHECKING:
    from noktvrn.storage.database import Database
    from noktvrn.storage.ledger.prompts import Variant

FRESH_S = 2.0
"""Seconds what the books say is believed without looking again, so that a choice costs no query."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a prompt stands: its champion, and the candidates that share `share` of the calls."""

    champion: Prompt
    candidates: tuple[Prompt, ...] = ()
    share: float = 0.0

    def chosen(self, seed: int) -> Prompt:
        """The prompt a call with this seed is given."""
        if not self.candidates:
            return self.champion
        by_name = {one.variant: one for one in (self.champion, *self.candidates)}
        names = [one.variant for one in self.candidates]
        return by_name[assigned(self.champion.variant, names, seed=seed, share=self.share)]


class Trials:
    """The trials of a label. Safe to share between threads."""

    def __init__(
        self, database: Database, clock: Clock, *, rules: TrialRules | None = None, autopromote: bool = False
    ) -> None:
        self._database = database
        self._clock = clock
        self._rules = rules or TrialRules()
        self._autopromote = autopromote
        self._lock = threading.Lock()
        self._rows: tuple[Variant, ...] = ()
        self._looked_at = -FRESH_S

    def choose(self, task: Task, *, seed: int) -> Prompt:
        """The prompt for a call of this task."""
        return self.standing(task).chosen(seed)

    def others(self, chosen: Prompt) -> tuple[Prompt, ...]:
        """Every other prompt a call of this task could be given: none where nothing was ever tried."""
        stands = self.standing(chosen.id)
        known = {one.ref: one for one in (base_of(chosen.id), stands.champion, *stands.candidates)}
        return tuple(one for ref, one in known.items() if ref != chosen.ref)

    def on(self, task: Task) -> bool:
        """Whether candidates of this task's prompt are on trial."""
        return bool(self.standing(task).candidates)

    def standing(self, task: Task) -> Standing:
        """Where a prompt stands, as the books said at most `FRESH_S` seconds ago."""
        with self._lock:
            now = time.monotonic()
            if now - self._looked_at >= FRESH_S:
                self._rows, self._looked_at = self._read(), now
            rows = self._rows
        return standing(task, rows, self._rules.share)

    def learn(self, task: Task) -> None:
        """New outcomes of this task are in the books: a trial that is decided ends, where the label has set
        that no person need say so."""
        if not self._autopromote or not self.on(task):
            return
        from noktvrn.llm.trials import moves

        with self._database.begin() as connection:
            moves.settle(connection, task, self._rules, actor="trials", at=self._clock.now())
        self.forget()

    def forget(self) -> None:
        """Looks the standing up anew with the next choice."""
        with self._lock:
            self._looked_at = -FRESH_S

    def _read(self) -> tuple[Variant, ...]:
        from noktvrn.storage.ledger import prompts

        with self._database.read() as connection:
            return prompts.active(connection)


def standing(task: Task, rows: tuple[Variant, ...], share: float) -> Standing:
    """Where a prompt stands by the books' rows. Variants of an older version of it no longer count: they
    were written for other words."""
    base = base_of(task)
    own = [row for row in rows if row.prompt == task and row.data.get("base") == base.ref]
    told = {row.variant: Wording.model_validate(row.data["wording"]).told(base, row.variant) for row in own}
    champion = next((told[row.variant] for row in own if row.state == "champion"), base)
    tried = [row for row in own if row.state == "trial"]
    asked = tried[0].data.get("share", share) if tried else 0.0
    return Standing(champion, tuple(told[row.variant] for row in tried), asked)
