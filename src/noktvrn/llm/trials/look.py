"""What the books say of a prompt: where it stands, and the evidence on every candidate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from noktvrn.llm.result import Task
from noktvrn.llm.trials.evidence import TrialRules, Verdict, judge, one_score
from noktvrn.llm.trials.trials import Standing, standing
from noktvrn.llm.trials.variants import Wording
from noktvrn.storage.ledger import outcomes, prompts
from noktvrn.storage.ledger.prompts import Variant

if TYPE_CHECKING:
    import sqlalchemy as sa

WEIGHTS = {"validity": 0.5, "critic": 1.0, "verdict": 2.0, "performance": 1.0}
"""How much a judgement of each kind counts; a person's word most."""
EMBEDDED = "embedded"


@dataclass(frozen=True, slots=True)
class Look:
    """A prompt with everything that is known of it."""

    standing: Standing
    variants: tuple[Variant, ...]
    verdicts: tuple[Verdict, ...]
    moves: tuple[prompts.Move, ...]


def look_at(connection: sa.Connection, task: Task, rules: TrialRules) -> Look:
    """Where a prompt stands, and what its outcomes say."""
    every = prompts.variants(connection, task)
    where = standing(task, every, rules.share)
    return Look(where, every, verdicts(connection, task, rules), prompts.moves(connection, task))


def verdicts(connection: sa.Connection, task: Task, rules: TrialRules) -> tuple[Verdict, ...]:
    """The evidence on every candidate, each since its own trial began."""
    rows = prompts.variants(connection, task)
    where = standing(task, rows, rules.share)
    names = {candidate.variant for candidate in where.candidates}
    tried = [row for row in rows if row.variant in names]
    return tuple(_verdict(connection, where, row, len(tried), rules) for row in tried)


def _verdict(
    connection: sa.Connection, where: Standing, row: Variant, candidates: int, rules: TrialRules
) -> Verdict:
    wording = Wording.model_validate(row.data["wording"])
    found = outcomes.of_task(connection, row.prompt, moment=row.changed_at)
    judged = _judged([one for one in found if _speaks_to(wording, one)])
    by_ref = {one.ref: one.variant for one in (where.champion, *where.candidates)}
    known = [(by_ref[ref], score) for ref, score in judged if ref in by_ref]
    # Several candidates share the chance of a false promotion between them.
    fair = replace(rules, false_promotions=rules.false_promotions / candidates)
    return judge(known, where.champion.variant, [row.variant], fair)[0]


def _speaks_to(wording: Wording, row: outcomes.Row) -> bool:
    """Whether a work tells of these words: a manner is the embedded writer's, the rest is a model's."""
    told_model = bool(wording.system or wording.wish)
    return bool(wording.manner) if row.provider == EMBEDDED else told_model


def _judged(rows: Sequence[outcomes.Row]) -> list[tuple[str, float]]:
    """One (prompt, score) for each session, in the order of their first judgement."""
    kinds: dict[str, dict[str, float]] = {}
    refs: dict[str, str] = {}
    for one in rows:
        refs.setdefault(one.session_id, one.prompt)
        kinds.setdefault(one.session_id, {})[one.kind] = one.score
    found = ((refs[session], one_score(judged, WEIGHTS)) for session, judged in kinds.items())
    return [(ref, score) for ref, score in found if score is not None]
