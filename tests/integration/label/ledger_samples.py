"""Sealed releases and the sessions of their words, entered straight into the ledger."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from pathlib import Path

from tests.integration.label.label_samples import draft, enter_artist
from tests.unit.release import release_samples as samples

from noktvrn.kernel.ids import ReleaseId, RunId, VerdictId, derive
from noktvrn.label.briefs import make_brief
from noktvrn.label.label import Label
from noktvrn.model.artist import Artist
from noktvrn.model.release import Release
from noktvrn.model.run import Run, RunState
from noktvrn.storage.ledger import artists, releases, runs, words

AT = datetime(2026, 11, 1, 12, tzinfo=UTC)
COLUMNS = ("streams", "completions", "skips", "saves", "listeners")


def the_artist(label: Label) -> Artist:
    known = label.artists.every()
    return known[0] if known else enter_artist(label)


def put_release(label: Label, number: int, title: str = "") -> Release:
    """A sealed release of the one artist, with the session its titles came from."""
    artist = the_artist(label)
    brief = make_brief(artist, f"sealed {number}")
    run_id = RunId(derive("run", artist.id, "sealed", number))
    run = Run(
        id=run_id,
        artist_id=artist.id,
        brief_id=brief.id,
        state=RunState.COMPLETED,
        created_at=AT,
        updated_at=AT,
    )
    work = draft(artist, run_id).model_copy(
        update={"id": ReleaseId(derive("release", run_id)), "title": title or f"Song {number}"}
    )
    release = Release(
        draft=work,
        identifiers=samples.identifiers(),
        release_on=date(2026, 11, number + 1),
        original_on=date(2026, 11, number + 1),
        sealed_at=AT,
        verdict_id=VerdictId(derive("verdict", run_id)),
        approval_hash=work.approval_hash(),
        package_hash="0" * 64,
        files=(),
    )
    with label.office.studio.database.begin() as connection:
        assert artists.find(connection, artist.id) is not None
        runs.add_brief(connection, brief, AT)
        runs.add(connection, run)
        releases.add(connection, release)
        words.add_session(connection, session(f"ses_{number}", run_id))
    return release


def session(name: str, run_id: str, task: str = "titles", status: str = "ok") -> words.Session:
    data = {"provider": "openai", "model": "m", "prompt": f"{task}@1"}
    return words.Session(name, task, run_id, status, data, AT, AT)


def sheet(path: Path, *rows: dict[str, object]) -> Path:
    """A file of figures in the neutral format; counts that are left out were not reported."""
    heading = ("release", "platform", "period_start", "period_end", *COLUMNS)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, heading, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def figures(release: Release, month: int = 10, **counts: int) -> dict[str, object]:
    days = {"period_start": f"2026-{month:02}-01", "period_end": f"2026-{month:02}-28"}
    return {"release": release.draft.id, "platform": "spotify", **days, **counts}
