"""Random storms of kill -9 over several workers, while people judge and want parts made anew.

Nothing is lost, missing or doubled, and what a dead worker had begun is soon taken over. The storm itself is
`bench.storm`.
"""

from __future__ import annotations

import pytest
from bench.storm import Weather, soon, storm, told, whole
from bench.waiting import lay_out, outcomes, single
from tests.integration.durability.durability_samples import both, opened

from noktvrn.settings import Settings


def blow(settings: Settings, weather: Weather) -> list[float]:
    """The seconds of the take-overs."""
    settings.home.mkdir(parents=True)
    counts, seconds = storm(settings, weather)
    print(told(counts, seconds))
    assert whole(counts), told(counts, seconds)
    return seconds


@pytest.mark.timeout(300)
def test_a_gust_of_kills_loses_and_doubles_nothing(settings: Settings) -> None:
    blow(settings, Weather(workers=2, kills=3, runs=3, at_once=3, pause_s=0.2))


@both
@pytest.mark.long
@pytest.mark.timeout(3600)
def test_a_storm_of_two_hundred_kills_loses_and_doubles_nothing(settings: Settings) -> None:
    assert soon(blow(settings, Weather(workers=2 if settings.database_url is None else 3, kills=200)))


@pytest.mark.parametrize(
    "number", [20, pytest.param(1000, marks=[pytest.mark.long, pytest.mark.timeout(1200)])]
)
@both
def test_of_two_verdicts_at_once_each_run_has_one_outcome(settings: Settings, number: int) -> None:
    with opened(settings) as label:
        told_of = outcomes(label, lay_out(label, number))
    assert single(told_of, number), told_of
