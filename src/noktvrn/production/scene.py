"""What one stage sees: its run, brief and artist, the results before it, a seed and an empty folder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeVar

import sqlalchemy as sa

from noktvrn.kernel.errors import Fault
from noktvrn.kernel.seeds import derive_seed
from noktvrn.model.artist import Artist
from noktvrn.model.asset import Asset
from noktvrn.model.brief import Brief
from noktvrn.model.finding import Finding, Report
from noktvrn.model.noun import Noun
from noktvrn.model.remake import Remake
from noktvrn.model.run import Run, StageName
from noktvrn.production import rounds
from noktvrn.production.studio import Studio
from noktvrn.storage.ledger import artists, runs

N = TypeVar("N", bound=Noun)

Commit = Callable[[sa.Connection], None]
"""Rows a stage wants written in the transaction that marks it done."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a stage came to: a noun (None: left out, the findings say why), how many rules were checked, and
    rows to commit with it."""

    result: Noun | None
    findings: Sequence[Finding] = ()
    checked: int = 0
    passed: bool = True
    commits: Sequence[Commit] = ()


@dataclass(frozen=True, slots=True)
class Scene:
    """One attempt at one stage."""

    studio: Studio
    run: Run
    brief: Brief
    artist: Artist
    stage: StageName
    attempt: int
    folder: Path
    progress: Callable[[float], None] = field(default=lambda _share: None)
    behind: int = 0
    """How many attempts kept the seed of the one before, because only what they show had changed."""
    bought: int = 0
    """The number outside players are asked under: it rises only when a person asked to buy again. 0: that of
    the attempt."""
    keeps_orders: bool = False
    """What was ordered for this stage before is taken once more, and nothing is ordered beside it."""
    remake: Remake | None = None
    """The person's word that has this stage made again."""

    @property
    def seeded(self) -> int:
        """The number this attempt's seed is drawn by."""
        return self.attempt - self.behind

    @property
    def seed(self) -> int:
        """The seed of this attempt at this stage."""
        return derive_seed(self.brief.seed, self.stage.value, self.seeded)

    def result(self, stage: StageName, kind: type[N]) -> N:
        """What an earlier stage came to. Raises Fault when it left nothing."""
        found = self.maybe(stage, kind)
        if found is None:
            raise Fault(f"Stage {self.stage.value} needs what {stage.value} makes, and there is none.")
        return found

    def maybe(self, stage: StageName, kind: type[N]) -> N | None:
        """What an earlier stage came to, or None when it was left out."""
        with self.studio.database.read() as connection:
            record = runs.result(connection, self.run, stage)
        return kind.model_validate(record.result) if record and record.result is not None else None

    def this_take(self, kind: type[N]) -> N:
        """What the track stage came to in this attempt, chosen or not. Raises Fault when nothing."""
        with self.studio.database.read() as connection:
            record = runs.stage(connection, self.run, StageName.TRACK, self.attempt)
        if record is None or record.result is None:
            raise Fault(f"There is no take {self.attempt} to judge.")
        return kind.model_validate(record.result)

    def reports(self) -> tuple[Report, ...]:
        """What was checked and found so far, one report for each stage that checked anything."""
        with self.studio.database.read() as connection:
            records = runs.holding(connection, self.run)
        return tuple(
            Report(subject=record.stage.value, checked=record.checked, findings=record.findings)
            for record in records
            if record.checked or record.findings
        )

    def keep(self, path: Path, media_type: str, name: str) -> Asset:
        """Puts a file into the vault under the artist."""
        return self.studio.vault.put(path, artist_id=self.artist.id, media_type=media_type, name=name)

    def file(self, asset: Asset) -> Path:
        """Where a file of this artist lies."""
        return self.studio.vault.path(asset, artist_id=self.artist.id)


class Stage(Protocol):
    """A stage is one function."""

    def __call__(self, scene: Scene) -> Outcome:
        """Does the stage's work."""


def set_scene(
    studio: Studio,
    run_id: str,
    stage: StageName,
    attempt: int,
    folder: Path,
    progress: Callable[[Run, float], None],
) -> Scene:
    """Reads what a stage needs to know."""
    with studio.database.read() as connection:
        run = runs.get(connection, run_id)
        brief = runs.brief(connection, run.artist_id, run.brief_id)
        standing = rounds.standing(connection, run, stage, attempt)
        title = rounds.wished_title(connection, run, brief)
        artist = artists.get(connection, run.artist_id)
        profile = artists.profile_at(connection, run.artist_id, brief.artist_version)
    return Scene(
        studio=studio,
        run=run,
        brief=brief if title == brief.title else brief.model_copy(update={"title": title}),
        artist=artist.model_copy(update={"profile": profile, "version": brief.artist_version}),
        stage=stage,
        attempt=attempt,
        folder=folder,
        progress=lambda share: progress(run, share),
        behind=attempt - standing.seeded,
        bought=standing.bought,
        keeps_orders=standing.keeps_orders,
        remake=standing.remake,
    )
