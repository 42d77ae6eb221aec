"""Variants of briefs in the label: which there are, which a production tries, and what they came to.

Results are read from the ledger each time: a verdict that was taken back, or figures that came later, count
from the next reading on.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

import noktvrn.planning
from noktvrn.audience.fraud import flag_suspicious
from noktvrn.evolution.standing import standings
from noktvrn.kernel.errors import Invalid
from noktvrn.kernel.seeds import derive_seed
from noktvrn.model.finding import Report
from noktvrn.model.run import StageName, StageRecord
from noktvrn.music.ranking import score
from noktvrn.planning import variants
from noktvrn.planning.variants import Posterior, Variant
from noktvrn.settings import Settings
from noktvrn.storage.database import Database
from noktvrn.storage.ledger import audience, batch, releases, runs
from noktvrn.storage.ledger.batch import Started

BUNDLED = Path(noktvrn.planning.__file__).parent / "variants.toml"
MEMORY = timedelta(days=120)
"""How long a production counts: what worked longer ago was another audience."""
MOST_READ = 500
"""How many productions one reading takes in."""


def known_variants(settings: Settings) -> tuple[Variant, ...]:
    """The variants of this label, none where their share is 0.

    Raises:
        Invalid: the person's file cannot be read or used.
    """
    if settings.batch_variant_share == 0:
        return ()
    path = settings.batch_variants or BUNDLED
    try:
        return variants.read(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid(
            f"{path} cannot be read: {error}.",
            code="variants.unreadable",
            hint="NOKTVRN_BATCH_VARIANTS names a TOML file; without it the bundled variants are tried.",
        ) from None


def standing(connection: sa.Connection, settings: Settings, now: datetime) -> tuple[Posterior, ...]:
    """What is known of the usual brief and of each variant, and the traffic each is given."""
    names = [one.name for one in known_variants(settings)]
    counted = {
        name: variants.tally(name, *told) for name, told in batch.results(connection, now - MEMORY).items()
    }
    return variants.posteriors(names, counted, settings.batch_variant_share)


def drawn(known: tuple[Posterior, ...], artist_id: str, schedule: str, slot: datetime) -> str:
    """The variant an artist's production of a slot tries: the same one whoever asks."""
    return variants.assigned(known, seed=derive_seed(0, artist_id, schedule, slot.isoformat()))


def read_back(database: Database, now: datetime) -> int:
    """Notes what productions came to since they were last read; returns how many were read. What there is too
    much of waits for the next time, oldest first. Nobody waits for a lock while figures are reckoned."""
    with database.read() as connection:
        found = batch.unread(connection, now - MEMORY, limit=MOST_READ)
        artists = {one.artist_id for one in found}
        figures = {artist_id: _performances(connection, artist_id) for artist_id in artists}
        told = [(one, _results(connection, one, figures[one.artist_id])) for one in found]
    if told:
        with database.begin() as connection:
            for one, results in told:
                batch.put_results(connection, one.run_id, now, **results)
    return len(told)


def _results(
    connection: sa.Connection, one: Started, figures: Mapping[str, float]
) -> dict[str, float | None]:
    return {
        "verdict": batch.personal_verdict(connection, one.artist_id, one.run_id),
        "critic": _heard(connection, one.run_id),
        "performance": figures.get(one.run_id),
    }


def _performances(connection: sa.Connection, artist_id: str) -> Mapping[str, float]:
    """How the artist's releases did against its usual (0..1), by their runs."""
    rows = flag_suspicious(audience.of_artist(connection, artist_id))
    scores = standings(rows) if rows else {}
    run_of = {r.draft.id: r.draft.run_id for r in releases.every(connection, artist_id=artist_id)}
    return {run_of[release]: value for release, value in scores.items() if release in run_of}


def _heard(connection: sa.Connection, run_id: str) -> float | None:
    """What the critic heard: the share of takes that passed, times the evaluators' best word where there is
    one; None before any take."""
    heard = [record for record in runs.stages(connection, run_id) if record.stage is StageName.CRITIC]
    ended = [record for record in heard if record.state in ("done", "superseded")]
    if not ended:
        return None
    passed = sum(record.state == "done" for record in ended) / len(ended)
    words = [said for record in ended if (said := _evaluated(record)) is not None]
    return round(passed * max(words, default=1.0), 4)


def _evaluated(record: StageRecord) -> float | None:
    return score(Report.model_validate(record.result)) if record.result else None
