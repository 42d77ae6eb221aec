"""A song of a record made anew: which way its run goes, and what its record makes again for it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from noktvrn.kernel.errors import Conflict
from noktvrn.kernel.ids import ArtistId, BriefId, RunId, derive
from noktvrn.model.run import PRODUCE_STAGES, Run, RunState, StageName
from noktvrn.production import parts

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def run(parent: RunId | None = None) -> Run:
    return Run(
        id=RunId(derive("run", "one")),
        artist_id=ArtistId(derive("artist", "one")),
        brief_id=BriefId(derive("brief", "one")),
        state=RunState.COMPLETED,
        created_at=NOW,
        updated_at=NOW,
        parent=parent,
    )


def test_only_a_song_of_a_record_is_queued_again_once_it_is_complete() -> None:
    song = run(parent=RunId(derive("run", "record")))
    assert song.move(RunState.QUEUED, NOW).state is RunState.QUEUED
    with pytest.raises(Conflict):
        run().move(RunState.QUEUED, NOW)
    with pytest.raises(Conflict):
        song.move(RunState.PRODUCING, NOW)


def test_a_song_has_what_is_sung_and_its_record_the_rest() -> None:
    assert parts.in_a_song(PRODUCE_STAGES) == PRODUCE_STAGES[:5]
    films = {StageName.VIDEO, StageName.TEASER}
    filmed = parts.after_a_song(filmed=True)
    assert [name.value for name in filmed] == ["critic", "video", "teaser", "validate", "preview"]
    assert parts.after_a_song(filmed=False) == tuple(name for name in filmed if name not in films)
