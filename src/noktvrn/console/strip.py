"""The stages of a run as a strip of signs, and its state in one word. Colour only repeats what they say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from noktvrn.label.events import Share
from noktvrn.label.overview import RunSight
from noktvrn.model.run import Run, RunState, StageName
from noktvrn.storage.ledger.showing import StageLine

DONE, GOING, TO_COME, FAILED, HELD, LEFT_OUT = "✓", "▶", "·", "✗", "‖", "–"
LEGEND = "✓ done  ▶ going  · to come  ✗ failed  ‖ held  – left out"
STYLES = {
    DONE: "$success",
    GOING: "bold $primary",
    TO_COME: "$text-muted",
    FAILED: "bold $error",
    HELD: "bold $warning",
    LEFT_OUT: "$text-muted",
}
SIGNS = {
    RunState.QUEUED: TO_COME,
    RunState.PRODUCING: GOING,
    RunState.AWAITING_REVIEW: "?",
    RunState.APPROVED: "+",
    RunState.RELEASING: GOING,
    RunState.HELD: HELD,
    RunState.COMPLETED: DONE,
    RunState.REJECTED: "×",
    RunState.EXPIRED: "○",
    RunState.FAILED: FAILED,
    RunState.CANCELLED: LEFT_OUT,
}
ROLES = {
    RunState.PRODUCING: "going",
    RunState.RELEASING: "going",
    RunState.AWAITING_REVIEW: "wanted",
    RunState.HELD: "wanted",
    RunState.COMPLETED: "good",
    RunState.FAILED: "bad",
    RunState.REJECTED: "bad",
}
"""How a list marks the state; all others are muted."""
SPELT = {StageName.PLAN: "plan"}

Shares = Mapping[tuple[str, str, int], float]
"""How far stages are, by run, stage and attempt."""


class Mark(NamedTuple):
    """A stage of the strip. `share` is how far it is (0..1), of one that is going."""

    name: str
    sign: str
    share: float | None = None

    @property
    def told(self) -> str:
        """Sign, name and share."""
        return f"{self.sign} {self.name}" + (f" {self.share:.0%}" if self.share is not None else "")


def shares_of(shares: Sequence[Share]) -> dict[tuple[str, str, int], float]:
    """Shares as a strip asks for them."""
    return {(one.run_id, one.stage, one.attempt): one.share for one in shares}


def marks(sight: RunSight, shares: Shares) -> tuple[Mark, ...]:
    """The stages in the order of their going. What a remake makes again is to come until it is begun anew."""
    run = sight.line.run
    standing = {line.stage: line for line in sight.stages if not _is_fallen(sight, line)}
    last = max((_place(line) for line in standing.values() if line.state in ("done", "skipped")), default=-1)
    found = []
    for place, name in enumerate(StageName):
        line = standing.get(name.value)
        passed = place < last and name.value not in sight.remade
        sign = _sign(run, line) if line is not None else LEFT_OUT if passed else TO_COME
        share = None
        if line is not None and sign == GOING:
            share = shares.get((run.id, line.stage, line.attempt), line.share)
        found.append(Mark(spelt(name.value), sign, share))
    return _held(found) if run.state is RunState.HELD else tuple(found)


def signs(found: Sequence[Mark]) -> str:
    """The strip in as many cells as there are stages."""
    return "".join(mark.sign for mark in found)


def where(run: Run, found: Sequence[Mark]) -> str:
    """The stage that is going or was the last, else the state."""
    going = next((mark for mark in found if mark.sign in (GOING, HELD, FAILED)), None)
    return going.told if going is not None else state_of(run)


def state_of(run: Run) -> str:
    """The state of a run: sign and word."""
    word = "waits its turn" if run.waits_its_turn else run.state.value.replace("_", " ")
    return f"{SIGNS[run.state]} {'wants a verdict' if run.state is RunState.AWAITING_REVIEW else word}"


def spelt(stage: str) -> str:
    """A stage as people call it."""
    return SPELT.get(StageName(stage), stage) if stage in tuple(StageName) else stage


def _is_fallen(sight: RunSight, line: StageLine) -> bool:
    return sight.remade_at is not None and line.stage in sight.remade and line.started_at < sight.remade_at


def _place(line: StageLine) -> int:
    return tuple(StageName).index(StageName(line.stage))


def _sign(run: Run, line: StageLine) -> str:
    settled = {"done": DONE, "skipped": LEFT_OUT, "failed": FAILED}
    if line.state in settled:
        return settled[line.state]
    if run.state is RunState.FAILED:
        return FAILED
    if line.state == "started" and run.state in (RunState.PRODUCING, RunState.RELEASING):
        return GOING
    return TO_COME


def _held(found: list[Mark]) -> tuple[Mark, ...]:
    """A run that the switch holds goes on at the first stage that is to come."""
    first = next((place for place, mark in enumerate(found) if mark.sign == TO_COME), None)
    return tuple(
        mark._replace(sign=HELD, share=None) if place == first else mark for place, mark in enumerate(found)
    )
