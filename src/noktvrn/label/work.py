"""Seeing a run through: watch it, get its verdict, watch its release."""

from __future__ import annotations

from collections.abc import Callable

from noktvrn.kernel.errors import NotAllowed
from noktvrn.label.label import Label
from noktvrn.label.runs import STILL, Sight
from noktvrn.model.run import UNDER_WAY, Run, RunState
from noktvrn.storage.ledger import runs

Watcher = Callable[[Sight], None]
Judge = Callable[[Label, Run], None]
"""Asks somebody for a verdict and hands it to the desk; may leave the run on the desk."""


def see_through(label: Label, run_id: str, watcher: Watcher, judge: Judge | None = None) -> tuple[Run, str]:
    """Watches a run to its end, or to the desk when nobody decides. Call it inside `label.working()`.

    Returns the run, and why autopilot gave no verdict where it was asked to.
    """
    run = _watch(label, run_id, watcher)
    if run.state is not RunState.AWAITING_REVIEW:
        return run, ""
    note = ""
    try:
        if run.autopilot:
            label.desk.autopilot(run.id)
        elif judge is not None:
            judge(label, run)
    except NotAllowed as refusal:
        note = f"{refusal.message} {refusal.hint}"
    return _watch(label, run.id, watcher), note


def is_busy(label: Label) -> bool:
    """Whether any run is on its way. One that the label's switch holds is not."""
    with label.office.studio.database.read() as connection:
        return bool(runs.every(connection, states=tuple(UNDER_WAY)))


def _watch(label: Label, run_id: str, watcher: Watcher) -> Run:
    run = label.runs.get(run_id)
    if run.state in STILL:
        return run
    for sight in label.runs.watch(run_id):
        watcher(sight)
        run = sight.run
    return run
