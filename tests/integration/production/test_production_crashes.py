"""kill -9 anywhere: the run ends with one package and no effect happens twice."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.integration.production.crash_child import exit_code

from noktvrn.model.run import StageName
from noktvrn.settings import Settings
from noktvrn.storage import audit, tables
from noktvrn.storage.database import Database

KILLED = -9


def child(
    settings: Settings, stage: str = "", point: str = "never", *, video: bool = False, takes: bool = False
) -> int | None:
    code = exit_code(settings, stage, point, video=video, takes=2 if takes else 1)
    assert code in (0, KILLED), (settings.home.parent / "child.log").read_text()[-2000:]
    return code


def effects(settings: Settings) -> dict[str, object]:
    """Everything that must have happened exactly once."""
    database = Database(settings)
    with database.read() as connection:
        acts = connection.execute(sa.select(tables.audit.c.act, tables.audit.c.detail)).all()
        stages = Counter(
            (row.detail["stage"], row.detail["attempt"]) for row in acts if row.act.startswith("stage.")
        )
        counts = {
            name: connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
            for name, table in (
                ("releases", tables.releases),
                ("deliveries", tables.deliveries),
                ("verdicts", tables.verdicts),
                ("artists", tables.artists),
                ("runs", tables.runs),
                ("identifiers", tables.identifiers),
            )
        }
        intact = audit.verify(connection).passed
    database.close()
    notices = [json.loads(line)["key"] for line in (settings.home / "notices.jsonl").read_text().splitlines()]
    return {
        **counts,
        "stages": max(stages.values()),
        "stage_names": len({stage for stage, _ in stages}),
        "acts_once": [act for act, n in Counter(r.act for r in acts).items() if n > 1 and "stage" not in act],
        "notices": len(notices) - len(set(notices)),
        "packages": len(list((settings.home / "packages").iterdir())),
        "delivered": len(list((settings.home / "delivered").glob("rel_*"))),
        "intact": intact,
    }


def once(*, video: bool = False) -> dict[str, object]:
    return {
        "releases": 1,
        "deliveries": 1,
        "verdicts": 1,
        "artists": 1,
        "runs": 1,
        "identifiers": 3 if video else 2,
        "stages": 1,
        "stage_names": len(StageName),
        "acts_once": [],
        "notices": 0,
        "packages": 1,
        "delivered": 1,
        "intact": True,
    }


EFFECTS = (StageName.TRACK, StageName.PREVIEW, StageName.SEAL, StageName.DELIVER)
"""One of each kind: files are put into the vault, people told, codes taken, work carried out of the house."""


def test_death_after_the_work_and_before_the_commit_of_every_stage_with_effects(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", _env_file=None)
    for stage in EFFECTS:
        assert child(settings, stage.value, "after") == KILLED, stage
    assert child(settings) == 0
    assert effects(settings) == once()


@pytest.mark.long
def test_death_between_two_takes_doubles_none(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", _env_file=None)
    for stage in (StageName.TRACK, StageName.CRITIC, StageName.COVER):
        assert child(settings, stage.value, "after", takes=True) == KILLED, stage
    assert child(settings, takes=True) == 0
    assert effects(settings) == once()
    database = Database(settings)
    with database.read() as connection:
        chosen = connection.execute(sa.select(tables.take_choices.c.number)).scalars().all()
        marks = (
            connection.execute(sa.select(tables.works.c.kind).where(tables.works.c.kind == "track"))
            .scalars()
            .all()
        )
        recorded = (
            connection.execute(
                sa.select(tables.run_stages.c.attempt).where(tables.run_stages.c.stage == "track")
            )
            .scalars()
            .all()
        )
    database.close()
    assert (chosen, marks, sorted(recorded)) == ([1], ["track"], [1, 2])


@pytest.mark.long
@pytest.mark.timeout(2400)
def test_death_at_every_point_of_every_stage_on_both_databases(settings: Settings) -> None:
    for stage in StageName:
        for point in ("before", "after"):
            assert child(settings, stage.value, point, video=True) == KILLED, (stage, point)
    assert child(settings, video=True) == 0
    assert effects(settings) == once(video=True)
