"""Remakes: a part of a run made anew on a person's word; everything else is kept by its record."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from noktvrn.kernel.errors import Conflict, Invalid, NotReady
from noktvrn.kernel.ids import parse
from noktvrn.label.again import Word, enter, held_on_desk, on_desk, take_up_again
from noktvrn.label.also import Also, nothing
from noktvrn.label.briefs import make_brief
from noktvrn.label.office import Office
from noktvrn.label.remake_costs import refuse_unasked
from noktvrn.model.brief import Brief
from noktvrn.model.remake import Part, Remake
from noktvrn.model.run import Run, RunState, StageName
from noktvrn.production import albums, parts, rounds
from noktvrn.production import takes as recorded
from noktvrn.storage.ledger import artists, choices, remakes, runs, works
from noktvrn.storage.storable import storable

OPEN = (
    RunState.AWAITING_REVIEW,
    RunState.EXPIRED,
    RunState.REJECTED,
    RunState.APPROVED,
    RunState.FAILED,
)
"""States in which a part may be made anew, as long as nothing is sealed."""

SUNG = (RunState.COMPLETED, RunState.FAILED)
"""States in which a song may be, where its record lies open."""

OF_SONGS = frozenset({StageName.BRIEF, StageName.PLAN, StageName.LYRICS, StageName.TRACK, StageName.CRITIC})
"""Stages a record has in its songs."""

LONGEST_REASON = 2000


@dataclass(frozen=True, slots=True)
class _Wish:
    """What shall be made anew, and what follows it."""

    part: Part | None
    anew: tuple[StageName, ...]
    follow: tuple[StageName, ...]


class Remakes:
    """Verbs about remakes."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._studio = office.studio

    def of(self, run_id: str) -> tuple[Remake, ...]:
        """The remakes of a run, oldest first. Raises Invalid or NotFound."""
        with self._studio.database.read() as connection:
            return remakes.of_run(connection, runs.get(connection, parse("run", run_id)).id)

    def remake(
        self,
        run_id: str,
        *,
        by: str,
        only: str | None = None,
        stage: str | None = None,
        title: str | None = None,
        reason: str = "",
        buy: bool = False,
        also: Also = nothing,
    ) -> Run:
        """Makes one part anew (`only`), or everything from a stage on (`stage`), and what shows it. Of a song
        of a record only that song; the run returned is the one that goes on, its record's.

        The row, the fall of a verdict and the production that begins are one transaction. `title` is used
        exactly. Without `buy` nobody from outside is paid once more. `also` are rows of a door's own that are
        committed with it, or refuse it; the run is held before.

        Raises:
            Invalid: not one of `only` and `stage`, or what cannot be. NotFound: no such run.
            NotReady: the run is on its way. Conflict: it is sealed.
            NotAllowed: it would cost money, and `buy` was not said; the message says how much.
        """
        wish = _wish(only, stage)
        if len(reason) > LONGEST_REASON:
            raise Invalid(
                "The reason is too long.",
                code="remake.bad_reason",
                hint=f"Use at most {LONGEST_REASON:,} characters.",
            )
        with self._studio.database.read() as connection:
            run = runs.get(connection, parse("run", run_id))
            _check_state(connection, run, on_desk(connection, run))
            wish = _as_far_as(run, wish)
            brief = runs.brief(connection, run.artist_id, run.brief_id)
            titled = _titled(connection, run, wish, title)
        _check_wish(run.id, wish, brief)
        if not buy:
            takes, own = _takes(wish, brief), titled is not None
            refuse_unasked(self._office, run, brief, wish.anew, takes=takes, titled=own)
        now = self._studio.clock.now()
        with self._studio.database.begin() as connection:
            run, laid = held_on_desk(connection, run.id)
            also(connection)
            _check_state(connection, run, laid)
            made = _row(connection, run, brief, wish).model_copy(
                update={"title": titled, "buy": buy, "by": by, "reason": storable(reason), "at": now}
            )
            enter(connection, made)
            word = Word(by, made.reason, now, sings=True)
            moved, call_off = take_up_again(self._office, connection, run, word)
        call_off()
        return moved


def _wish(only: str | None, stage: str | None) -> _Wish:
    if (only is None) == (stage is None):
        raise Invalid(
            "Say either which part or from which stage on.",
            code="remake.unclear",
            hint="`--only cover`, or `--from lyrics`.",
        )
    if only is not None:
        if only not in tuple(Part):
            raise _unknown("part", only, tuple(Part))
        part = Part(only)
        return _Wish(part, parts.ANEW[part], parts.followers(part))
    if stage not in parts.STARTS:
        raise _unknown("stage to begin at", stage or "", parts.STARTS)
    return _Wish(None, parts.from_stage(StageName(stage)), ())


def _unknown(what: str, wanted: str, known: tuple[str, ...]) -> Invalid:
    names = ", ".join(str(one) for one in known)
    return Invalid(
        f"There is no {what} {wanted[:40]!r}.", code="remake.unknown", hint=f"It is one of: {names}."
    )


def _titled(connection: sa.Connection, run: Run, wish: _Wish, title: str | None) -> str | None:
    """The wished title as a brief would take it. Raises Invalid."""
    if title is None:
        return None
    if StageName.LYRICS not in wish.anew:
        raise Invalid(
            "No title is made in this remake.",
            code="remake.no_title",
            hint="`--only title --title TEXT` changes the title.",
        )
    titled = make_brief(artists.get(connection, run.artist_id), "remake", title=title).title
    if run.parent is not None and titled is not None:
        _check_free(connection, run, titled)
    return titled


def _check_free(connection: sa.Connection, song: Run, title: str) -> None:
    """Passes where no other song of the record or of the artist is called so. One may be called as its record
    is. Raises Invalid."""
    artists_own = works.titles(connection, song.artist_id, run_id=song.id)
    others = (*artists_own, *albums.titles_beside(connection, song))
    if title.casefold() in {other.casefold() for other in others}:
        raise Invalid(
            f"Another song of the artist is called {title!r}.",
            code="remake.title_taken",
            hint="Choose another title, or leave --title out and one is found.",
        )


def _as_far_as(run: Run, wish: _Wish) -> _Wish:
    """The wish as far as it is about the run: of a song what the song has itself. Raises Invalid."""
    if run.parent is None:
        return wish
    anew = parts.in_a_song(wish.anew)
    if not anew:
        raise Invalid(
            "A song of a record has no cover, no film and no place on the desk of its own.",
            code="remake.song",
            hint=f"`noktvrn run remake {run.parent}` is for those of its record.",
        )
    return _Wish(wish.part, anew, parts.in_a_song(wish.follow))


def _check_state(connection: sa.Connection, run: Run, laid: Run) -> None:
    """Passes while a part of a run may be made anew; `laid` is what it is laid on the desk as."""
    sealed = runs.result(connection, laid, StageName.SEAL) is not None
    if sealed or laid.state in (RunState.RELEASING, RunState.COMPLETED):
        raise Conflict(
            f"Run {laid.id} is {'sealed' if sealed else laid.state.value}: nobody changes it any more.",
            code="remake.too_late",
            hint=f"`noktvrn run start {run.artist_id}` begins another song.",
        )
    if laid.state not in OPEN:
        raise _not_yet(laid, laid)
    if run.id != laid.id and run.state not in SUNG:
        raise _not_yet(run, laid)


def _not_yet(run: Run, laid: Run) -> NotReady:
    """A run that is on its way or stopped, which is a song of `laid` or that itself."""
    then = {
        RunState.CANCELLED: f"`noktvrn run resume {laid.id}` lets it go on first.",
        RunState.HELD: "`noktvrn start` lets it go on first.",
    }
    there = "when it lies on the desk" if run.id == laid.id else "when it is complete"
    return NotReady(
        f"Run {run.id} is {run.state.value}; nothing of it can be made anew now.",
        code="remake.not_yet",
        hint=then.get(run.state, f"`noktvrn run watch {run.id}` shows {there}."),
    )


def _check_wish(run_id: str, wish: _Wish, brief: Brief) -> None:
    own = {
        StageName.LYRICS: brief.own_lyrics if wish.part is not Part.TITLE else None,
        StageName.TRACK: brief.own_track,
        StageName.COVER: brief.own_cover,
    }
    for name in wish.anew:
        if own.get(name) is not None:
            raise Invalid(
                f"The {name.value} of this run is a person's own work.",
                code="remake.own_work",
                hint="Hand in another one: `noktvrn track import`, `noktvrn artwork import`.",
            )
    if brief.is_record and set(wish.anew) & OF_SONGS:
        raise Invalid(
            "A record keeps its arc and its title; what is sung is made anew song by song.",
            code="remake.record",
            hint=f"`noktvrn run show {run_id}` lists the runs of its songs: `noktvrn run remake SONG_RUN`. "
            "Of the record: `--only cover`, `--only teaser`, or `--from` the cover or later.",
        )
    if wish.part is Part.TEASER and not brief.with_video:
        raise Invalid(
            "No films were asked for in this run.",
            code="remake.no_films",
            hint="Start another run without --no-video.",
        )


def _row(connection: sa.Connection, run: Run, brief: Brief, wish: _Wish) -> Remake:
    """The remake as far as the run decides it."""
    records = StageName.TRACK in wish.anew
    heard = [one.attempt for one in runs.stages(connection, run.id) if one.stage in runs.PER_TAKE]
    return Remake(
        run_id=run.id,
        artist_id=run.artist_id,
        number=len(remakes.of_run(connection, run.id)) + 1,
        part=wish.part,
        anew=wish.anew,
        follow=wish.follow,
        first_take=max(heard, default=0) + 1 if records else 0,
        takes=_takes(wish, brief) if records else 0,
        tune=_tune(connection, run) if wish.part is Part.LYRICS else 0,
        choices=len(choices.of_run(connection, run.id)),
        by="",
        at=run.updated_at,
    )


def _takes(wish: _Wish, brief: Brief) -> int:
    """How many takes shall pass."""
    return 1 if wish.part is Part.TAKE else brief.takes


def _tune(connection: sa.Connection, run: Run) -> int:
    """The number the music of the present take was drawn by: other words are sung to it. 0: there is none."""
    take = choices.holding(connection, run.id) or max(recorded.tracks(connection, run), default=0)
    return rounds.standing(connection, run, StageName.TRACK, take).seeded if take else 0
