"""One production of a cycle: the artist adapts, its brief is written, its run begins, all at most once."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from noktvrn.evolution.biases import BriefBias, brief_biases
from noktvrn.kernel.errors import Mistake, Outside
from noktvrn.kernel.ids import RunId, derive
from noktvrn.label import autopilot_caps
from noktvrn.label.artists import Artists
from noktvrn.label.batch.nouns import Begun, Chosen, Skipped
from noktvrn.label.batch.standings import BUSY
from noktvrn.label.briefs import make_brief
from noktvrn.label.office import Office
from noktvrn.label.runs import Runs
from noktvrn.model.artist import Artist
from noktvrn.model.brief import Brief
from noktvrn.planning.selection import WORKING
from noktvrn.planning.variants import Variant
from noktvrn.production import faults
from noktvrn.production.faults import About
from noktvrn.storage.ledger import artists, audience, batch, runs, switch
from noktvrn.storage.ledger.batch import Slot, Started

PRIORITY = 1
"""Of a batch's runs: what a person waits for goes first."""
ACTOR = "batch"
BROKE = "it broke, which is our fault: `noktvrn faults list`"
USUAL_S = Brief.model_fields["duration_s"].default
"""How long a song is whose brief and artist leave it open."""


class Starting:
    """Starts what a cycle chose."""

    def __init__(self, office: Office, artists_: Artists, runs_: Runs, variants: Iterable[Variant]) -> None:
        self._studio = office.studio
        self._artists = artists_
        self._runs = runs_
        self._variants = {one.name: one for one in variants}

    def start(self, slot: Slot, choice: Chosen) -> Begun | Skipped:
        """Starts one choice of a slot, or finds that it was started before.

        What is wrong with one artist, even a row nobody can read, keeps no other from being started.

        Raises:
            NotReady: the label was stopped; the slot stays open. Outside: the ledger is away; it stays open.
        """
        try:
            self._adapt(choice)
            with self._studio.database.begin() as connection:
                switch.check(connection)
                artist = artists.held(connection, choice.artist_id)
                return self._begin(connection, artist, slot, choice)
        except Mistake as error:
            if error.code == switch.STOPPED:
                raise
            return Skipped(artist_id=choice.artist_id, reason=error.message)
        except Outside:
            raise
        except Exception as error:
            faults.note(self._studio, error, About(artist_id=choice.artist_id, stage="the batch"))
            return Skipped(artist_id=choice.artist_id, reason=f"{BROKE} ({type(error).__name__})")

    def _adapt(self, choice: Chosen) -> None:
        """Lets the artist evolve where listeners were heard since it was last looked at."""
        with self._studio.database.read() as connection:
            news = audience.has_news(connection, choice.artist_id)
            artist = artists.get(connection, choice.artist_id)
        if news and artist.state in WORKING:
            self._artists.evolve(artist.id, actor=ACTOR)

    def _begin(
        self, connection: sa.Connection, artist: Artist, slot: Slot, choice: Chosen
    ) -> Begun | Skipped:
        """In one transaction, with the artist held: whoever repeats this finds the row of the first time."""
        plain = self._plain_brief(connection, artist, slot, choice)
        run_id = RunId(derive("run", artist.id, plain.id))
        known = batch.find_run(connection, run_id)
        if known is None:
            reason = _why_not(connection, artist, run_id) or self._unpaid(connection, artist)
            if reason:
                return Skipped(artist_id=artist.id, reason=reason)
            brief = self._varied(artist, plain, choice.variant)
            known = self._entered(connection, artist, brief, slot, choice)
        return Begun(
            artist_id=artist.id,
            name=artist.profile.stage_name,
            run_id=run_id,
            why=known.why,
            variant=known.variant,
            adapted=_asked(brief_biases(artist.profile)),
        )

    def _unpaid(self, connection: sa.Connection, artist: Artist) -> str:
        """Why nothing is begun that nobody would look at before it goes out."""
        if not artist.profile.settings.autopilot:
            return ""
        return autopilot_caps.money_used_up(connection, self._studio, artist.id)

    def _plain_brief(self, connection: sa.Connection, artist: Artist, slot: Slot, choice: Chosen) -> Brief:
        """The calendar's brief, or one of the slot's own: its id comes from artist and slot alone."""
        takes = self._studio.settings.batch_takes or self._studio.settings.takes
        if choice.brief_id:
            brief = self._runs.planned_brief(connection, artist, choice.brief_id)
            return brief.model_copy(update={"takes": max(brief.takes, takes)})
        name = f"batch {slot.schedule} {slot.slot.isoformat()}"
        return make_brief(artist, name, takes=takes, note=f"A cycle of the batch: {choice.why}.")

    def _varied(self, artist: Artist, brief: Brief, name: str) -> Brief:
        variant = self._variants.get(name)
        if variant is None:
            return brief
        return variant.told(brief, usual_s=round(USUAL_S * brief_biases(artist.profile).duration_factor))

    def _entered(
        self, connection: sa.Connection, artist: Artist, brief: Brief, slot: Slot, choice: Chosen
    ) -> Started:
        run = self._runs.begin(
            connection,
            artist,
            brief,
            autopilot=artist.profile.settings.autopilot,
            actor=ACTOR,
            priority=PRIORITY,
        )
        now = self._studio.clock.now()
        started = Started(
            artist.id, run.id, slot.schedule, slot.slot, choice.why, brief.variant, started_at=now
        )
        batch.add_run(connection, started)
        return started


def _why_not(connection: sa.Connection, artist: Artist, run_id: str) -> str:
    """What has changed since the artist was chosen, so that nothing should be started."""
    if runs.find(connection, run_id) is not None:
        return "its entry was begun by a person meanwhile"
    if runs.every(connection, artist_id=artist.id, states=tuple(BUSY)):
        return "another production was begun meanwhile"
    return ""


def _asked(bias: BriefBias) -> dict[str, float]:
    """What evolution asks of the brief: the inputs that are not as they were at the artist's birth."""
    usual = BriefBias().model_dump()
    return {name: value for name, value in bias.model_dump().items() if value != usual[name]}
