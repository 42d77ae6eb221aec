"""The strip of signs tells where a run stands."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from noktvrn.console.strip import marks, signs, state_of, where
from noktvrn.kernel.ids import ArtistId, BriefId, RunId
from noktvrn.label.overview import RunSight
from noktvrn.model.run import Run, RunState, StageName
from noktvrn.storage.ledger.showing import RunLine, StageLine

AT = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
RUN = RunId("run_0000000000000")
NO_SHARES: dict[tuple[str, str, int], float] = {}


def run_in(state: RunState, *, admitted: bool = True) -> Run:
    ids = {"id": RUN, "artist_id": ArtistId("art_0000000000000"), "brief_id": BriefId("brf_0000000000000")}
    return Run(**ids, state=state, created_at=AT, updated_at=AT, admitted=admitted)


def stage(name: str, state: str, second: int, share: float = 0.0, attempt: int = 1) -> StageLine:
    at = AT + timedelta(seconds=second)
    return StageLine(RUN, name, attempt, state, share, at, at)


def done(count: int) -> tuple[StageLine, ...]:
    return tuple(stage(name.value, "done", second) for second, name in enumerate(tuple(StageName)[:count]))


def sight(state: RunState, *stages: StageLine, remade: tuple[str, ...] = (), remade_at: int = 0) -> RunSight:
    at = AT + timedelta(seconds=remade_at) if remade else None
    return RunSight(RunLine(run_in(state), "Vesper Quill", "Glass Hours"), stages, at, frozenset(remade))


@pytest.mark.parametrize(
    ("seen", "shown"),
    [
        (sight(RunState.QUEUED), "············"),
        (sight(RunState.PRODUCING, *done(3), stage("track", "started", 9, 0.41)), "✓✓✓▶········"),
        (sight(RunState.FAILED, *done(3), stage("track", "failed", 9)), "✓✓✓✗········"),
        (sight(RunState.FAILED, *done(4), stage("critic", "superseded", 9)), "✓✓✓✓✗·······"),
        (sight(RunState.PRODUCING, *done(4), stage("critic", "superseded", 9)), "✓✓✓✓········"),
        (sight(RunState.HELD, *done(4)), "✓✓✓✓‖·······"),
        (sight(RunState.HELD, *done(3), stage("track", "started", 9)), "✓✓✓‖········"),
        (sight(RunState.CANCELLED, *done(3), stage("track", "started", 9)), "✓✓✓·········"),
        (sight(RunState.COMPLETED, *done(12)), "✓✓✓✓✓✓✓✓✓✓✓✓"),
        (sight(RunState.AWAITING_REVIEW, *done(6), stage("validate", "done", 9)), "✓✓✓✓✓✓––✓···"),
        (sight(RunState.PRODUCING, *done(6), stage("video", "skipped", 9)), "✓✓✓✓✓✓–·····"),
    ],
)
def test_a_sign_for_every_stage(seen: RunSight, shown: str) -> None:
    assert signs(marks(seen, NO_SHARES)) == shown


def test_what_a_remake_makes_again_is_to_come_until_it_is_begun() -> None:
    remade = ("cover", "validate", "preview")
    before = sight(RunState.PRODUCING, *done(10), remade=remade, remade_at=60)
    assert signs(marks(before, NO_SHARES)) == "✓✓✓✓✓·✓✓····"
    again = stage("cover", "started", 61, 0.2, attempt=2)
    begun = sight(RunState.PRODUCING, *done(10), again, remade=remade, remade_at=60)
    assert signs(marks(begun, NO_SHARES)) == "✓✓✓✓✓▶✓✓····"


def test_how_far_a_stage_is_comes_from_the_watcher_where_it_told() -> None:
    seen = sight(RunState.PRODUCING, *done(3), stage("track", "started", 9, 0.41))
    assert where(seen.line.run, marks(seen, NO_SHARES)) == "▶ track 41%"
    assert where(seen.line.run, marks(seen, {(RUN, "track", 1): 0.77})) == "▶ track 77%"


def test_states_have_signs_of_their_own() -> None:
    told = [state_of(run_in(state)) for state in RunState]
    assert len(set(told)) == len(told)
    assert state_of(run_in(RunState.QUEUED, admitted=False)) == "· waits its turn"
    assert state_of(run_in(RunState.AWAITING_REVIEW)) == "? wants a verdict"
