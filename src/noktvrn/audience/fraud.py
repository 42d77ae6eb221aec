"""Figures that listeners do not make. A flagged row stays on record and never teaches an artist anything.

Flags come from counts that contradict each other, not from size: a burst is welcome, robots are not.
Thresholds are the house's, set far outside what is known of people (about half of all streams are heard to
the end, about a third skipped, 3-10 % saved; the trade reports 1-10 % of streams as fake). A count that was
not reported never flags.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence

from noktvrn.kernel.ids import ArtistId
from noktvrn.model.performance import Performance

# Below this many streams a few eager friends look like robots.
ENOUGH_STREAMS = 500
# People hear a song two to five times a month; 25 times a head in any reported period is a loop.
MOST_STREAMS_PER_LISTENER = 25.0
# Room for counts that are closed at different hours.
SLACK_SHARE, SLACK_COUNT = 0.02, 3
# Nearly all streams to the end or nearly none skipped, while next to nobody keeps the song.
LOOP_COMPLETION, LOOP_SKIP, LOOP_SAVE = 0.92, 0.01, 0.002
# A release draws this many times more streams out of an impression than the artist's others do.
JUMP_FACTOR, JUMP_OTHERS = 4.0, 3


def flag_suspicious(rows: Sequence[Performance]) -> tuple[Performance, ...]:
    """The same rows in the same order, the suspicious ones flagged. A flag already there stays."""
    return tuple(
        row.model_copy(update={"suspicious": True}) if doubts and not row.suspicious else row
        for row, doubts in zip(rows, doubts_about(rows), strict=True)
    )


def doubts_about(rows: Sequence[Performance]) -> tuple[tuple[str, ...], ...]:
    """For each row the sentences that speak against it; empty for a row that may be trusted.

    Jumps are judged against the other rows of the same artist and platform: give all there are, not one
    file's.
    """
    peers = _conversions(rows)
    return tuple((*_contradictions(row), *_loop(row), *_jump(row, peers)) for row in rows)


def _contradictions(row: Performance) -> list[str]:
    if row.streams is None:
        return []
    limit = row.streams * (1 + SLACK_SHARE) + SLACK_COUNT
    outcomes = (row.completions or 0) + (row.skips or 0)
    doubts = []
    if outcomes > limit:
        doubts.append(f"{outcomes} streams were finished or skipped, but only {row.streams} were counted")
    if row.listeners is not None and row.listeners > limit:
        doubts.append(f"{row.listeners} listeners cannot make {row.streams} streams")
    if row.saves is not None and row.saves > limit:
        doubts.append(f"{row.saves} saves are more than the {row.streams} streams")
    return doubts


def _loop(row: Performance) -> list[str]:
    if row.streams is None or row.streams < ENOUGH_STREAMS:
        return []
    doubts = []
    if row.listeners is not None and row.streams > MOST_STREAMS_PER_LISTENER * row.listeners:
        doubts.append(f"{row.listeners} listeners made {row.streams} streams")
    unkept = row.saves is not None and row.saves < LOOP_SAVE * row.streams
    finished = row.completions is not None and row.completions > LOOP_COMPLETION * row.streams
    unskipped = row.skips is not None and row.skips < LOOP_SKIP * row.streams
    if unkept and (finished or unskipped):
        doubts.append("nearly everybody heard it to the end and next to nobody kept it")
    return doubts


_Peers = dict[tuple[ArtistId, str], list[float]]


def _conversions(rows: Sequence[Performance]) -> _Peers:
    """Streams per impression by artist and platform, sorted."""
    found: _Peers = defaultdict(list)
    for row in rows:
        if row.streams is not None and row.impressions:
            found[row.artist_id, row.platform].append(row.streams / row.impressions)
    return {place: sorted(values) for place, values in found.items()}


def _jump(row: Performance, peers: _Peers) -> list[str]:
    if row.streams is None or not row.impressions or row.streams < ENOUGH_STREAMS:
        return []
    own = row.streams / row.impressions
    everyone = peers[row.artist_id, row.platform]
    if len(everyone) <= JUMP_OTHERS:
        return []
    usual = _median_without(everyone, own)
    if own <= JUMP_FACTOR * usual:
        return []
    return [f"{own:.2g} streams per impression, where the artist's others have {usual:.2g}"]


def _median_without(values: list[float], one: float) -> float:
    """The median of two or more sorted values once `one` of them is taken away."""
    gap, rest = bisect_left(values, one), len(values) - 1
    middle = ((rest - 1) // 2, rest // 2)
    return sum(values[place + (place >= gap)] for place in middle) / 2
