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
from noktvrn.production import rounds
from noktvrn.production.studio import Studio
from noktvrn.storage import audit
from noktvrn.storage.ledger import choices, runs, works


def plan_of_take(plan: SongPlan, take: int) -> SongPlan:
    """The plan of one take: form, tempo, key and words stay; from the second on another song is in it."""
    return plan if take == 1 else plan.model_copy(update={"seed": derive_seed(plan.seed, "take", take)})


def earlier_takes(connection: sa.Connection, run: Run, *, before: int) -> tuple[tuple[str, str], ...]:
    """Name and fingerprint of the takes of the same words recorded before this one."""
    found = [take for number, take in tracks(connection, run).items() if number < before]
    return tuple((f"take {take.take}", take.figures.fingerprint) for take in found)


def refused_takes(connection: sa.Connection, run: Run, *, before: int) -> tuple[Track, ...]:
    """The takes recorded before this one that did not pass the critic."""
    refused = {record.attempt for record in _of(connection, run, StageName.CRITIC, ("superseded",))}
    return tuple(
        take for number, take in tracks(connection, run).items() if number in refused and number < before
    )


def tracks(connection: sa.Connection, run: Run) -> dict[int, Track]:
    """Every take of the words the run has now, by its number and under its present title, passed or not."""
    records = _of(connection, run, StageName.TRACK, ("done",))
    first = rounds.first_take(connection, run)
    words = runs.result(connection, run, StageName.LYRICS)
    called = (words.result or {}).get("title") if words is not None else None
    found = {r.attempt: Track.model_validate(r.result) for r in records if r.attempt >= first}
    return {number: take.model_copy(update={"title": called or take.title}) for number, take in found.items()}


def reports(connection: sa.Connection, run: Run) -> dict[int, Report]:
    """The critic's report on every such take by its number. One it has not heard has none."""
    records = _of(connection, run, StageName.CRITIC, ("done", "superseded"))
    first = rounds.first_take(connection, run)
    return {r.attempt: Report.model_validate(r.result) for r in records if r.result and r.attempt >= first}


def ranking(connection: sa.Connection, run: Run) -> tuple[RankedTake, ...]:
    """The takes the critic has heard, best first."""
    return rank(reports(connection, run))


def choose_best(studio: Studio, run_id: str) -> None:
    """Enters the best take of the present round as the chosen one, unless the round has a choice already.

    Takes a person asked for go before those there were: the best of them that passes is laid out. Where none
    of them does, the best one there was stays.
    """
    now = studio.clock.now()
    with studio.database.begin() as connection:
        run = runs.held(connection, run_id)
        round_, made = rounds.recording(connection, run), choices.of_run(connection, run.id)
        if len(made) > round_.choices:
            return
        ranked = ranking(connection, run)
        best = _best(ranked, round_.first)
        choice = Choice(
            run_id=run.id,
            artist_id=run.artist_id,
            number=len(made) + 1,
            take=best.take,
            over=tuple(one.take for one in ranked if one != best),
            by=CRITIC,
            reason=best.why,
            ranking=ranked,
            at=now,
        )
        enter(connection, choice, tracks(connection, run)[choice.take])


def _best(ranked: tuple[RankedTake, ...], first: int) -> RankedTake:
    new = (one for one in ranked if one.take >= first and one.passed)
    return next(new, ranked[0])


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
