"""Rates: rows of counts become one logit per release, platform and kind of response.

Rates, not volume: how often a song is offered says where it was placed, how often it is finished, skipped and
saved says what listeners think of it (shared findings on hit prediction and on skip profiles agree).
A count that was not reported makes no rate; a reported zero makes a low one.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Literal, get_args

from noktvrn.kernel.clock import aware
from noktvrn.kernel.ids import ReleaseId
from noktvrn.model.performance import Performance

Metric = Literal["completions", "saves", "skips"]
METRICS: tuple[Metric, ...] = get_args(Metric)

# What a response is worth: finishing and saving speak for a song, skipping against it.
LOADING: dict[Metric, float] = {"completions": 1.0, "saves": 1.0, "skips": -1.0}

# A song's own luck, sd in logits: as large as the effect of a whole step (0.25-0.45 is assumed).
LUCK_SD = 0.35

# How much a platform's listeners count: a stream somebody chose says more than a clip that played by itself.
PLATFORM_WEIGHT = {"tiktok": 0.4, "instagram": 0.4, "youtube_shorts": 0.4, "youtube": 0.7}
USUAL_WEIGHT = 1.0

# A figure half a year old counts half.
HALF_LIFE_DAYS = 180.0
# Streams' worth of the artist's usual rate mixed into every rate, so that 0 of 3 is no certainty.
PSEUDO_STREAMS = 4.0
# A song's rates wander by this much beside counting (logit; 0.10-0.15 is usual).
RATE_NOISE = 0.125
# A release says nothing with fewer streams than this behind its rates.
FEWEST_STREAMS = 30


@dataclass(frozen=True, slots=True)
class Rate:
    """One release's rate of one response on one platform.

    `count` of `trials` after age decay; `logit` is smoothed and relative to the artist's usual rate there;
    `variance` is of that logit.
    """

    release: ReleaseId
    platform: str
    metric: Metric
    count: float
    trials: float
    logit: float
    variance: float


@dataclass(frozen=True, slots=True)
class _Tally:
    count: float
    trials: float
    streams: int


_Place = tuple[ReleaseId, str, Metric]


def newest(rows: Iterable[Performance]) -> datetime | None:
    """The moment of the latest record among `rows`, aware. Raises ValueError for a time without a zone."""
    return max((aware(row.recorded_at) for row in rows), default=None)


def usable_rates(rows: Sequence[Performance], at: datetime) -> tuple[tuple[Rate, ...], dict[ReleaseId, int]]:
    """The rates in `rows` as seen at the aware moment `at`, and the streams behind them per release.

    Releases with fewer than `FEWEST_STREAMS` streams are left out of both. Order does not matter.
    """
    tallies = {place: _tally(place[2], spans, at) for place, spans in _by_place(rows).items()}
    heard = _streams(tallies)
    kept = {place: tally for place, tally in tallies.items() if place[0] in heard}
    usual = _usual_rates(kept)
    rates = tuple(_rate(place, kept[place], usual[place[1:]]) for place in sorted(kept))
    return rates, heard


def trials_of(row: Performance) -> int | None:
    """What a response is counted out of: streams, or views where only a film was played."""
    return row.streams if row.streams is not None else row.views


def _by_place(rows: Sequence[Performance]) -> dict[_Place, list[Performance]]:
    places: dict[_Place, list[Performance]] = defaultdict(list)
    for row in rows:
        for metric in METRICS:
            if trials_of(row) and getattr(row, metric) is not None:
                places[row.release_id, row.platform, metric].append(row)
    return {place: _disjoint(spans, place[2]) for place, spans in places.items()}


def _disjoint(rows: Collection[Performance], metric: Metric) -> list[Performance]:
    """Rows whose periods do not overlap, so that no stream counts twice: longer first, then newer reports."""

    def rank(row: Performance) -> tuple[object, ...]:
        length = (row.period_end - row.period_start).days
        report = aware(row.recorded_at).timestamp()
        return (-length, -report, row.period_start, -(trials_of(row) or 0), getattr(row, metric))

    chosen: list[Performance] = []
    for row in sorted(rows, key=rank):
        if all(
            row.period_end < other.period_start or other.period_end < row.period_start for other in chosen
        ):
            chosen.append(row)
    return sorted(chosen, key=lambda row: row.period_start)


def _tally(metric: Metric, rows: Iterable[Performance], at: datetime) -> _Tally:
    count = trials = 0.0
    streams = 0
    for row in rows:
        heard, weight = trials_of(row) or 0, _freshness(row, at)
        count += weight * min(heard, getattr(row, metric))
        trials += weight * heard
        streams += heard
    return _Tally(count, trials, streams)


def _freshness(row: Performance, at: datetime) -> float:
    """1 for a period that has just ended, half as much after each half-life."""
    ended = datetime.combine(row.period_end, time.min, UTC) + timedelta(days=1)
    age_days = max(0.0, (at - ended) / timedelta(days=1))
    return float(0.5 ** (age_days / HALF_LIFE_DAYS))


def _streams(tallies: dict[_Place, _Tally]) -> dict[ReleaseId, int]:
    """Streams per release: of each platform the best reported response, as all share the same streams."""
    best: dict[tuple[ReleaseId, str], int] = defaultdict(int)
    for (release, platform, _), tally in tallies.items():
        best[release, platform] = max(best[release, platform], tally.streams)
    total: dict[ReleaseId, int] = defaultdict(int)
    for (release, _), streams in best.items():
        total[release] += streams
    return {release: streams for release, streams in sorted(total.items()) if streams >= FEWEST_STREAMS}


def _usual_rates(tallies: dict[_Place, _Tally]) -> dict[tuple[str, Metric], float]:
    """The artist's own rate per platform and response, strictly between 0 and 1."""
    sums: dict[tuple[str, Metric], list[float]] = defaultdict(lambda: [0.5, 1.0])
    for (_, platform, metric), tally in sorted(tallies.items()):
        sums[platform, metric][0] += tally.count
        sums[platform, metric][1] += tally.trials
    return {place: count / trials for place, (count, trials) in sums.items()}


def _rate(place: _Place, tally: _Tally, usual: float) -> Rate:
    release, platform, metric = place
    hits = tally.count + PSEUDO_STREAMS * usual
    misses = tally.trials - tally.count + PSEUDO_STREAMS * (1.0 - usual)
    counting = 1.0 / hits + 1.0 / misses
    relative = math.log(hits / misses) - math.log(usual / (1.0 - usual))
    weight = PLATFORM_WEIGHT.get(platform, USUAL_WEIGHT)
    variance = (counting + RATE_NOISE**2) / weight
    return Rate(release, platform, metric, tally.count, tally.trials, relative, variance)
