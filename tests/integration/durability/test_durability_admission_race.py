"""Processes that start and end productions of one artist at the same moment."""

from __future__ import annotations

from tests.integration.durability.durability_samples import both, enter_artist, opened
from tests.integration.durability.durability_worker import begin_starter

from noktvrn.model.run import RunState
from noktvrn.settings import Settings

PROCESSES, EACH = 3, 4


@both
def test_one_production_of_an_artist_whoever_starts_and_cancels(settings: Settings) -> None:
    """Every process starts runs and cancels whichever is under way: each cancel admits exactly one."""
    with opened(settings) as label:
        artist = enter_artist(label)
        starters = [begin_starter(settings, artist.id, EACH) for _ in range(PROCESSES)]
        for starter in starters:
            starter.join(60)
        assert [starter.exitcode for starter in starters] == [0] * PROCESSES
        label.turns.admit_waiting()  # what a locked candidate was passed over for
        made = label.runs.every(artist_id=artist.id)
        assert len(made) == PROCESSES * EACH
        waiting = [run for run in made if run.state is RunState.QUEUED]
        assert sum(run.admitted for run in waiting) == min(1, len(waiting))
        going = [label.office.dispatcher.last("produce", run.id)[1] for run in waiting]
        assert sum(going) == min(1, len(waiting))
