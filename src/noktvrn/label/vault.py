"""The vault as a person looks after it: what lies there, what may go, and how long it will do."""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass
from datetime import datetime

from noktvrn.label.leftovers import Leftover, leftovers, remove
from noktvrn.label.office import Office
from noktvrn.label.retention import Due, Plan, plan
from noktvrn.label.vault_usage import Usage, usage
from noktvrn.production.studio import Studio
from noktvrn.production.telling import tell_all
from noktvrn.roles.messenger import Notice
from noktvrn.storage import audit
from noktvrn.storage.ledger import removals, runs
from noktvrn.storage.ledger.removals import Removal

EVERY_S = 23 * 3600.0
STAMP = ".retention"
"""Its date says when this home was last tidied."""


@dataclass(frozen=True, slots=True)
class Tidied:
    """What was removed, or would be: files of the vault, and leftovers of the home."""

    plan: Plan
    removed: int
    freed: int
    leftovers: tuple[Leftover, ...]


class VaultDesk:
    """Verbs about the vault."""

    def __init__(self, office: Office) -> None:
        self._studio = office.studio

    def usage(self) -> Usage:
        """What lies there, of whom, under which rule, and what the calendars will add."""
        return usage(self._studio, self._studio.clock.now())

    def gc(self, *, dry_run: bool = False, by: str = "person") -> Tidied:
        """Removes what the rules let go of, and leftovers; with `dry_run` only tells."""
        now = self._studio.clock.now()
        found, left = plan(self._studio, now), leftovers(self._studio, now)
        if dry_run:
            return Tidied(found, 0, 0, left)
        removed, freed = _removed(self._studio, found, now, by)
        remove(self._studio, left)
        return Tidied(found, removed, freed, left)

    def tidy_daily(self) -> Tidied | None:
        """Once a day and home: `gc`, and a notice when the vault outgrows its quota. None: it was done."""
        stamp = self._studio.settings.home / STAMP
        if stamp.exists() and time.time() - stamp.stat().st_mtime < EVERY_S:
            return None
        stamp.touch()
        tidied = self.gc(by="worker")
        told = self.usage()
        if told.over_quota:
            self._tell(told)
        return tidied

    def _tell(self, told: Usage) -> None:
        now = self._studio.clock.now()
        tell_all(
            self._studio,
            Notice(
                key=f"vault.quota:{now:%Y-%m-%d}",
                kind="warning",
                title="The vault outgrows its quota",
                text=f"{told.sentence} `noktvrn vault gc --dry-run` shows what may go.",
            ),
        )


def _removed(studio: Studio, found: Plan, now: datetime, by: str) -> tuple[int, int]:
    """Removes what is due, run by run. Who missed a file later finds its row, whatever happens in between."""
    files = freed = 0
    ordered = sorted(found.due, key=lambda one: (one.cause.rule, one.cause.run_id, one.held.artist_id))
    for _, some in itertools.groupby(ordered, key=lambda one: (one.cause.rule, one.cause.run_id)):
        due = tuple(some)
        if _entered(studio, due, now, by):
            gone = [one for one in due if studio.vault.delete(one.held)]
            files += len(gone)
            freed += sum(one.held.size for one in gone)
    return files, freed


def _entered(studio: Studio, due: tuple[Due, ...], now: datetime, by: str) -> bool:
    """Writes down what is about to go. False: somebody goes on with that run, and it stays."""
    cause = due[0].cause
    with studio.database.begin() as connection:
        if cause.run_id:
            run = runs.held(connection, cause.run_id)
            if run.updated_at != cause.moved_at:
                return False
        removals.put(connection, [_removal(one, now) for one in due])
        audit.record(
            connection,
            "vault.removed",
            artist_id=run.artist_id if cause.run_id else audit.LABEL,
            subject=cause.run_id or audit.LABEL,
            actor=by,
            at=now,
            detail={
                "rule": cause.rule,
                "files": len(due),
                "bytes": sum(one.held.size for one in due),
            },
        )
    return True


def _removal(due: Due, now: datetime) -> Removal:
    return Removal(
        artist_id=due.held.artist_id,
        sha256=due.held.sha256,
        rule=due.cause.rule,
        subject=due.cause.run_id or audit.LABEL,
        size=due.held.size,
        story=f"on {now:%Y-%m-%d}, because {due.cause.story}",
        removed_at=now,
    )
