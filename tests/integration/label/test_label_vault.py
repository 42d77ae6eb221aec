"""What the vault lets go of, what it never does, and what is told of a file that went."""

from __future__ import annotations

import json
import os
import shutil
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from tests.integration.durability.durability_samples import enter_artist
from tests.integration.label.shell import noktvrn

from noktvrn.kernel.clock import FixedClock
from noktvrn.kernel.errors import NotFound
from noktvrn.kernel.ids import BriefId, RunId, derive
from noktvrn.label.label import Label, open_label
from noktvrn.label.retention import ORPHAN_DAYS
from noktvrn.model.artist import Artist
from noktvrn.model.asset import Asset
from noktvrn.model.brief import Brief
from noktvrn.model.run import Run, RunState, StageName, StageRecord
from noktvrn.production.albums import run_of, song_briefs
from noktvrn.settings import Settings
from noktvrn.storage import tables
from noktvrn.storage.ledger import runs, works
from noktvrn.storage.references import named

NOW = datetime.now(UTC)
LATER = NOW + timedelta(days=100)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", _env_file=None)


def asset(label: Label, artist: Artist, name: str) -> Asset:
    source = label.settings.home / name
    source.write_text(f"the bytes of {name}")
    kept = label.office.studio.vault.put(source, artist_id=artist.id, media_type="audio/flac", name=name)
    source.unlink()
    return kept


def record(stage: StageName, attempt: int, state: str, **result: Any) -> StageRecord:
    return StageRecord(
        stage=stage, attempt=attempt, seed=1, state=state, started_at=NOW, ended_at=NOW, result=result
    )


def enter_run(
    label: Label, artist: Artist, name: str, state: RunState, records: list[StageRecord], at: datetime = NOW
) -> Run:
    brief = Brief(
        id=BriefId(derive("brief", artist.id, name)),
        artist_id=artist.id,
        artist_version=artist.version,
        seed=1,
    )
    run = Run(
        id=RunId(derive("run", artist.id, name)),
        artist_id=artist.id,
        brief_id=brief.id,
        state=state,
        created_at=at,
        updated_at=at,
    )
    with label.office.studio.database.begin() as connection:
        runs.add_brief(connection, brief, NOW)
        runs.add(connection, run)
        for one in records:
            runs.put_stage(connection, run, one)
    return run


def enter_record(label: Label, artist: Artist, state: RunState, songs: list[list[StageRecord]]) -> list[Run]:
    """A record and its songs, which are complete whatever became of it; returns all, the record first."""
    brief_id = BriefId(derive("brief", artist.id, "record"))
    parts = song_briefs(brief_id, len(songs))
    briefs = [
        Brief(id=part, artist_id=artist.id, artist_version=artist.version, seed=1, album=brief_id)
        for part in parts
    ]
    own = briefs[0].model_copy(update={"id": brief_id, "content_type": "ep", "songs": parts, "album": None})
    made = [
        Run(
            id=run_of(artist.id, brief.id),
            artist_id=artist.id,
            brief_id=brief.id,
            state=RunState.COMPLETED if brief.album else state,
            parent=run_of(artist.id, brief_id) if brief.album else None,
            created_at=NOW,
            updated_at=NOW,
        )
        for brief in (own, *briefs)
    ]
    with label.office.studio.database.begin() as connection:
        for brief, run, records in zip((own, *briefs), made, ([], *songs), strict=True):
            runs.add_brief(connection, brief, NOW)
            runs.add(connection, run)
            for one in records:
                runs.put_stage(connection, run, one)
    return made


def age(label: Label, days: float) -> None:
    """Dates everything in the vault back."""
    for place in (label.settings.home / "vault").rglob("*"):
        if place.is_file():
            os.utime(place, (time.time() - days * 86_400, time.time() - days * 86_400))


def names_of(label: Label, known: dict[str, Asset]) -> set[str]:
    left = {held.sha256 for held in label.office.studio.vault.every()}
    return {name for name, one in known.items() if one.sha256 in left}


def a_catalogue(label: Label) -> dict[str, Asset]:
    """A released song with a take passed over, a rejected one, one under way, and a file nobody names."""
    artist = enter_artist(label)
    names = (
        "chosen",
        "passed over",
        "its stem",
        "stem",
        "rejected",
        "shared",
        "under way",
        "orphan",
        "cover",
    )
    known = {name: asset(label, artist, name) for name in names}
    data = {name: one.as_data() for name, one in known.items()}
    enter_run(
        label,
        artist,
        "released",
        RunState.COMPLETED,
        [
            record(StageName.TRACK, 1, "superseded", master=data["passed over"], stems=[data["its stem"]]),
            record(StageName.TRACK, 2, "done", master=data["chosen"], stems=[data["stem"]]),
            record(StageName.COVER, 1, "done", asset=data["cover"]),
        ],
    )
    enter_run(
        label,
        artist,
        "no",
        RunState.REJECTED,
        [record(StageName.TRACK, 1, "done", master=data["rejected"], preview=data["shared"])],
    )
    enter_run(
        label,
        artist,
        "now",
        RunState.PRODUCING,
        [record(StageName.TRACK, 1, "done", master=data["under way"], preview=data["shared"])],
    )
    return known


def test_only_what_a_rule_names_goes_and_its_name_says_what_became_of_it(settings: Settings) -> None:
    with open_label(settings, FixedClock(LATER)) as label:
        known = a_catalogue(label)
        age(label, 0)
        planned = label.vault.gc(dry_run=True)
        assert names_of(label, known) == set(known), "a dry run removes nothing"
        goes = {"passed over", "its stem", "rejected", "orphan"}
        assert {one.held.sha256 for one in planned.plan.due} == {known[name].sha256 for name in goes}
        assert {one.cause.rule for one in planned.plan.due} == {"takes", "ended", "orphans"}

        tidied = label.vault.gc(by="person:test")
        assert (tidied.removed, tidied.freed) == (4, sum(known[name].size for name in goes))
        assert names_of(label, known) == set(known) - goes
        assert label.vault.gc().removed == 0

        artist = label.artists.every()[0]
        with pytest.raises(NotFound) as told:
            label.office.studio.vault.path(known["passed over"], artist_id=artist.id)
        assert told.value.code == "vault.removed"
        assert told.value.message == (
            f"passed over was removed: on {LATER:%Y-%m-%d}, because it was passed over when the run was "
            "released, and that is kept for 90 days (NOKTVRN_KEEP_TAKES_DAYS)."
        )
        assert [one.message for one in label.books.check().findings] == [], "what a rule removed is no damage"
        with label.office.studio.database.read() as connection:
            acts = connection.execute(
                sa.select(tables.audit.c.detail).where(tables.audit.c.act == "vault.removed")
            ).scalars()
            assert sorted((one["rule"], one["files"]) for one in acts) == [
                ("ended", 1),
                ("orphans", 1),
                ("takes", 2),
            ]


def test_nothing_goes_before_its_time_or_by_a_rule_that_is_off(settings: Settings) -> None:
    with open_label(settings, FixedClock(NOW + timedelta(days=89))) as label:
        known = a_catalogue(label)
        planned = label.vault.gc(dry_run=True).plan
        assert {one.held.sha256 for one in planned.due} == {known["orphan"].sha256}
    off = settings.model_copy(update={"keep_takes_days": None})
    with open_label(off, FixedClock(LATER)) as label:
        assert {one.cause.rule for one in label.vault.gc(dry_run=True).plan.due} == {"orphans"}
    stems = off.model_copy(update={"keep_stems_days": 30})
    with open_label(stems, FixedClock(LATER)) as label:
        due = {one.held.sha256: one.cause.rule for one in label.vault.gc(dry_run=True).plan.due}
        assert due == {
            known["stem"].sha256: "stems",
            known["its stem"].sha256: "stems",
            known["orphan"].sha256: "orphans",
        }


def test_who_has_put_a_file_and_not_yet_written_its_row_is_left_alone(settings: Settings) -> None:
    with open_label(settings) as label:
        artist = enter_artist(label)
        old = asset(label, artist, "of a killed attempt")
        age(label, ORPHAN_DAYS + 1)
        planned = label.vault.gc(dry_run=True).plan
        assert [one.held.sha256 for one in planned.due] == [old.sha256]
        assert asset(label, artist, "of a killed attempt") == old, "put again: dated anew, and free"
        assert not label.office.studio.vault.delete(planned.due[0].held)
        assert label.vault.gc().removed == 0
        assert label.office.studio.vault.path(old, artist_id=artist.id).is_file()


def test_a_run_somebody_goes_on_with_meanwhile_keeps_its_files(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from noktvrn.label import vault as verbs

    with open_label(settings, FixedClock(LATER)) as label:
        known = a_catalogue(label)
        found = label.vault.gc(dry_run=True).plan
        run = next(run for run in label.runs.every() if run.state is RunState.REJECTED)
        with label.office.studio.database.begin() as connection:
            runs.move(connection, run.id, RunState.PRODUCING, LATER)
        monkeypatch.setattr(verbs, "plan", lambda _studio, _now: found)
        assert label.vault.gc().removed == 3
        assert "rejected" in names_of(label, known)


def test_spool_previews_and_scratch_of_what_has_ended_go(settings: Settings) -> None:
    home = settings.home
    with open_label(settings, FixedClock(LATER)) as label:
        artist = enter_artist(label)
        ended = enter_run(label, artist, "over", RunState.COMPLETED, [])
        going = enter_run(label, artist, "desk", RunState.AWAITING_REVIEW, [])
        with label.office.studio.database.begin() as connection:
            for name, state in (("tkt_failed", "failed"), ("tkt_running", "running")):
                connection.execute(
                    tables.tickets.insert().values(
                        ticket_id=name, key=name, provider="p", purpose="x", request_hash="0" * 64,
                        state=state, data={}, opened_at=NOW,
                    )
                )  # fmt: skip
        folders = [
            home / "spool" / name for name in ("tkt_failed", "tkt_running", "tkt_unknown", "owners")
        ] + [home / "previews" / name for name in (ended.id, f"{ended.id}-takes", going.id)]
        for folder in (*folders, home / "scratch" / "left"):
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "file").write_bytes(b"x" * 100)
            for path in (folder / "file", folder):
                os.utime(path, (time.time() - 50 * 86_400,) * 2)
        (home / "spool" / "tkt_failed" / "file").touch()
        told = label.vault.gc(dry_run=True).leftovers
        assert {one.path.name for one in told} == {
            "tkt_failed",
            "tkt_unknown",
            ended.id,
            f"{ended.id}-takes",
            "left",
        }, "by the clock of the label everything is old; what is under way stays"
        label.vault.gc()
        assert (home / "previews" / going.id).is_dir() and (home / "spool" / "tkt_running").is_dir()
        assert not (home / "spool" / "tkt_failed").exists() and not (home / "scratch" / "left").exists()


def test_usage_counts_the_calendars_and_tells_once_a_day_of_a_quota(settings: Settings) -> None:
    small = settings.model_copy(update={"vault_quota_gb": 1e-8})
    with open_label(small, FixedClock(NOW)) as label:
        a_catalogue(label)
        artist = label.artists.every()[0]
        with label.office.studio.database.begin() as connection:
            for number in range(3):
                connection.execute(
                    tables.plan_items.insert().values(
                        artist_id=artist.id, plan_id="pln_a", number=number, brief_id=f"brf_{number}",
                        content_type="single", on_day=date(2026, 1, 1) if number == 2 else NOW.date(),
                        produce_by=NOW.date(), state="open",
                    )
                )  # fmt: skip
        told = label.vault.usage()
        assert (told.files, told.planned, told.quota, told.over_quota) == (9, 2, 10, True)
        assert sum(told.by_artist.values()) == told.bytes
        assert label.vault.tidy_daily() is not None
        assert label.vault.tidy_daily() is None
    lines = [json.loads(line) for line in (settings.home / "notices.jsonl").read_text().splitlines()]
    assert [line["title"] for line in lines] == ["The vault outgrows its quota"]


def test_the_verbs_tell_people_and_machines(made: dict[str, Any], tmp_path: Path) -> None:
    usage = noktvrn("vault", "usage", "--json").data
    assert usage["files"] > 5 and usage["release_bytes"] > 100_000 and usage["due"] == {}
    assert "a release takes" in noktvrn("vault", "usage").out
    assert noktvrn("vault", "gc", "--dry-run").out == "Nothing may go now.\n"
    checked = noktvrn("db", "check", "--json")
    assert (checked.code, checked.data["passed"]) == (0, True)
    assert "0 found" in noktvrn("vault", "check").out
    assert "revision" in noktvrn("db", "migrate").out


def test_a_whole_label_comes_back_on_an_empty_machine_with_its_packages(
    copied: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Path(os.environ["NOKTVRN_HOME"])
    saved = noktvrn("db", "backup", "--to", str(tmp_path / "backups"), "--json")
    assert saved.code == 0 and saved.data["files"] > 5
    shutil.move(home, tmp_path / "lost")
    monkeypatch.setenv("NOKTVRN_HOME", str(tmp_path / "new"))
    restored = noktvrn("db", "restore", "--from", str(tmp_path / "backups"))
    assert restored.code == 0 and "files, compared, from" in restored.out and "is stopped" in restored.err
    assert noktvrn("db", "check").code == 0
    again = noktvrn("release", "check", copied["release_id"], "--json")
    assert (again.code, again.data["passed"]) == (0, True)
    package = tmp_path / "new" / "packages" / copied["release_id"]
    before = tmp_path / "lost" / "packages" / copied["release_id"]
    same = [path.relative_to(before) for path in before.rglob("*") if path.is_file()]
    assert same and all((package / path).read_bytes() == (before / path).read_bytes() for path in same)
    assert noktvrn("review", "show", copied["run_id"]).code == 0
    assert (tmp_path / "new" / "previews" / copied["run_id"] / "index.html").is_file()


def test_a_changed_file_a_missing_one_and_rows_without_a_parent_are_found(copied: dict[str, Any]) -> None:
    with open_label(Settings()) as label:
        with label.office.studio.database.begin() as connection:
            connection.execute(tables.briefs.delete())
            assets = named(connection)
        changed, missing = sorted(
            (held for held in label.office.studio.vault.every() if held.sha256 in assets),
            key=lambda held: held.sha256,
        )[:2]
        folder = label.settings.home / "vault" / "assets"
        place = folder / changed.artist_id / changed.sha256
        place.chmod(0o644)
        place.write_bytes(place.read_bytes()[:-1] + b"!")
        (folder / missing.artist_id / missing.sha256).unlink()
        paper = dict(label.releases.every()[0].files)["metadata.json"]
        (folder / missing.artist_id / paper).unlink()
        told = label.books.check()
        assert not told.passed
        assert {one.rule for one in told.findings} == {"books.orphan", "vault.damaged", "vault.missing"}
        assert f"{missing.sha256[:12]} of the ledger is not in the vault." in {
            one.message for one in told.findings
        }
        shutil.rmtree(label.settings.home / "packages")
        (nowhere,) = (one for one in label.books.check().findings if one.rule == "books.package")
        assert copied["release_id"] in nowhere.message
    assert noktvrn("db", "check", "--no-files").code == 1


@pytest.mark.parametrize(
    ("state", "rules"),
    [
        (RunState.AWAITING_REVIEW, {}),
        (RunState.REJECTED, {"chosen": "ended", "passed over": "ended", "stem": "ended", "late": "ended"}),
        (RunState.COMPLETED, {"passed over": "takes", "stem": "stems"}),
    ],
)
def test_the_songs_of_a_record_are_kept_as_long_as_the_record(
    settings: Settings, state: RunState, rules: dict[str, str]
) -> None:
    settings = settings.model_copy(update={"keep_stems_days": 30})
    with open_label(settings, FixedClock(LATER)) as label:
        artist = enter_artist(label)
        known = {name: asset(label, artist, name) for name in ("chosen", "passed over", "stem", "late")}
        data = {name: one.as_data() for name, one in known.items()}
        takes = [
            record(StageName.TRACK, 1, "superseded", master=data["passed over"]),
            record(StageName.TRACK, 2, "done", master=data["chosen"], stems=[data["stem"]]),
        ]
        ep, *_ = enter_record(
            label, artist, state, [takes, [record(StageName.TRACK, 1, "done", m=data["late"])]]
        )
        age(label, 100)
        due = {one.held.sha256: one.cause for one in label.vault.gc(dry_run=True).plan.due}
        assert {name: due[one.sha256].rule for name, one in known.items() if one.sha256 in due} == rules
        if state is RunState.REJECTED:  # who goes on with the record keeps its songs
            assert {cause.run_id for cause in due.values()} == {ep.id}


def test_the_songs_of_a_rejected_record_keep_nobody_from_their_words(settings: Settings) -> None:
    with open_label(settings) as label:
        artist = enter_artist(label)
        _, first, second = enter_record(label, artist, RunState.REJECTED, [[], []])
        single = enter_run(label, artist, "single", RunState.PRODUCING, [])
        with label.office.studio.database.begin() as connection:
            for run in (first, second, single):
                works.put(
                    connection, artist_id=artist.id, run_id=run.id, kind="lyrics", title=run.id, mark="words"
                )
            seen = {
                run.id: [title for title, _ in works.others(connection, run_id=run.id, kind="lyrics")]
                for run in (first, second, single)
            }
        assert seen[single.id] == []
        assert set(seen[first.id]) == {second.id, single.id}, "a record that has failed may go on"
