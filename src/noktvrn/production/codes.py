"""Takes a release's identifiers from the label's ledger: once, for good, in one transaction."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from noktvrn.model.release import Identifiers, ReleaseDraft
from noktvrn.production.studio import Studio
from noktvrn.release.identifiers import TEST_REGISTRATION, Registration, registration_of
from noktvrn.storage.ledger import releases
from noktvrn.storage.ledger.releases import SONG_PURPOSE, Taken

NO_YEAR = 0
"""UPC numbers run on from year to year."""


def take_codes(studio: Studio, draft: ReleaseDraft) -> tuple[Identifiers, datetime]:
    """The codes of a release and when they were taken. A repeated call finds the same ones.

    Raises:
        BudgetSpent: a range has no number left.
    """
    settings = studio.settings
    registration = registration_of(settings.isrc_prefix, settings.upc_prefix)
    now = studio.clock.now()
    has_video = any(part.path == "video.mp4" for part in draft.parts)
    with studio.database.begin() as connection:
        recordings = [_isrc(connection, draft, registration, name, now) for name in _purposes(draft)]
        video = _isrc(connection, draft, registration, "video", now) if has_video else None
        upc = _upc(connection, draft, registration, now)
    isrcs = tuple(one.code for one in recordings)
    codes = Identifiers(
        isrc=isrcs[0],
        video_isrc=video.code if video else None,
        upc=upc.code,
        test_range=any(_are_test_codes(isrc, upc.code) for isrc in isrcs),
        isrcs=isrcs if draft.songs else (),
    )
    return codes, recordings[0].at


def _purposes(draft: ReleaseDraft) -> list[str]:
    """What each code of a recording is for: the recording, or the recording of a record's song."""
    return [f"{SONG_PURPOSE}{number}" for number, _ in enumerate(draft.songs, start=1)] or ["recording"]


def _are_test_codes(isrc: str, upc: str) -> bool:
    """Told by the codes and not by today's settings: a release keeps its codes when the prefixes change."""
    test = TEST_REGISTRATION
    return isrc.startswith(test.isrc_prefix) or upc.startswith(test.upc_prefix)


def _isrc(
    connection: sa.Connection, draft: ReleaseDraft, registration: Registration, purpose: str, at: datetime
) -> Taken:
    return releases.take_identifier(
        connection,
        kind="isrc",
        prefix=registration.isrc_prefix,
        year=at.year,
        capacity=registration.isrc_capacity,
        purpose=purpose,
        artist_id=draft.artist_id,
        release_id=draft.id,
        spell=lambda number: registration.isrc(at.year, number),
        at=at,
    )


def _upc(connection: sa.Connection, draft: ReleaseDraft, registration: Registration, at: datetime) -> Taken:
    return releases.take_identifier(
        connection,
        kind="upc",
        prefix=registration.upc_prefix,
        year=NO_YEAR,
        capacity=registration.upc_capacity,
        purpose="release",
        artist_id=draft.artist_id,
        release_id=draft.id,
        spell=registration.upc,
        at=at,
    )
