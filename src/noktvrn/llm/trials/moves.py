"""Moves with variants: try, stop, promote, roll back. Each is written down and audited in one transaction.

A variant becomes champion only with evidence that it is better; the champion before it is kept, and a roll
back brings it back whatever the evidence says.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from noktvrn.kernel.errors import Conflict, NotFound, NotReady
from noktvrn.llm.result import Task
from noktvrn.llm.trials.evidence import Decision, TrialRules, Verdict
from noktvrn.llm.trials.look import verdicts
from noktvrn.llm.trials.variants import Wording, base_of
from noktvrn.model.noun import canonical_digest
from noktvrn.storage import audit
from noktvrn.storage.ledger import prompts
from noktvrn.storage.ledger.prompts import Variant
from noktvrn.words.manners import manner

if TYPE_CHECKING:
    import sqlalchemy as sa

    from noktvrn.llm.trials.proposing import Proposal


def begin(
    connection: sa.Connection,
    task: Task,
    name: str,
    wording: Wording,
    *,
    share: float,
    actor: str,
    at: datetime,
) -> None:
    """Puts a variant on trial for `share` of the calls, which all candidates of the prompt have together.

    Raises:
        Invalid: the embedded writer has no such manner.
        Conflict: it is on trial or champion already, or other words went by that name.
    """
    manner(wording.manner)
    base = base_of(task)
    data = {"base": base.ref, "wording": wording.as_data(), "digest": wording.digest(), "share": share}
    known = {row.variant: row for row in prompts.variants(connection, task)}
    if name in known:
        _again(connection, known[name], data, at)
    else:
        prompts.put(connection, Variant(task, name, "trial", data, at, at))
    detail = {"share": share, "base": base.ref, "words": canonical_digest(data["wording"])}
    _told(connection, task, "try", name, detail, actor, at)


def _again(connection: sa.Connection, row: Variant, data: dict[str, Any], at: datetime) -> None:
    if row.state != "retired":
        raise Conflict(
            f"The variant {row.variant} of {row.prompt} is {_IS[row.state]} already.",
            code="prompt.on_trial",
            hint=f"`noktvrn llm prompts status {row.prompt}` shows where it stands.",
        )
    if (row.data["digest"], row.data["base"]) != (data["digest"], data["base"]):
        raise Conflict(
            f"Other words went by the name {row.variant} before.",
            code="prompt.changed",
            hint="Give the new words a name of their own: the books keep what each name said.",
        )
    prompts.stand(connection, row.prompt, row.variant, "trial", at=at)


_IS = {"trial": "on trial", "champion": "the champion"}


def stop(connection: sa.Connection, task: Task, name: str, *, why: str, actor: str, at: datetime) -> None:
    """Ends a trial without promoting. Raises NotReady where the variant is not on trial."""
    _on_trial(connection, task, name)
    prompts.stand(connection, task, name, "retired", at=at)
    _told(connection, task, "stop", name, {"why": why}, actor, at)


def promote(
    connection: sa.Connection, task: Task, name: str, rules: TrialRules, *, actor: str, at: datetime
) -> Verdict:
    """Makes a candidate the champion, if the evidence says that it is better.

    Raises:
        NotReady: it is not on trial, or its evidence does not suffice.
    """
    _on_trial(connection, task, name)
    verdict = next(one for one in verdicts(connection, task, rules) if one.candidate == name)
    if verdict.decision is not Decision.PROMOTE:
        raise NotReady(
            f"There is no evidence yet that {name} is better. {verdict.why}",
            code="prompt.no_evidence",
            hint="Let the trial go on, or end it: `noktvrn llm prompts rollback` stops every candidate.",
        )
    before = _champion(connection, task)
    _crown(connection, task, name, before, at)
    _told(connection, task, "promote", name, {"before": before, "evidence": _said(verdict)}, actor, at)
    return verdict


def roll_back(connection: sa.Connection, task: Task, *, actor: str, at: datetime) -> str:
    """Ends every trial of a prompt; where none is on, brings back the champion before this one.

    Returns:
        The name of the champion now, empty for the house's own words.

    Raises:
        Conflict: nothing was ever moved.
    """
    tried = [row.variant for row in prompts.variants(connection, task) if row.state == "trial"]
    champion = _champion(connection, task)
    if tried:
        for name in tried:
            stop(connection, task, name, why="rolled back", actor=actor, at=at)
        return champion
    if not champion:
        raise Conflict(
            f"The prompt {task} has the house's own words; there is nothing to roll back.",
            code="prompt.nothing_to_roll_back",
            hint=f"`noktvrn llm prompts status {task}` shows its moves.",
        )
    before = _before(prompts.moves(connection, task), champion)
    _crown(connection, task, before, champion, at)
    _told(connection, task, "rollback", champion, {"back_to": before}, actor, at)
    return before


def proposed(
    connection: sa.Connection, task: Task, name: str, found: Proposal, *, actor: str, at: datetime
) -> None:
    """Writes down that models found these words; they are in use nowhere."""
    detail = {"score": found.score, "before": found.before, "calls": found.calls}
    _told(connection, task, "propose", name, detail, actor, at)


def settle(
    connection: sa.Connection, task: Task, rules: TrialRules, *, actor: str, at: datetime
) -> tuple[Verdict, ...]:
    """Does what the evidence says: promotes the first candidate that is better, ends trials of no use."""
    decided = [one for one in verdicts(connection, task, rules) if one.decision is not Decision.CONTINUE]
    better = next((one for one in decided if one.decision is Decision.PROMOTE), None)
    for verdict in decided:
        if verdict is better:
            promote(connection, task, verdict.candidate, rules, actor=actor, at=at)
        elif verdict.decision is Decision.DROP:
            stop(connection, task, verdict.candidate, why=verdict.why, actor=actor, at=at)
    return tuple(decided)


def _on_trial(connection: sa.Connection, task: Task, name: str) -> None:
    known = {row.variant: row for row in prompts.variants(connection, task)}
    if name not in known:
        raise NotFound(
            f"The books know no variant {name[:40]!r} of {task}.",
            code="prompt.no_variant",
            hint=f"`noktvrn llm prompts try {task} NAME` puts one on trial.",
        )
    if known[name].state != "trial" or known[name].data["base"] != base_of(task).ref:
        raise NotReady(
            f"The variant {name} of {task} is not on trial.",
            code="prompt.not_on_trial",
            hint=f"`noktvrn llm prompts status {task}` shows where it stands.",
        )


def _champion(connection: sa.Connection, task: Task) -> str:
    rows = prompts.variants(connection, task)
    return next((row.variant for row in rows if row.state == "champion"), "")


def _before(moves: Sequence[prompts.Move], champion: str) -> str:
    """Who was champion when this one was promoted."""
    made = [move for move in moves if move.move == "promote" and move.variant == champion]
    return str(made[-1].data["before"]) if made else ""


def _crown(connection: sa.Connection, task: Task, name: str, before: str, at: datetime) -> None:
    """`name` is champion in the place of `before`; an empty name is the house's own words."""
    if before:
        prompts.stand(connection, task, before, "retired", at=at)
    if name:
        prompts.stand(connection, task, name, "champion", at=at)
    # Whoever is still on trial is held against the new champion, from now on.
    for row in prompts.variants(connection, task):
        if row.state == "trial":
            prompts.stand(connection, task, row.variant, "trial", at=at)


def _said(verdict: Verdict) -> dict[str, Any]:
    return {**verdict._asdict(), "decision": verdict.decision.value}


def _told(
    connection: sa.Connection,
    task: Task,
    move: str,
    name: str,
    detail: dict[str, Any],
    actor: str,
    at: datetime,
) -> None:
    prompts.add_move(connection, task, move, name, {**detail, "by": actor}, at=at)
    audit.record(
        connection,
        f"prompt.{move}",
        artist_id=audit.LABEL,
        subject=f"{task}+{name}",
        actor=actor,
        at=at,
        detail=detail,
    )
