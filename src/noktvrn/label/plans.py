"""Calendars: make, look, and turn an entry into a run."""

from __future__ import annotations

from datetime import date

from noktvrn.evolution.biases import brief_biases
from noktvrn.kernel.ids import ArtistId, parse
from noktvrn.kernel.seeds import derive_seed
from noktvrn.label.office import Office
from noktvrn.label.plan_themes import themed_plan
from noktvrn.model.artist import Artist
from noktvrn.model.plan import ContentPlan
from noktvrn.planning.calendar import make_plan
from noktvrn.storage import audit
from noktvrn.storage.ledger import artists, plans, releases


class Plans:
    """Verbs about content plans."""

    def __init__(self, office: Office) -> None:
        self._studio = office.studio

    def make(
        self, artist_id: str, *, days: int | None = None, starts_on: date | None = None, actor: str = "person"
    ) -> ContentPlan:
        """A calendar from a day on (today unless told). The same wish on the same day is the same plan.

        Days, forms and lengths are the house's; where a model is configured it finds the themes, all at once.
        """
        now = self._studio.clock.now()
        start = starts_on or now.date()
        length = days or self._studio.settings.calendar_days
        artist, planned = self._planned(ArtistId(parse("artist", artist_id)), start, length)
        known = self._known(planned)
        if known is not None:
            return known
        plan, by = themed_plan(self._studio, artist, planned)
        with self._studio.database.begin() as connection:
            if not plans.put(connection, plan):  # somebody made it meanwhile: theirs stands
                return self._known(plan) or plan
            audit.record(
                connection,
                "plan.made",
                artist_id=artist.id,
                subject=plan.id,
                actor=actor,
                at=now,
                detail={"days": length, "items": len(plan.items), "themes": by},
            )
        return plan

    def _planned(self, artist_id: ArtistId, start: date, days: int) -> tuple[Artist, ContentPlan]:
        """The artist, and the plan as the house makes it."""
        with self._studio.database.read() as connection:
            artist = artists.get(connection, artist_id)
            out = [release.release_on for release in releases.every(connection, artist_id=artist.id)]
        plan = make_plan(
            artist,
            starts_on=start,
            days=days,
            seed=derive_seed(artist.seed, "plan", start.isoformat(), days),
            now=self._studio.clock.now(),
            existing_release_dates=out,
            duration_factor=brief_biases(artist.profile).duration_factor,
        )
        return artist, plan

    def _known(self, plan: ContentPlan) -> ContentPlan | None:
        with self._studio.database.read() as connection:
            kept = plans.of_artist(connection, plan.artist_id)
        return next((one for one in kept if one.id == plan.id), None)

    def every(self, artist_id: str) -> tuple[ContentPlan, ...]:
        """An artist's plans, newest first."""
        with self._studio.database.read() as connection:
            return plans.of_artist(connection, artists.get(connection, parse("artist", artist_id)).id)
