"""Joins what the ledger knows of an artist's releases with the rooms that learn from it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from statistics import fmean

import sqlalchemy as sa

from noktvrn.audience.fraud import flag_suspicious
from noktvrn.evolution.adaptor import adapt
from noktvrn.evolution.analyst import analyse
from noktvrn.evolution.measure import measured_style
from noktvrn.kernel.ids import ReleaseId
from noktvrn.model.artist import Artist, Profile, StyleAxes
from noktvrn.model.brief import Brief
from noktvrn.model.progression import Progression
from noktvrn.model.release import Release
from noktvrn.model.run import StageName
from noktvrn.model.track import Track
from noktvrn.production.albums import songs_of
from noktvrn.storage.database import Database
from noktvrn.storage.ledger import artists, audience, desk, releases, runs


def propose(database: Database, artist: Artist, now: datetime) -> tuple[Profile, Progression]:
    """The profile the figures speak for, and why; unchanged when they do not say enough.

    A release counts with the style it was measured to have, not the one it was asked for.
    """
    styles: dict[ReleaseId, StyleAxes] = {}
    words: dict[ReleaseId, tuple[str, str]] = {}
    with database.read() as connection:
        rows = audience.of_artist(connection, artist.id)
        for release in releases.every(connection, artist_id=artist.id):
            styles[release.draft.id], words[release.draft.id] = _made(connection, artist, release)
        moved = [e.at for e in audience.progression(connection, artist.id) if e.decision == "moved"]
        said = desk.remarks(connection, artist.id)
    evidence = analyse(artist, flag_suspicious(rows), styles, words)
    last = max(moved, default=None)
    new = tuple(remark.reason for remark in said if last is None or remark.at > last)
    return adapt(artist, evidence, now=now, moved_at=last, said=new)


def _made(connection: sa.Connection, artist: Artist, release: Release) -> tuple[StyleAxes, tuple[str, str]]:
    """A release's measured style, and its theme and mood; a record has the middle of its songs' styles."""
    run = runs.get(connection, release.draft.run_id)
    asked = runs.brief(connection, artist.id, run.brief_id)
    brief = runs.result(connection, run, StageName.BRIEF)
    found = (runs.result(connection, one, StageName.TRACK) for one in songs_of(connection, run) or (run,))
    tracks = [Track.model_validate(track.result) for track in found if track]
    made = Brief.model_validate(brief.result) if brief else asked
    profile = artists.profile_at(connection, artist.id, asked.artist_version)
    style = _middle([measured_style(profile, track) for track in tracks]) if tracks else profile.style
    return style, (made.theme, made.mood)


def _middle(styles: Sequence[StyleAxes]) -> StyleAxes:
    return StyleAxes(**{axis: fmean(getattr(one, axis) for one in styles) for axis in StyleAxes.model_fields})
