"""How large the vault is, and when it will be full: bytes a release took so far, times what is planned."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from noktvrn.label.retention import plan
from noktvrn.production.studio import Studio
from noktvrn.storage.ledger import releases
from noktvrn.storage.references import assets_in
from noktvrn.storage.tables import plan_items, run_stages
from noktvrn.storage.vault import Held

AHEAD = timedelta(days=90)
SAMPLE = 20
"""So many of the newest releases say what one takes."""
GB = 10**9


@dataclass(frozen=True, slots=True)
class Usage:
    """The vault today and in `AHEAD`. Sizes are bytes; `quota` is the setting, else what the vault takes and
    its disk has left (None: a bucket without a quota). `full_on` is the day it is reached at the pace of the
    calendars; None: not within them."""

    where: str
    files: int
    bytes: int
    by_artist: Mapping[str, int]
    due: Mapping[str, tuple[int, int]]
    release_bytes: int
    planned: int
    quota: int | None
    full_on: datetime | None

    @property
    def ahead(self) -> int:
        """Bytes after what is planned."""
        return self.bytes + self.planned * self.release_bytes

    @property
    def over_quota(self) -> bool:
        """Whether the vault is larger than it may be, or will be with what is planned."""
        return self.quota is not None and self.ahead > self.quota

    @property
    def sentence(self) -> str:
        """The same in words."""
        of = f" of {self.quota / GB:.1f}" if self.quota is not None else ""
        soon = f"; {self.planned} planned release(s) make it {self.ahead / GB:.1f} GB" if self.planned else ""
        return f"The vault holds {self.bytes / GB:.2f}{of} GB{soon}."


def usage(studio: Studio, now: datetime) -> Usage:
    """Reads the vault's list and the ledger."""
    held = {one.sha256: one for one in studio.vault.every()}
    by_artist: dict[str, int] = {}
    for one in held.values():
        by_artist[one.artist_id] = by_artist.get(one.artist_id, 0) + one.size
    taken = sum(by_artist.values())
    with studio.database.read() as connection:
        each = _release_bytes(connection, held)
        days = _planned(connection, now)
    quota = _quota(studio, taken)
    return Usage(
        where=studio.vault.where,
        files=len(held),
        bytes=taken,
        by_artist=dict(sorted(by_artist.items(), key=lambda pair: -pair[1])),
        due=plan(studio, now).by_rule(),
        release_bytes=each,
        planned=len(days),
        quota=quota,
        full_on=_full_on(days, taken, each, quota),
    )


def _quota(studio: Studio, taken: int) -> int | None:
    settings = studio.settings
    if settings.vault_quota_gb is not None:
        return int(settings.vault_quota_gb * GB)
    if settings.s3_bucket is not None:
        return None
    return taken + shutil.disk_usage(settings.home).free


def _release_bytes(connection: sa.Connection, held: Mapping[str, Held]) -> int:
    """What one of the newest releases takes on average, with all its takes; 0 before the first one."""
    newest = releases.every(connection)[:SAMPLE]
    total = 0
    for release in newest:
        rows = connection.execute(
            sa.select(sa.cast(run_stages.c.data, sa.Text)).where(
                run_stages.c.artist_id == release.draft.artist_id,
                run_stages.c.run_id == release.draft.run_id,
            )
        ).scalars()
        named = {sha256 for _, sha256 in release.files} | {one for row in rows for one in assets_in(row)}
        total += sum(held[sha256].size for sha256 in named if sha256 in held)
    return total // len(newest) if newest else 0


def _planned(connection: sa.Connection, now: datetime) -> list[datetime]:
    """The days of the open entries of all calendars that become releases."""
    rows = connection.execute(
        sa.select(plan_items.c.on_day)
        .where(
            plan_items.c.state == "open",
            plan_items.c.content_type.in_(["single", "ep", "album"]),
            plan_items.c.on_day >= now.date(),
            plan_items.c.on_day < (now + AHEAD).date(),
        )
        .order_by(plan_items.c.on_day)
    ).scalars()
    return [datetime(day.year, day.month, day.day, tzinfo=now.tzinfo) for day in rows]


def _full_on(days: list[datetime], taken: int, each: int, quota: int | None) -> datetime | None:
    if quota is None or each == 0:
        return None
    room = max(quota - taken, 0) // each
    return days[room] if room < len(days) else None
