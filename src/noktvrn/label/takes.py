"""Takes: what was recorded for a run, and the word of a person who prefers another one."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from noktvrn.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, NotReady
from noktvrn.kernel.ids import parse
from noktvrn.label.again import Word, held_on_desk, take_up_again
from noktvrn.label.also import Also, nothing
from noktvrn.label.office import Office
from noktvrn.model.asset import Asset
from noktvrn.model.evaluation import Evaluation
from noktvrn.model.noun import Noun
from noktvrn.model.run import Run, RunState
from noktvrn.model.take import Choice, RankedTake
from noktvrn.model.track import Track
from noktvrn.production import takes
from noktvrn.storage.ledger import choices, releases, runs
from noktvrn.storage.storable import storable

OPEN = (RunState.AWAITING_REVIEW, RunState.EXPIRED, RunState.REJECTED, RunState.APPROVED)
"""States in which another take may be chosen, as long as sealing has not begun."""


class TakeSight(Noun):
    """One take as a person sees it: where it stands in the ranking, and where it can be heard. `gone` says
    why it cannot any more."""

    take: int
    chosen: bool
    ranked: RankedTake | None
    evaluations: tuple[Evaluation, ...] = ()
    seed: int
    duration_s: float
    integrated_lufs: float
    lossy_source: bool
    preview: Path | None
    gone: str = ""


@dataclass(frozen=True, slots=True)
class _Standing:
    """A run whose person may choose, and what there is to choose from."""

    run: Run
    laid: Run
    """What it is laid on the desk as: of a song its record."""
    tracks: dict[int, Track]
    ranking: tuple[RankedTake, ...]
    now_chosen: int
    choices: tuple[Choice, ...]


class Takes:
    """Verbs about takes."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._studio = office.studio

    def of(self, run_or_release: str) -> tuple[TakeSight, ...]:
        """The takes of a run or of a sealed release, best first; those the critic has not heard yet last.

        Raises:
            Invalid, NotFound: no such run or release.
        """
        with self._studio.database.read() as connection:
            run = self._run(connection, run_or_release)
            tracks = takes.tracks(connection, run)
            reports = takes.reports(connection, run)
            ranked = {one.take: one for one in takes.ranking(connection, run)}
            chosen = _chosen(connection, run, tracks)
        order = [*ranked, *(number for number in tracks if number not in ranked)]
        return tuple(
            TakeSight(
                **self._heard(run, tracks[number]),
                take=number,
                chosen=number == chosen,
                ranked=ranked.get(number),
                evaluations=reports[number].evaluations if number in reports else (),
                seed=tracks[number].seed,
                duration_s=tracks[number].master.duration_s,
                integrated_lufs=tracks[number].figures.integrated_lufs,
                lossy_source=tracks[number].provenance.lossy_source,
            )
            for number in order
            if number in tracks
        )

    def choices(self, run_id: str) -> tuple[Choice, ...]:
        """Which take was chosen over which, oldest first."""
        with self._studio.database.read() as connection:
            return choices.of_run(connection, runs.get(connection, parse("run", run_id)).id)

    def choose(self, run_id: str, take: int, *, by: str, reason: str = "", also: Also = nothing) -> Run:
        """Prefers another take: what follows from the recording is made anew, in one transaction with the
        word. Nothing that was made is lost, a verdict that was given falls, and the word is kept. Returns the
        run that goes on: of a song its record's. `also` are rows of a door's own that are committed with the
        word, or refuse it.

        Raises:
            NotReady: the run was not on the desk yet. Conflict: it is chosen already, or sealing has begun.
            NotFound: no such take. NotAllowed: the critic does not let it pass.
        """
        now = self._studio.clock.now()
        with self._studio.database.begin() as connection:
            run, laid = held_on_desk(connection, parse("run", run_id))
            also(connection)
            standing = _standing(connection, run, laid)
            _check(standing, take)
            choice = _choice(standing, take, by, reason, now)
            takes.enter(connection, choice, standing.tracks[take])
            word = Word(by, choice.reason, now, sings=False)
            moved, call_off = take_up_again(self._office, connection, run, word)
        call_off()
        return moved

    def _run(self, connection: sa.Connection, run_or_release: str) -> Run:
        if run_or_release.startswith("rel_"):
            release = releases.get(connection, parse("release", run_or_release))
            return runs.get(connection, release.draft.run_id)
        return runs.get(connection, parse("run", run_or_release))

    def _heard(self, run: Run, track: Track) -> dict[str, Any]:
        try:
            return {"preview": self._laid_out(run, track)}
        except NotFound as error:  # a rule let go of it: the others are shown all the same
            return {"preview": None, "gone": error.message}

    def _laid_out(self, run: Run, track: Track) -> Path:
        """The take under a name a player opens; the file keeps the mark of how it was made."""
        asset: Asset = track.preview or track.master
        suffix = ".mp3" if asset.media_type == "audio/mpeg" else ".flac"
        place = self._studio.previews / f"{run.id}-takes" / f"take-{track.take}{suffix}"
        source = self._studio.vault.path(asset, artist_id=run.artist_id)
        if not place.is_file() or place.stat().st_size != asset.size:
            place.parent.mkdir(parents=True, exist_ok=True)
            part = place.with_name(place.name + ".part")
            shutil.copyfile(source, part)
            part.replace(place)
        return place


def _chosen(connection: sa.Connection, run: Run, tracks: dict[int, Track]) -> int:
    """The take that holds: the chosen one, else the last that was recorded."""
    return choices.holding(connection, run.id) or max(tracks, default=0)


def _standing(connection: sa.Connection, run: Run, laid: Run) -> _Standing:
    tracks = takes.tracks(connection, run)
    return _Standing(
        run=run,
        laid=laid,
        tracks=tracks,
        ranking=takes.ranking(connection, run),
        now_chosen=_chosen(connection, run, tracks),
        choices=choices.of_run(connection, run.id),
    )


def _check(standing: _Standing, take: int) -> None:
    run = standing.laid
    if run.state not in OPEN:
        begun = run.state in (RunState.RELEASING, RunState.COMPLETED)
        kind = Conflict if begun else NotReady
        raise kind(
            f"Run {run.id} is {run.state.value}; no other take can be chosen.",
            code="take.too_late" if begun else "take.not_yet",
            hint=f"`noktvrn run start {run.artist_id}` begins another song."
            if begun
            else f"`noktvrn run watch {run.id}` shows when it lies on the desk.",
        )
    _check_take(standing, take)


def _check_take(standing: _Standing, take: int) -> None:
    run = standing.run
    shown = f"`noktvrn review takes {run.id}` shows them."
    if take not in standing.tracks:
        there = ", ".join(str(number) for number in standing.tracks)
        raise NotFound(
            f"There is no take {take} of run {run.id}, only {there}.", code="take.not_found", hint=shown
        )
    if take == standing.now_chosen:
        raise Conflict(f"Take {take} is the chosen one already.", code="take.chosen", hint=shown)
    passing = {one.take for one in standing.ranking if one.passed}
    if take not in passing:
        raise NotAllowed(
            f"Take {take} does not pass the house's own checks.",
            code="take.refused",
            hint=f"{shown} `noktvrn run show {run.id}` lists what was found.",
        )


def _choice(standing: _Standing, take: int, by: str, reason: str, at: datetime) -> Choice:
    if len(reason) > 2000:
        raise Invalid("The reason is too long.", code="take.bad_reason", hint="Use at most 2000 characters.")
    passing = tuple(one.take for one in standing.ranking if one.passed and one.take != take)
    return Choice(
        run_id=standing.run.id,
        artist_id=standing.run.artist_id,
        number=len(standing.choices) + 1,
        take=take,
        over=passing,
        by=by,
        reason=storable(reason),
        ranking=standing.ranking,
        at=at,
    )
