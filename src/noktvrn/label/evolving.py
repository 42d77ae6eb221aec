"""Joins what the ledger knows of an artist's releases with the rooms that learn from it."""

from __future__ import annotations

from datetime import datetime

from noktvrn.audience.fraud import flag_suspicious
from noktvrn.evolution.adaptor import adapt
from noktvrn.evolution.analyst import analyse
from noktvrn.kernel.ids import ReleaseId
from noktvrn.model.artist import Artist, Profile, StyleAxes
from noktvrn.model.progression import Progression
from noktvrn.storage.database import Database
from noktvrn.storage.ledger import artists, audience, releases, runs


def propose(database: Database, artist: Artist, now: datetime) -> tuple[Profile, Progression]:
    """The profile the figures speak for, and why; unchanged when they do not say enough."""
    styles: dict[ReleaseId, StyleAxes] = {}
    words: dict[ReleaseId, tuple[str, str]] = {}
    with database.read() as connection:
        rows = audience.of_artist(connection, artist.id)
        for release in releases.every(connection, artist_id=artist.id):
            run = runs.get(connection, release.draft.run_id)
            brief = runs.brief(connection, artist.id, run.brief_id)
            profile = artists.profile_at(connection, artist.id, brief.artist_version)
            styles[release.draft.id] = profile.style
            words[release.draft.id] = (brief.theme, brief.mood)
    evidence = analyse(artist, flag_suspicious(rows), styles, words)
    return adapt(artist, evidence, now=now)
