"""Runs: start, watch, resume, cancel."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from noktvrn.kernel.errors import Conflict, NotFound, NotReady, TimedOut
from noktvrn.kernel.ids import RunId, derive, parse
from noktvrn.label.briefs import make_brief
from noktvrn.label.casting import check_chains
from noktvrn.label.events import Events
from noktvrn.label.office import Office
from noktvrn.label.songs import SongSight, going_songs, is_sung, refuse_song, sights
from noktvrn.model.artist import Artist, LifecycleState
from noktvrn.model.brief import Brief
from noktvrn.model.finding import Severity
from noktvrn.model.plan import ContentPlan
from noktvrn.model.run import UNDER_WAY, Run, RunState, StageRecord
from noktvrn.production.albums import hold_songs
from noktvrn.storage import audit
from noktvrn.storage.ledger import artists, plans, reviews, runs, switch

STILL = frozenset(
    {
        RunState.AWAITING_REVIEW,
        RunState.HELD,
        RunState.COMPLETED,
        RunState.REJECTED,
        RunState.EXPIRED,
        RunState.FAILED,
        RunState.CANCELLED,
    }
)
"""States in which a run waits for a person or has ended."""

STOPPED = frozenset({RunState.FAILED, RunState.CANCELLED, RunState.HELD})

PROGRESS_EVERY_S = 0.5
CHECK_EVERY_S = 5.0


@dataclass(frozen=True, slots=True)
class Sight:
    """What one look at a run shows: its state, its stage records and the share done of each; of a record its
    songs."""

    run: Run
    stages: tuple[StageRecord, ...]
    progress: dict[tuple[str, int], float]
    songs: tuple[SongSight, ...] = ()


class Runs:
    """Verbs about runs."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._studio = office.studio

    def start(
        self,
        artist_id: str,
        *,
        name: str | None = None,
        autopilot: bool = False,
        actor: str = "person",
        **wishes: object,
    ) -> Run:
        """A brief becomes a run. The same name of the same artist is the same run.

        `wishes` are fields of Brief: title, theme, mood, human_lines, duration_s, with_video, teaser_s,
        due_on, note, takes, own_track, own_cover, own_lyrics.

        Raises:
            NotFound: no such artist. NotReady: the artist is paused or retired. Invalid: a bad wish, or the
                settings cast nobody's name.
        """
        check_chains(self._studio.settings)
        with self._studio.database.begin() as connection:
            artist = artists.held(connection, parse("artist", artist_id))
            _may_work(artist)
            number = len(runs.every(connection, artist_id=artist.id)) + 1
            wishes["takes"] = wishes.get("takes") or self._studio.settings.takes
            brief = make_brief(artist, name or f"run {number}", **wishes)
            return self._enter(connection, brief, autopilot, actor)

    def start_planned(
        self, artist_id: str, brief_id: str, *, autopilot: bool = False, actor: str = "person"
    ) -> Run:
        """Produces one entry of the artist's calendars, with the artist as it is now.

        Raises:
            NotFound: no plan of this artist has such a brief. NotReady: it is no single.
        """
        check_chains(self._studio.settings)
        with self._studio.database.begin() as connection:
            artist = artists.held(connection, parse("artist", artist_id))
            _may_work(artist)
            brief = _planned(plans.of_artist(connection, artist.id), parse("brief", brief_id))
            brief = brief.model_copy(update={"artist_version": artist.version})
            return self._enter(connection, brief, autopilot, actor)

    def planned(self, artist_id: str, brief_id: str) -> Brief:
        """The entry of an artist's calendars that `start_planned` would produce. Raises as that does."""
        with self._studio.database.read() as connection:
            artist = artists.get(connection, parse("artist", artist_id))
            return _planned(plans.of_artist(connection, artist.id), parse("brief", brief_id))

    def begin(
        self,
        connection: sa.Connection,
        artist: Artist,
        brief: Brief,
        *,
        autopilot: bool,
        actor: str,
        priority: int,
    ) -> Run:
        """A brief of an artist that is held becomes a run, in the caller's transaction.

        Raises:
            NotReady: the artist is paused or retired.
        """
        _may_work(artist)
        return self._enter(connection, brief, autopilot, actor, priority)

    def planned_brief(self, connection: sa.Connection, artist: Artist, brief_id: str) -> Brief:
        """An entry of the artist's calendars, for the artist as it is now. Raises as `start_planned` does."""
        brief = _planned(plans.of_artist(connection, artist.id), parse("brief", brief_id))
        return brief.model_copy(update={"artist_version": artist.version})

    def _enter(
        self, connection: sa.Connection, brief: Brief, autopilot: bool, actor: str, priority: int = 0
    ) -> Run:
        """Enters a brief and its run and enqueues the production, all in the caller's transaction."""
        now = self._studio.clock.now()
        run = Run(
            id=RunId(derive("run", brief.artist_id, brief.id)),
            artist_id=brief.artist_id,
            brief_id=brief.id,
            state=RunState.QUEUED,
            autopilot=autopilot,
            priority=priority,
            created_at=now,
            updated_at=now,
        )
        known = runs.find(connection, run.id)
        if known is not None:
            return known
        runs.add_brief(connection, brief, now)
        runs.add(connection, run)
        audit.record(
            connection,
            "run.queued",
            artist_id=run.artist_id,
            subject=run.id,
            actor=actor,
            at=now,
            detail={"brief": brief.digest()},
        )
        self._office.dispatcher.enqueue(connection, "produce", run.id, again=1)
        return runs.get(connection, run.id)

    def get(self, run_id: str) -> Run:
        """A run. Raises Invalid or NotFound."""
        with self._studio.database.read() as connection:
            return runs.get(connection, parse("run", run_id))

    def every(self, *, artist_id: str | None = None) -> tuple[Run, ...]:
        """Runs, newest first."""
        with self._studio.database.read() as connection:
            return runs.every(connection, artist_id=artist_id)

    def brief(self, run: Run) -> Brief:
        """What the run was asked for."""
        with self._studio.database.read() as connection:
            return runs.brief(connection, run.artist_id, run.brief_id)

    def look(self, run_id: str) -> Sight:
        """The run as it stands now."""
        with self._studio.database.read() as connection:
            run = runs.get(connection, parse("run", run_id))
            stages, progress = runs.stages(connection, run.id), runs.progress(connection, run.id)
            return Sight(run, stages, progress, sights(connection, run))

    def holding(self, run_id: str) -> tuple[StageRecord, ...]:
        """The stage records that hold now: of the takes the chosen one, of the rest the last."""
        with self._studio.database.read() as connection:
            return runs.holding(connection, runs.get(connection, parse("run", run_id)))

    def watch(self, run_id: str, *, timeout_s: float | None = None) -> Iterator[Sight]:
        """Looks at every event of the run, and twice a second for its progress, until it stands still.

        Raises:
            TimedOut: it did not within `timeout_s`.
            NotReady: it looks busy, but nobody will go on with it by itself.
        """
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        check = time.monotonic() + CHECK_EVERY_S
        news = Events(self._office)
        place = news.last()
        while True:
            sight = self.look(run_id)
            yield sight
            if sight.run.state in STILL:
                return
            if time.monotonic() > check:
                self._refuse_stranded(sight.run)
                check = time.monotonic() + CHECK_EVERY_S
            if deadline is not None and time.monotonic() > deadline:
                raise TimedOut(
                    f"Run {run_id} is still {sight.run.state.value}.",
                    code="run.timed_out",
                    hint=f"`noktvrn run watch {run_id}` goes on watching.",
                )
            place = news.wait(run_id, place, PROGRESS_EVERY_S)

    def _refuse_stranded(self, run: Run) -> None:
        if self.is_stranded(run.id):
            raise NotReady(
                f"Run {run.id} is {run.state.value}, but nobody works on it.",
                code="run.stranded",
                hint=f"`noktvrn run resume {run.id}` lets it go on.",
            )

    def resume(self, run_id: str, *, actor: str = "person") -> Run:
        """Lets a run that failed, was cancelled or lost its worker go on from where it stands.

        Nothing that is done is done again. A run that is being worked on is left alone.

        Raises:
            Conflict: the run has ended for good. NotReady: it is held, and the label still stopped.
        """
        run = self.get(run_id)
        if run.state is not RunState.HELD:
            refuse_song(run, "resume")
        if run.state is RunState.EXPIRED:
            return self._reopen(run, actor)
        if run.state in (RunState.COMPLETED, RunState.REJECTED):
            raise Conflict(
                f"Run {run.id} is {run.state.value}; there is nothing to resume.",
                code="run.ended",
                hint=f"`noktvrn run start {run.artist_id}` begins another one.",
            )
        self.go_on(run_id, actor=actor)
        return self.get(run_id)

    def go_on(self, run_id: str, *, actor: str) -> None:
        """Enqueues the run's workflow once more, unless the one it has is still going; also a song's, which
        nobody resumes by itself.

        Raises:
            NotReady: it is held, and the label still stopped.
        """
        dispatcher = self._office.dispatcher
        now = self._studio.clock.now()
        with self._studio.database.begin() as connection:
            # The state is read under the run's lock: of two who resume at once, the second finds it moved.
            run = runs.held(connection, run_id)
            if run.state is RunState.HELD:
                switch.check(connection)
            if run.waits_its_turn:
                dispatcher.admit(connection, run.artist_id)
                return
            workflow = "release" if _is_releasing(connection, run) else "produce"
            number, alive = dispatcher.last(workflow, run.id)
            if run.state in STOPPED:
                runs.move(
                    connection,
                    run.id,
                    RunState.RELEASING if workflow == "release" else RunState.PRODUCING,
                    now,
                )
                if workflow == "produce":
                    self._lay_back(connection, run)
            elif alive or run.state not in UNDER_WAY:
                return
            audit.record(
                connection, "run.resumed", artist_id=run.artist_id, subject=run.id, actor=actor, at=now
            )
            dispatcher.enqueue(connection, workflow, run.id, again=number + 1)
        if alive:  # the last breath of the workflow that stopped the run must not stop it again
            dispatcher.cancel(workflow, run.id, number)

    def is_stranded(self, run_id: str) -> bool:
        """Whether a run looks busy and its workflow has ended: nobody will go on with it by itself."""
        # Looked at twice, since somebody may resume the run between the first look and the second.
        first = self._last(self.get(run_id))
        run = self.get(run_id)
        if run.state not in UNDER_WAY or run.waits_its_turn or self._is_sung(run):
            return False
        return not first[1] and self._last(run) == first

    def _is_sung(self, run: Run) -> bool:
        with self._studio.database.read() as connection:
            return is_sung(connection, self._office.dispatcher, run)

    def _last(self, run: Run) -> tuple[int, bool]:
        with self._studio.database.read() as connection:
            workflow = "release" if _is_releasing(connection, run) else "produce"
        return self._office.dispatcher.last(workflow, run.id)

    def _reopen(self, run: Run, actor: str) -> Run:
        now = self._studio.clock.now()
        with self._studio.database.begin() as connection:
            self._lay_back(connection, run)
            audit.record(
                connection, "review.reopened", artist_id=run.artist_id, subject=run.id, actor=actor, at=now
            )
            return runs.move(connection, run.id, RunState.AWAITING_REVIEW, now)

    def _lay_back(self, connection: sa.Connection, run: Run) -> None:
        """Opens the review of a run that was taken off the desk; nothing if it never lay there."""
        item = reviews.find(connection, run.id)
        if item is not None:
            now = self._studio.clock.now()
            wait = timedelta(seconds=self._studio.settings.max_approval_wait_s)
            reviews.reopen(connection, item.model_copy(update={"opened_at": now, "expires_at": now + wait}))

    def cancel(self, run_id: str, *, actor: str = "person") -> Run:
        """Stops a run before its next stage. What is made stays in the vault."""
        key = parse("run", run_id)
        now = self._studio.clock.now()
        dispatcher = self._office.dispatcher
        with self._studio.database.begin() as connection:
            run = runs.held(connection, key)
            refuse_song(run, "cancel")
            hold_songs(connection, run)
            moved = runs.move(connection, run.id, RunState.CANCELLED, now)
            reviews.close(connection, run.id, now)
            audit.record(
                connection, "run.cancelled", artist_id=run.artist_id, subject=run.id, actor=actor, at=now
            )
            # Which ones is settled here: whoever resumes the run later enqueues another one.
            going = [(name, *dispatcher.last(name, run.id)) for name in ("produce", "release")]
            singing = going_songs(connection, dispatcher, run, now, actor)
            dispatcher.admit(connection, run.artist_id)
        for name, number, alive in going:
            if alive:
                dispatcher.cancel(name, run.id, number)
        for song, number in singing:
            dispatcher.cancel("produce", song, number)
        return moved


def _is_releasing(connection: sa.Connection, run: Run) -> bool:
    verdict = reviews.verdict_of(connection, run.id)
    return verdict is not None and verdict.decision == "approved"


def _planned(calendars: tuple[ContentPlan, ...], brief_id: str) -> Brief:
    found = [item.brief for plan in calendars for item in plan.items if item.brief.id == brief_id]
    if not found:
        raise NotFound(
            f"No plan of this artist has a brief {brief_id}.",
            code="brief.not_found",
            hint="`noktvrn plan show` lists the briefs of the singles.",
        )
    if found[0].content_type != "single":
        raise NotReady(
            f"Brief {brief_id} asks for a {found[0].content_type}; only singles are produced so far.",
            code="brief.not_producible",
            hint="Posts come with captions.txt, teasers with every single.",
        )
    return found[0]


def _may_work(artist: Artist) -> None:
    if artist.state in (LifecycleState.PAUSED, LifecycleState.RETIRED):
        raise NotReady(
            f"{artist.profile.stage_name} is {artist.state.value}.",
            code="artist.not_working",
            hint=f"Choose another artist; `noktvrn artist state {artist.id}` shows why it rests.",
        )


def exit_code(sight: Sight) -> int:
    """The exit code a run's present state stands for: 1 when it ended with findings a person must know."""
    if sight.run.state is RunState.FAILED:
        return sight.run.exit_code or 70
    if sight.run.state is RunState.HELD:
        return sight.run.exit_code
    left_out = any(
        record.state == "skipped" and any(f.severity is not Severity.INFO for f in record.findings)
        for record in sight.stages
    )
    return int(left_out or sight.run.state in (RunState.REJECTED, RunState.EXPIRED, RunState.CANCELLED))
