"""Contrasts a person can check: what listeners did more often with releases that have more of an axis."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from math import sqrt
from statistics import fmean
from typing import Literal

from noktvrn.evolution.evidence import Contrast, WordEvidence
from noktvrn.evolution.rates import LOADING, LUCK_SD, METRICS, Metric, Rate
from noktvrn.kernel.ids import ReleaseId
from noktvrn.model.artist import Profile, StyleAxes

# Below this many percentage points a difference is not worth a sentence.
_WORTH_SAYING = 0.5
# Prior sd of what a theme or a mood is worth, logits.
_WORD_SD = 0.3
_FEWEST_WITH_WORD = 2

Words = Mapping[ReleaseId, tuple[str, str]]


def contrast_along(
    axis: str, slope: float, rates: Sequence[Rate], styles: Mapping[ReleaseId, StyleAxes]
) -> Contrast | None:
    """The first response that tells of a slope in plain figures, or None where none does by itself."""
    values = {rate.release: getattr(styles[rate.release], axis) for rate in rates}
    middle = (max(values.values()) + min(values.values())) / 2
    more = {release for release, value in values.items() if value > middle}
    sided = [rate for rate in rates if values[rate.release] != middle]
    for metric in METRICS:
        points = _points(metric, more, sided)
        if points * slope * LOADING[metric] > 0 and abs(points) >= _WORTH_SAYING:
            return Contrast(metric=metric, points=round(points, 1))
    return None


def _points(metric: Metric, more: set[ReleaseId], rates: Sequence[Rate]) -> float:
    """Percentage points between the two groups, platform by platform, weighted by what both have there."""
    sums: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0, 0.0])
    for rate in rates:
        if rate.metric == metric:
            place = 0 if rate.release in more else 2
            sums[rate.platform][place] += rate.count
            sums[rate.platform][place + 1] += rate.trials
    total = weights = 0.0
    for count, trials, other_count, other_trials in sums.values():
        if trials > 0 and other_trials > 0:
            weight = trials * other_trials / (trials + other_trials)
            total += weight * (count / trials - other_count / other_trials)
            weights += weight
    return 100.0 * total / weights if weights else 0.0


def words_that_worked(
    profile: Profile, appeal: Mapping[ReleaseId, float], words: Words
) -> list[WordEvidence]:
    """What each of the artist's themes and moods was worth, where there are releases with and without it."""
    themes = {release: words[release][0] for release in appeal if release in words}
    moods = {release: words[release][1] for release in appeal if release in words}
    found = [_worth("theme", word, appeal, themes) for word in profile.themes]
    found += [_worth("mood", word, appeal, moods) for word in profile.moods]
    return [worth for worth in found if worth is not None]


def _worth(
    kind: Literal["theme", "mood"],
    word: str,
    appeal: Mapping[ReleaseId, float],
    used: Mapping[ReleaseId, str],
) -> WordEvidence | None:
    """The difference of means, shrunk to zero by what luck alone would make of so few releases."""
    carriers = [appeal[release] for release in sorted(used) if used[release] == word]
    others = [appeal[release] for release in sorted(used) if used[release] != word]
    if len(carriers) < _FEWEST_WITH_WORD or not others:
        return None
    noise = LUCK_SD**2 * (1 / len(carriers) + 1 / len(others))
    kept = _WORD_SD**2 / (_WORD_SD**2 + noise)
    effect = kept * (fmean(carriers) - fmean(others))
    return WordEvidence(kind=kind, word=word, releases=len(carriers), effect=effect, sd=sqrt(kept * noise))
