"""Totals: what was counted for one artist in all, each stream once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from noktvrn.audience.columns import METRICS
from noktvrn.kernel.ids import ReleaseId
from noktvrn.model.performance import Performance

SUMMABLE = tuple(metric for metric in METRICS if metric != "listeners")
"""Listeners of two platforms or months may be the same people, so their numbers are never added up."""


def totals(rows: Sequence[Performance]) -> dict[str, int]:
    """The sum of every count that was reported at all, over periods that do not overlap; suspicious rows
    are left out. What was never reported is not in it."""
    found: dict[str, int] = {}
    for metric in SUMMABLE:
        told = [row for row in rows if not row.suspicious and getattr(row, metric) is not None]
        if told:
            found[metric] = sum(getattr(row, metric) for row in _each_once(told))
    return found


def _each_once(rows: Iterable[Performance]) -> list[Performance]:
    """Of rows whose periods overlap the longer one, of equally long ones the newer report."""
    places: dict[tuple[ReleaseId, str], list[Performance]] = defaultdict(list)
    for row in sorted(rows, key=_rank, reverse=True):
        chosen = places[row.release_id, row.platform]
        if all(row.period_end < one.period_start or one.period_end < row.period_start for one in chosen):
            chosen.append(row)
    return [row for chosen in places.values() for row in chosen]


def _rank(row: Performance) -> tuple[object, ...]:
    return (row.period_end - row.period_start, row.recorded_at, row.period_start)
