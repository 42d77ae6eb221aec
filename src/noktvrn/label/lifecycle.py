"""The lifecycle of artists: the rules looked at in their turn, a person's word, and the log of both."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from noktvrn.artist.lifecycle import Record, Rules, Ruling, after_evolution, counted, judge
from noktvrn.kernel.errors import Conflict, Invalid, LabelError
from noktvrn.kernel.ids import parse
from noktvrn.label.artists import Artists
from noktvrn.label.office import Office
from noktvrn.model.artist import Artist, LifecycleState
from noktvrn.production import faults
from noktvrn.production.faults import About
from noktvrn.settings import Settings
from noktvrn.storage import audit
from noktvrn.storage.ledger import artists, lifecycle, reviews, roster
from noktvrn.storage.ledger.lifecycle import Move
from noktvrn.storage.storable import storable

RULES = "lifecycle"
"""Who the books say moved an artist where a rule did."""
BY_HAND = (
    LifecycleState.CANDIDATE,
    LifecycleState.ACTIVE,
    LifecycleState.PAUSED,
    LifecycleState.RETIRED,
)
"""States a person may set. An artist evolves by its figures: `noktvrn artist evolve`."""
LONGEST_REASON = 500
MANUAL, NOT_EVOLVED, PRAISED = "manual", "not_evolved", "praised"
MOST_MOVES = 200
"""How many artists one look moves at most; it stays the turn of the others."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an artist stands: its row on the roster, its record, and its moves, newest first."""

    row: roster.Row
    record: Record
    moves: tuple[Move, ...]


class Lifecycle:
    """Verbs about the lifecycle."""

    def __init__(self, office: Office, artists_: Artists) -> None:
        self._studio = office.studio
        self._artists = artists_
        self._rules = rules_of(office.studio.settings)
        self._grace = timedelta(seconds=office.studio.settings.undo_s)

    def check(self, artist_id: str | None = None) -> tuple[Move, ...]:
        """Looks at every artist whose turn it is, or at this one; returns the moves. A second look at the
        same record moves nobody again. Where the rules are switched off, only a named artist is looked at.

        Raises:
            NotFound: no such artist.
        """
        now = self._studio.clock.now()
        if artist_id is None and not self._studio.settings.lifecycle:
            return ()
        with self._studio.database.read() as connection:
            rows = self._due(connection, artist_id, now)
            records = self._records(connection, rows, now)
            praised = lifecycle.last_moved_by(connection, PRAISED)
        staying, moving = {}, []
        for row, record in records:
            ruling = judge(record, self._rules, now)
            stays = ruling.state is row.state and row.state is not LifecycleState.EVOLVING
            if stays and (ruling.rule != PRAISED or row.artist_id in praised):
                staying[row.artist_id] = ruling.check_at
            else:
                moving.append(row.artist_id)
        moves: list[Move] = []
        for artist_id in moving[:MOST_MOVES]:
            try:
                moves += self._apply(artist_id)
            except LabelError:
                raise
            except Exception as error:  # one that cannot be read keeps no other from being looked at
                faults.note(self._studio, error, About(artist_id=artist_id, stage=RULES))
                staying[artist_id] = now + self._rules.every
        self._note_checks(staying)
        return tuple(moves)

    def _due(self, connection: sa.Connection, artist_id: str | None, now: datetime) -> list[roster.Row]:
        if artist_id is None:
            return roster.due(connection, now)
        return [roster.get(connection, parse("artist", artist_id))]

    def _note_checks(self, moments: dict[str, datetime]) -> None:
        """When these artists are looked at next, a few statements for all of them."""
        by_moment: dict[datetime, list[str]] = {}
        for artist_id, moment in moments.items():
            by_moment.setdefault(moment, []).append(artist_id)
        if by_moment:
            with self._studio.database.begin() as connection:
                for moment, artist_ids in by_moment.items():
                    roster.checked(connection, artist_ids, moment)

    def _records(
        self, connection: sa.Connection, rows: list[roster.Row], now: datetime
    ) -> list[tuple[roster.Row, Record]]:
        """The records of these artists, by few queries whatever their number."""
        one = [rows[0].artist_id] if len(rows) == 1 else []
        states = roster.tallies(connection, now - self._rules.window, one) if rows else {}
        return [(row, _record(row, states.get(row.artist_id, {}))) for row in rows]

    def _apply(self, artist_id: str) -> tuple[Move, ...]:
        """Judges once more with the artist held, and does what the ruling says."""
        now = self._studio.clock.now()
        with self._studio.database.begin() as connection:
            artist = artists.held(connection, artist_id)
            record = self._whole_record(connection, artist_id, now)
            ruling = judge(record, self._rules, now)
            if ruling.state is not artist.state and self._may_be_taken_back(connection, artist_id, now):
                roster.checked(connection, [artist_id], now + self._grace)
                return ()
            moves = self._move(connection, artist, ruling, RULES, record, now)
        if ruling.state is not LifecycleState.EVOLVING:
            return moves
        return (*moves, *self._evolve(artist_id))

    def _may_be_taken_back(self, connection: sa.Connection, artist_id: str, now: datetime) -> bool:
        """Whether a verdict the record counts may still be undone; who was moved by it would stay so."""
        return bool(self._grace) and reviews.decided_since(connection, artist_id, now - self._grace)

    def _whole_record(self, connection: sa.Connection, artist_id: str, now: datetime) -> Record:
        row = roster.get(connection, artist_id)
        ((_, record),) = self._records(connection, [row], now)
        failures = lifecycle.since_reset(connection, artist_id, NOT_EVOLVED, ("evolved", MANUAL))
        return record._replace(failed_evolutions=failures)

    def _evolve(self, artist_id: str) -> tuple[Move, ...]:
        """Lets the artist evolve and moves it by what came of it. After a crash in between the next check
        asks again: figures that have moved an artist never move it twice."""
        try:
            _, progression = self._artists.evolve(artist_id, actor=RULES)
            moved, why = progression.decision == "moved", " ".join(progression.why)
        except LabelError:
            return ()  # it was changed meanwhile, or the ledger is away: it is asked again
        now = self._studio.clock.now()
        with self._studio.database.begin() as connection:
            artist = artists.held(connection, artist_id)
            if artist.state is not LifecycleState.EVOLVING:
                return ()  # a person, or another worker, was faster
            record = self._whole_record(connection, artist_id, now)
            ruling = after_evolution(record, self._rules, now, moved=moved, why=why)
            return self._move(connection, artist, ruling, RULES, record, now)

    def set(self, artist_id: str, state: LifecycleState, *, by: str, reason: str) -> Artist:
        """A person's word on an artist's state. Brought back, its record begins anew: neither old verdicts
        nor a row of rejections count against it.

        Raises:
            Invalid: no reason, a reason too long, or a state only figures bring about.
            Conflict: it is in that state already. NotFound: no such artist.
        """
        why = _checked_reason(reason, artist_id)
        if state not in BY_HAND:
            raise Invalid(
                f"Nobody can set an artist to {state.value}.",
                code="lifecycle.state",
                hint=f"`noktvrn artist evolve {artist_id}` lets it change by its figures.",
            )
        now = self._studio.clock.now()
        with self._studio.database.begin() as connection:
            artist = artists.held(connection, parse("artist", artist_id))
            if artist.state is state:
                raise Conflict(
                    f"{artist.profile.stage_name} is {state.value} already.",
                    code="lifecycle.same",
                    hint=f"`noktvrn artist state {artist.id}` shows since when and why.",
                )
            working = state in (LifecycleState.CANDIDATE, LifecycleState.ACTIVE)
            fresh = artist.model_copy(update={"consecutive_rejections": 0}) if working else artist
            ruling = Ruling(state, MANUAL, why, now + self._rules.every)
            self._move(connection, fresh, ruling, by, None, now, counts_from=now if working else None)
            return artists.get(connection, artist.id)

    def standing(self, artist_id: str) -> Standing:
        """Where an artist stands and what the rules go by. Raises Invalid or NotFound."""
        key = parse("artist", artist_id)
        with self._studio.database.read() as connection:
            return Standing(
                roster.get(connection, key),
                self._whole_record(connection, key, self._studio.clock.now()),
                lifecycle.of_artist(connection, key),
            )

    def _move(
        self,
        connection: sa.Connection,
        artist: Artist,
        ruling: Ruling,
        by: str,
        record: Record | None,
        now: datetime,
        *,
        counts_from: datetime | None = None,
    ) -> tuple[Move, ...]:
        """Saves the artist in its new state with log and audit row, and when it is looked at next."""
        roster.checked(connection, [artist.id], ruling.check_at)
        if artist.state is ruling.state and not self._is_new_praise(connection, artist, ruling):
            return ()
        artists.save(connection, artist.model_copy(update={"state": ruling.state, "updated_at": now}))
        figures = record.as_data() if record is not None else {}
        lifecycle.add(
            connection,
            artist.id,
            artist.state,
            ruling.state,
            rule=ruling.rule,
            reason=ruling.reason,
            actor=by,
            data=figures,
            counts_from=counts_from,
            at=now,
        )
        roster.checked(connection, [artist.id], ruling.check_at)  # the new state's row forgot it
        audit.record(
            connection,
            f"artist.{ruling.state.value}",
            artist_id=artist.id,
            subject=artist.id,
            actor=by,
            at=now,
            detail={"before": artist.state.value, "rule": ruling.rule, "reason": ruling.reason, **figures},
        )
        return lifecycle.of_artist(connection, artist.id, limit=1)

    def _is_new_praise(self, connection: sa.Connection, artist: Artist, ruling: Ruling) -> bool:
        """Whether an artist that stays as it is has done so well that the log should say so, once."""
        if ruling.rule != PRAISED:
            return False
        last = lifecycle.of_artist(connection, artist.id, limit=1)
        return not last or last[0].rule != PRAISED


def rules_of(settings: Settings) -> Rules:
    """The rules' figures as the label has set them."""
    return Rules(
        window=timedelta(days=settings.lifecycle_window_days),
        min_runs=settings.lifecycle_min_runs,
        rejections=settings.lifecycle_rejections,
        idle=timedelta(days=settings.lifecycle_idle_days),
        paused=timedelta(days=settings.lifecycle_paused_days),
        pause_approval=settings.lifecycle_pause_approval,
        pause_errors=settings.lifecycle_pause_errors,
        evolve_approval=settings.lifecycle_evolve_approval,
        praise_approval=settings.lifecycle_praise_approval,
        evolutions=settings.lifecycle_evolutions,
        every=timedelta(seconds=settings.lifecycle_check_s),
    )


def _record(row: roster.Row, states: dict[str, int]) -> Record:
    ended = counted(states)
    return Record(
        row.state,
        row.state_since,
        row.joined_at,
        row.last_run_at,
        approved=ended["approved"],
        rejected=ended["rejected"],
        failed=ended["failed"],
        rejections=row.rejections,
    )


def _checked_reason(reason: str, artist_id: str) -> str:
    why = " ".join(storable(reason).split())
    if not why or len(why) > LONGEST_REASON:
        raise Invalid(
            "A reason is missing." if not why else "The reason is too long.",
            code="lifecycle.reason",
            hint=f"`noktvrn artist state {artist_id} --set STATE --reason TEXT`,"
            f" at most {LONGEST_REASON} characters.",
        )
    return why
