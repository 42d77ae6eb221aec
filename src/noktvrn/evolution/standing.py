"""Standing: how one release did against the artist's usual, as a number in 0..1."""

from __future__ import annotations

import math
from collections.abc import Sequence

from noktvrn.evolution.rates import LOADING, LUCK_SD, newest, usable_rates
from noktvrn.kernel.ids import ReleaseId
from noktvrn.model.performance import Performance

FEWEST_RELEASES = 2
"""With one release there is no usual to hold it against."""


def standings(rows: Sequence[Performance]) -> dict[ReleaseId, float]:
    """How the releases of one artist did: 0.5 is the artist's usual, a song luckier by `LUCK_SD` has 0.73.

    Each is the posterior mean of a release's luck over its rates (normal prior of `LUCK_SD`, as in
    `evolution.surface`), on the logistic scale. Suspicious rows have no part in it; a release with too few
    streams, or without a usable rate, has no standing.
    """
    clean = [row for row in rows if not row.suspicious]
    at = newest(clean)
    if at is None:
        return {}
    rates, heard = usable_rates(clean, at)
    if len(heard) < FEWEST_RELEASES:
        return {}
    pulls = dict.fromkeys(heard, 0.0)
    weights = dict.fromkeys(heard, 1.0 / LUCK_SD**2)
    for rate in rates:
        pulls[rate.release] += LOADING[rate.metric] * rate.logit / rate.variance
        weights[rate.release] += 1.0 / rate.variance
    return {release: _score(pulls[release] / weights[release]) for release in heard}


def _score(luck: float) -> float:
    return round(1.0 / (1.0 + math.exp(-luck / LUCK_SD)), 6)
