"""Whether a sound file is a recording of this label, what was composed, and what the critic said of it."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from noktvrn.kernel.errors import LabelError
from noktvrn.model.analysis import KnownTrack
from noktvrn.model.finding import Report
from noktvrn.model.run import Run, StageName
from noktvrn.model.track import Track
from noktvrn.settings import Settings
from noktvrn.sound.files import flac
from noktvrn.storage.database import Database, database_url
from noktvrn.storage.ledger import runs
from noktvrn.storage.tables import run_stages


def find(settings: Settings, path: Path, sha256: str) -> KnownTrack | None:
    """The track whose file or decoded samples these are; None where the label knows none, or has no ledger.

    Raises:
        Unavailable: the database does not answer.
    """
    url = database_url(settings)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        return None
    database = Database(settings)
    try:
        with database.read() as connection:
            return _by_hash(connection, sha256) or _by_hash(connection, _pcm(path))
    finally:
        database.close()


def _pcm(path: Path) -> str:
    """The hash of the decoded samples, which tags leave alone; empty where it is no sound to soundfile."""
    try:
        return flac.pcm_sha256(path)
    except LabelError:
        return ""


def _by_hash(connection: sa.Connection, digest: str) -> KnownTrack | None:
    if not digest:
        return None
    rows = connection.execute(
        sa.select(run_stages.c.run_id, run_stages.c.data)
        .where(run_stages.c.stage == StageName.TRACK.value)
        .where(sa.cast(run_stages.c.data, sa.Text).contains(digest, autoescape=True))
        .order_by(run_stages.c.run_id, run_stages.c.attempt)
    )
    for row in rows:
        result = row.data.get("result")
        if row.data.get("state") == "done" and result is not None:
            track = Track.model_validate(result)
            if digest in _hashes(track):
                return _known(connection, runs.get(connection, row.run_id), track)
    return None


def _hashes(track: Track) -> set[str]:
    heard = [track.master, *([track.preview] if track.preview else [])]
    return {asset.sha256 for asset in heard} | {track.master.pcm_sha256}


def _known(connection: sa.Connection, run: Run, track: Track) -> KnownTrack:
    said = runs.stage(connection, run, StageName.CRITIC, track.take)
    report = None
    if said is not None and said.state == "done":
        report = Report(subject="track", checked=said.checked, findings=said.findings)
    # A recording that was brought in has no score, and its time-line was itself only heard.
    composed = track.timeline if track.score else None
    return KnownTrack(
        track_id=track.id,
        run_id=run.id,
        artist_id=track.artist_id,
        title=track.title,
        take=track.take,
        report=report,
        tempo_bpm=composed.tempo_bpm if composed else None,
        meter=composed.meter if composed else None,
        key=composed.key if composed else None,
        sections=composed.sections if composed else (),
    )
