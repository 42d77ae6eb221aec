"""Prompts and their variants: what the label asks in which words, and what its trials have shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from noktvrn.kernel.errors import Invalid
from noktvrn.kernel.seeds import derive_seed
from noktvrn.label.office import Office
from noktvrn.label.rejudging import job_of
from noktvrn.llm.prompt import Prompt
from noktvrn.llm.result import Task
from noktvrn.llm.trials import moves, variants
from noktvrn.llm.trials.evidence import TrialRules, Verdict
from noktvrn.llm.trials.look import Look, look_at
from noktvrn.storage.ledger import words

if TYPE_CHECKING:
    from noktvrn.llm.trials.proposing import Proposal

TASKS: tuple[Task, ...] = get_args(Task)
MOST_WISHES = 40


class Prompts:
    """Verbs about prompts."""

    def __init__(self, office: Office) -> None:
        self._studio = office.studio
        self._rules = TrialRules()

    def every(self) -> tuple[tuple[Task, Look], ...]:
        """Every task with where its prompt stands."""
        with self._studio.database.read() as connection:
            return tuple((task, look_at(connection, task, self._rules)) for task in TASKS)

    def status(self, task: str) -> Look:
        """Where a prompt stands: its champion, its candidates with the evidence, its moves.

        Raises:
            NotFound: there is no such prompt.
        """
        name = variants.task_of(task)
        with self._studio.database.read() as connection:
            return look_at(connection, name, self._rules)

    def show(self, task: str, variant: str = "") -> Prompt:
        """A prompt's words: the champion's, or a variant's of the books or the home.

        Raises:
            NotFound: there is no such prompt or variant. Invalid: the variant's file cannot be read.
        """
        name = variants.task_of(task)
        look = self.status(task)
        if not variant:
            return look.standing.champion
        known = {row.variant: row for row in look.variants}
        wording = (
            variants.Wording.model_validate(known[variant].data["wording"])
            if variant in known
            else variants.read(self._studio.settings.home, name, variant)
        )
        return wording.told(variants.base_of(name), variant)

    def untried(self, task: str) -> tuple[str, ...]:
        """The variants that lie in the home and are in no book yet."""
        name = variants.task_of(task)
        known = {row.variant for row in self.status(task).variants}
        return tuple(one for one in variants.names(self._studio.settings.home, name) if one not in known)

    def start(self, task: str, variant: str, *, share: float | None = None, actor: str = "person") -> Look:
        """Puts a variant of the home on trial for a share of the calls.

        Raises:
            NotFound: there is no such prompt or file. Invalid: the file or the share is none.
            Conflict: it is on trial already, or other words went by that name.
        """
        name = variants.task_of(task)
        asked = self._rules.share if share is None else share
        if not 0.0 < asked <= 0.5:
            raise Invalid(
                f"A share of {asked} is no share for a trial.",
                code="prompt.bad_share",
                hint="Give it more than 0 and at most half of the calls, such as 0.1.",
            )
        wording = variants.read(self._studio.settings.home, name, variant)
        with self._studio.database.begin() as connection:
            now = self._studio.clock.now()
            moves.begin(connection, name, variant, wording, share=asked, actor=actor, at=now)
            return look_at(connection, name, self._rules)

    def promote(self, task: str, variant: str, *, actor: str = "person") -> Verdict:
        """Makes a candidate the champion, if there is evidence that it is better.

        Raises:
            NotFound: there is no such prompt or variant. NotReady: it is not on trial, or lacks evidence.
        """
        name = variants.task_of(task)
        with self._studio.database.begin() as connection:
            now = self._studio.clock.now()
            return moves.promote(connection, name, variant, self._rules, actor=actor, at=now)

    def roll_back(self, task: str, *, actor: str = "person") -> Look:
        """Ends the trials of a prompt; where none is on, brings back the champion before this one.

        Raises:
            NotFound: there is no such prompt. Conflict: nothing was ever moved.
        """
        name = variants.task_of(task)
        with self._studio.database.begin() as connection:
            moves.roll_back(connection, name, actor=actor, at=self._studio.clock.now())
            return look_at(connection, name, self._rules)

    def propose(self, task: str, *, calls: int = 24, actor: str = "person") -> tuple[str, Proposal] | None:
        """Lets models search for better words among past wishes; writes them down as a variant to be tried.

        Raises:
            NotFound: there is no such prompt. NotReady: no model, no library, or too few wishes.
            BudgetSpent: the budget was full from the start.
        """
        from noktvrn.llm.trials.proposing import propose
        from noktvrn.llm.writer import LlmWriter

        name = variants.task_of(task)
        writer = self._studio.cast.writer()
        assert isinstance(writer, LlmWriter)  # noqa: S101 - the label casts no other
        asked = self.status(name).standing.champion
        with self._studio.database.read() as connection:
            past = words.sessions(connection, task=name, limit=MOST_WISHES)
        kept = {row.data["wish"]: row.data["request"] for row in past if "request" in row.data}
        wishes = [job_of(writer, name, request) for request in kept.values()]
        found = propose(
            writer.orchestrator, asked, wishes, calls=calls, seed=derive_seed(0, "proposal", *kept)
        )
        return (self._write_down(name, found, actor), found) if found is not None else None

    def _write_down(self, task: Task, found: Proposal, actor: str) -> str:
        variant = f"found-{found.wording.digest()[:8]}"
        if variant not in variants.names(self._studio.settings.home, task):
            variants.write(self._studio.settings.home, task, variant, found.wording)
        with self._studio.database.begin() as connection:
            moves.proposed(connection, task, variant, found, actor=actor, at=self._studio.clock.now())
        return variant
