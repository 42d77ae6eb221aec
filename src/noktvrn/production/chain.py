"""The players of a part, asked one after another until one makes it; who was passed over is told, and why.

The law of the unknown outcome is kept here: as long as nobody knows whether a paid service took an order,
no other paid one is asked for the same thing. The embedded players go on, or the run waits for a person. The
ledger remembers it, whatever a player fails by when the stage is repeated, and in every later take.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, Protocol, TypeVar

from noktvrn.kernel.errors import LabelError, NotReady, Outside, Unavailable
from noktvrn.model.finding import Finding, Severity
from noktvrn.model.noun import Noun
from noktvrn.model.provenance import Provenance
from noktvrn.outbound.failures import OUTCOME_UNKNOWN
from noktvrn.outbound.troubles import Trouble, trouble_of
from noktvrn.production import faults
from noktvrn.production.faults import About
from noktvrn.production.scene import Scene
from noktvrn.production.telling import tell_all
from noktvrn.roles.errand import Errand
from noktvrn.roles.messenger import Notice
from noktvrn.storage.ledger import jobs
from noktvrn.storage.ledger.jobs import Job
from noktvrn.storage.ledger.switch import STOPPED
from noktvrn.storage.standing import FULL


class Named(Protocol):
    """Any player."""

    @property
    def name(self) -> str:
        """Its provider."""


P = TypeVar("P", bound=Named)
T = TypeVar("T")

WAITS = "run.waits_for_ticket"
"""The code of a run that stands still until a person has said what became of an order."""

STOPS = frozenset({"disk.full", FULL, "studio.waiting", STOPPED})
"""What no other player mends: the disk is full, a person was asked to make the piece and is at work, or the
label was stopped."""

MAY_COME = frozenset({OUTCOME_UNKNOWN, "outside.stale", "outside.needs_human"})
"""The order may have been taken and be billed: a paid player's is not given to another paid one."""

OF_THE_ORDER = frozenset({Trouble.INVALID, Trouble.MODERATION, Trouble.FAILED, Trouble.EXPIRED})
"""Troubles with one order; after any other the same player is not asked again in the same stage."""


class Chain(Generic[P]):
    """The players of one part in one stage, in the order they are asked.

    It remembers: who failed for good is not asked again for the next piece of the same part. `may_fail` are
    errors that pass a player over beside those of the outside; `did_not` is what one who failed did not do.
    """

    def __init__(
        self,
        scene: Scene,
        part: str,
        players: Sequence[P],
        *,
        rule: str = "",
        did_not: str = "",
        may_fail: tuple[type[LabelError], ...] = (),
    ) -> None:
        self._scene = scene
        self._part = part
        self._players = list(players)
        self._names = frozenset(player.name for player in players)
        self._rule = rule or f"{part}.passed_over"
        self._did_not = did_not or f"make the {part}"
        self._may_fail: tuple[type[LabelError], ...] = (Outside, NotReady, *may_fail)
        self._pending = ""
        self._findings: list[Finding] = []

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Who was passed over so far, and why."""
        return tuple(self._findings)

    @property
    def players(self) -> tuple[P, ...]:
        """Who may still be asked."""
        return tuple(self._players)

    def played(self, play: Callable[[P], T]) -> tuple[T, P]:
        """What the first player who can has made, and who that was.

        Raises:
            NotReady: the run is to wait: a person was asked to make the piece, or has to settle an order
                (`NOKTVRN_UNKNOWN=wait`).
            LabelError: nobody could; the error is the last one's.
        """
        last: LabelError | None = None
        for player in tuple(self._players):
            if why := self._kept_from(player):
                self._not_asked(player, *why)
                continue
            try:
                return _signed(play(player), player.name), player
            except self._may_fail as error:
                if error.code in STOPS:
                    raise
                last = error
                self._failed(player, error)
        raise last or NotReady(
            f"Nobody is left to {self._did_not}.",
            code="chain.nobody",
            hint="`noktvrn provider list` shows who could.",
        )

    def judged(self, player: P, why: str, hint: str = "") -> None:
        """The house refuses what a player makes: it is not asked again in this stage."""
        self._players.remove(player)
        self._note(player, f"{player.name} was passed over: {why}", hint)

    def errand(self, piece: int = 1, pieces: int = 1) -> Errand:
        """On whose behalf piece number `piece` (from 1) of at most `pieces` in this attempt is ordered. A
        stage that is made again orders by the number it was bought under."""
        scene = self._scene
        bought = scene.bought or scene.attempt
        return Errand(
            artist_id=scene.artist.id,
            run_id=scene.run.id,
            stage=scene.stage.value,
            attempt=(bought - 1) * pieces + piece,
            round=scene.attempt,
            kept=scene.keeps_orders,
        )

    def _paid(self, player: P) -> bool:
        return self._scene.studio.cast.paid(player.name)

    def _kept_from(self, player: P) -> tuple[str, str] | None:
        """Why a paid player is not asked, and what to do about it; None: it may be.

        Raises:
            NotReady: the run is to wait until that is known.
        """
        if not self._paid(player):
            return None
        if self._unbought():
            return "nobody asked to buy again.", "`--buy` with the remake orders it."
        if taker := self._taker(player):
            hint = "Settle the ticket: `noktvrn ticket list --state unknown`."
            return f"{taker} may have taken the order.", hint
        return None

    def _unbought(self) -> bool:
        """Whether the stage is made anew on a word that buys nothing, and what it had ordered does not do.

        Who is asked first was looked at when the word was given; that one may fail now.
        """
        scene = self._scene
        made = scene.remake
        return made is not None and not made.buy and scene.stage in made.anew and not scene.keeps_orders

    def _taker(self, player: P) -> str:
        """Another paid player who may have taken an order of this stage. Raises as `_kept_from`."""
        if self._pending:
            return self._pending
        others = {name for name in self._names - {player.name} if self._scene.studio.cast.paid(name)}
        if not others:
            return ""
        run, stage = self._scene.run.id, self._scene.stage.value
        with self._scene.studio.database.read() as books:
            found = [job for job in jobs.pending(books, run, stage) if job.provider in others]
        if not found:
            return ""
        if self._scene.studio.settings.unknown == "wait":
            raise self._waiting(_may_come(found[0]))
        return found[0].provider

    def _failed(self, player: P, error: LabelError) -> None:
        if error.code in MAY_COME and self._paid(player):
            if self._scene.studio.settings.unknown == "wait":
                raise self._waiting(error) from error
            self._pending = player.name
        scene = self._scene
        about = About(scene.run.id, scene.artist.id, scene.stage.value, provider=player.name)
        faults.note(scene.studio, error, about)
        if trouble_of(error) not in OF_THE_ORDER:
            self._players.remove(player)
        self._note(player, f"{player.name} did not {self._did_not}: {error.message}", error.hint)

    def _waiting(self, error: LabelError) -> NotReady:
        return NotReady(
            f"The run waits for a person's word. {error.message}",
            code=WAITS,
            hint=f"{error.hint} Then: noktvrn run resume {self._scene.run.id}",
        )

    def _not_asked(self, player: P, why: str, hint: str) -> None:
        self._players.remove(player)
        self._note(player, f"{player.name} was not asked: it costs money, and {why}", hint)

    def _note(self, player: P, message: str, hint: str) -> None:
        """A finding for the run, and a notice for people: once for each stage and player."""
        found = Finding(rule=self._rule, severity=Severity.WARNING, message=message, hint=hint)
        if found not in self._findings:
            self._findings.append(found)
        run = self._scene.run
        notice = Notice(
            key=f"passed-over:{run.id}:{self._scene.stage.value}:{player.name}"[:120],
            kind="warning",
            title=f"{self._scene.artist.profile.stage_name}: the {self._part} is made by somebody else",
            text=f"{message} {hint}".strip(),
            run_id=run.id,
            artist_id=run.artist_id,
        )
        tell_all(self._scene.studio, notice)


def _may_come(job: Job) -> LabelError:
    return Unavailable(
        f"{job.provider} may have taken an order (ticket {job.id}, {job.state.value}).",
        code=OUTCOME_UNKNOWN,
        hint=f"See `noktvrn ticket show {job.id}`.",
    )


def _signed(made: T, player: str) -> T:
    """What was made, with the provider in its provenance where the engine goes by another name and the player
    has not said itself under whose name its terms are recorded."""
    provenance = getattr(made, "provenance", None)
    if not isinstance(made, Noun) or not isinstance(provenance, Provenance):
        return made
    if provenance.licence_class in ("procedural", "human") or provenance.provider:
        return made
    if provenance.engine == player:
        return made
    signed = provenance.model_copy(update={"provider": player})
    return made.model_copy(update={"provenance": signed})
