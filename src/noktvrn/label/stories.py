"""An artist's story so far, from the books: versions, releases, what listeners did."""

from __future__ import annotations

import sqlalchemy as sa

from noktvrn.audience.fraud import flag_suspicious
from noktvrn.audience.totals import totals
from noktvrn.llm.summary import Change, Out, Story, Summary, summary_job
from noktvrn.model.artist import Artist
from noktvrn.production.studio import Studio
from noktvrn.storage.ledger import artists, audience, releases


def story_of(connection: sa.Connection, artist: Artist) -> Story:
    """What the books say; suspicious figures are counted and otherwise left out."""
    rows = flag_suspicious(audience.of_artist(connection, artist.id))
    out = [one for one in releases.every(connection, artist_id=artist.id) if not one.takedown]
    told = [Out(title=one.draft.title, on=one.release_on) for one in out]
    made = artists.versions(connection, artist.id)
    return Story(
        artist_id=artist.id,
        artist=artist.profile.stage_name,
        genre=artist.profile.genre.replace("_", " "),
        joined=artist.created_at.date(),
        version=artist.version,
        changes=tuple(Change(version=n, on=at.date(), why=why) for n, why, at in made if n > 1),
        releases=tuple(sorted(told, key=lambda one: (one.on, one.title))),
        heard=totals(rows),
        left_out=sum(row.suspicious for row in rows),
    )


def told_by_model(studio: Studio, story: Story) -> Summary:
    """A model's telling where one answers with nothing but the facts, else the house's own."""
    from noktvrn.llm.writer import LlmWriter

    writer = studio.cast.writer()
    assert isinstance(writer, LlmWriter)  # noqa: S101 - the label casts no other
    summary = writer.orchestrator.run(summary_job(story)).value
    assert summary is not None  # noqa: S101 - the house's own sentences stand in for a model's
    return summary
