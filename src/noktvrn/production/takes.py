"""Takes of one run: a song of its own each, ranked by what was found, the best one chosen once and for all
to see."""

from __future__ import annotations

import sqlalchemy as sa

from noktvrn.kernel.seeds import derive_seed
from noktvrn.model.finding import Report
from noktvrn.model.run import Run, StageName, StageRecord
from noktvrn.model.song import SongPlan
from noktvrn.model.take import CRITIC, Choice, RankedTake
from noktvrn.model.track import Track
from noktvrn.music.ranking import rank
from noktvrn.production.studio import Studio
from noktvrn.storage import audit
from noktvrn.storage.ledger import choices, runs, works


def plan_of_take(plan: SongPlan, take: int) -> SongPlan:
    """The plan of one take: form, tempo, key and words stay; from the second on another song is in it."""
    return plan if take == 1 else plan.model_copy(update={"seed": derive_seed(plan.seed, "take", take)})


def earlier_takes(connection: sa.Connection, run: Run, *, before: int) -> tuple[tuple[str, str], ...]:
    """Name and fingerprint of the takes recorded before this one."""
    found = [take for number, take in tracks(connection, run).items() if number < before]
    return tuple((f"take {take.take}", take.figures.fingerprint) for take in found)


def refused_takes(connection: sa.Connection, run: Run, *, before: int) -> tuple[Track, ...]:
    """The takes recorded before this one that did not pass the critic."""
    refused = {record.attempt for record in _of(connection, run, StageName.CRITIC, ("superseded",))}
    return tuple(
        take for number, take in tracks(connection, run).items() if number in refused and number < before
    )


def tracks(connection: sa.Connection, run: Run) -> dict[int, Track]:
    """Every take of the run by its number, passed or not."""
    records = _of(connection, run, StageName.TRACK, ("done",))
    return {record.attempt: Track.model_validate(record.result) for record in records}


def reports(connection: sa.Connection, run: Run) -> dict[int, Report]:
    """The critic's report on every take by its number. One it has not heard has none."""
    records = _of(connection, run, StageName.CRITIC, ("done", "superseded"))
    return {record.attempt: Report.model_validate(record.result) for record in records if record.result}


def ranking(connection: sa.Connection, run: Run) -> tuple[RankedTake, ...]:
    """The takes the critic has heard, best first."""
    return rank(reports(connection, run))


def choose_best(studio: Studio, run_id: str) -> None:
    """Enters the best take as the chosen one, unless there is a choice already."""
    now = studio.clock.now()
    with studio.database.begin() as connection:
        run = runs.held(connection, run_id)
        if choices.holding(connection, run.id) is not None:
            return
        ranked = ranking(connection, run)
        choice = Choice(
            run_id=run.id,
            artist_id=run.artist_id,
            number=1,
            take=ranked[0].take,
            over=tuple(one.take for one in ranked[1:]),
            by=CRITIC,
            reason=ranked[0].why,
            ranking=ranked,
            at=now,
        )
        enter(connection, choice, tracks(connection, run)[choice.take])


def enter(connection: sa.Connection, choice: Choice, track: Track) -> None:
    """Writes a choice, the chosen recording into the catalogue, and the audit row. Hold the run before."""
    choices.add(connection, choice)
    works.put(
        connection,
        artist_id=choice.artist_id,
        run_id=choice.run_id,
        kind="track",
        title=track.title,
        mark=track.figures.fingerprint,
    )
    audit.record(
        connection,
        "take.chosen",
        artist_id=choice.artist_id,
        subject=choice.run_id,
        actor=choice.by,
        at=choice.at,
        detail={
            "take": choice.take,
            "over": list(choice.over),
            "number": choice.number,
            "reason": choice.reason,
        },
    )


def _of(
    connection: sa.Connection, run: Run, stage: StageName, states: tuple[str, ...]
) -> tuple[StageRecord, ...]:
    records = (record for record in runs.stages(connection, run.id) if record.stage is stage)
    return tuple(sorted((r for r in records if r.state in states), key=lambda r: r.attempt))
