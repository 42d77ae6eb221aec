"""Variants of a brief: a planted better one is found, and none starves."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from tests.unit.planning import planning_samples as samples

import noktvrn.planning
from noktvrn.kernel.errors import Invalid
from noktvrn.kernel.ids import ArtistId, BriefId
from noktvrn.kernel.seeds import dice
from noktvrn.model.brief import Brief
from noktvrn.planning.variants import (
    LEAST,
    MOST,
    USUAL,
    Posterior,
    Tally,
    Variant,
    assigned,
    posteriors,
    read,
    tally,
)

NAMES = ("one", "two", "three")
SHARE = 0.1


def simulated(truth: dict[str, float], runs: int, seed: int) -> tuple[list[str], tuple[Posterior, ...]]:
    """A label that makes `runs` productions; each is approved with its variant's chance."""
    luck, made = dice(seed, "audience"), []
    counted = {name: Tally(name) for name in (USUAL, *NAMES)}
    known = posteriors(NAMES, counted, SHARE)
    for number in range(runs):
        name = assigned(known, seed=seed * 100_000 + number)
        approved = float(luck.random() < truth[name])
        before = counted[name]
        counted[name] = Tally(name, before.runs + 1, before.weight + 1.0, before.score + approved)
        made.append(name)
        known = posteriors(NAMES, counted, SHARE)
    return made, known


def test_a_planted_better_variant_is_found_and_given_the_work() -> None:
    truth = {USUAL: 0.5, "one": 0.5, "two": 0.75, "three": 0.4}
    late: Counter[str] = Counter()
    for seed in range(6):
        made, known = simulated(truth, 1200, seed)
        late.update(made[-300:])
        counts = Counter(made)
        floor = LEAST * SHARE / len(NAMES)
        assert all(one.traffic >= floor - 1e-9 for one in known)
        assert all(counts[name] > 0.3 * floor * len(made) for name in NAMES), "no variant starves"
        assert counts[USUAL] > 0.15 * len(made), "nor does the usual brief"
        assert sum(one.traffic for one in known) == pytest.approx(1.0)
    total = late.total()
    assert late["two"] / total > 0.6
    assert late["three"] / total < 0.05


def test_as_long_as_nothing_is_known_all_variants_share_the_small_share() -> None:
    known = posteriors(NAMES, {}, SHARE)
    assert [round(one.traffic, 4) for one in known] == [0.9, 0.0333, 0.0333, 0.0333]
    drawn = Counter(assigned(known, seed=seed) for seed in range(6_000))
    assert 0.08 < 1 - drawn[USUAL] / 6_000 < 0.12
    assert min(drawn[name] for name in NAMES) > 120


def test_what_is_hopeless_keeps_a_little_and_what_is_certain_not_everything() -> None:
    counted = {
        USUAL: Tally(USUAL, 400, 400, 200),
        "one": Tally("one", 400, 400, 20),
        "two": Tally("two", 400, 400, 380),
        "three": Tally("three", 400, 400, 399),
    }
    usual, one, two, three = posteriors(NAMES, counted, SHARE)
    assert one.traffic == pytest.approx(LEAST * SHARE / 3)
    assert two.traffic + three.traffic <= MOST
    assert usual.traffic >= 1 - MOST - LEAST * SHARE
    assert (one.better, two.better) == (0.0, 1.0)


def test_without_variants_every_brief_is_the_usual_one() -> None:
    assert {assigned(posteriors((), {}, SHARE), seed=seed) for seed in range(50)} == {USUAL}


def test_results_that_are_not_there_weigh_nothing() -> None:
    results = {"verdict": (1, 1.0), "critic": (2, 1.5), "performance": (0, 0.0)}
    assert tally("one", 4, results) == Tally("one", 4, 1.5, 1.375)
    assert tally("two", 3, {}) == Tally("two", 3, 0.0, 0.0)


def brief(**wishes: object) -> Brief:
    artist = samples.planned_artist()
    first = {"id": BriefId("brf_0000000000001"), "artist_id": ArtistId(artist.id), "artist_version": 1}
    return Brief.model_validate({**first, "seed": 7, **wishes})


def test_a_variant_changes_what_it_names_and_is_written_on_the_brief() -> None:
    shorter = Variant(name="shorter", duration_factor=0.8, mood="calm", theme="trains", takes=2)
    told = shorter.told(brief(), usual_s=200)
    assert (told.duration_s, told.mood, told.theme, told.takes, told.variant) == (
        160,
        "calm",
        "trains",
        2,
        "shorter",
    )
    planned = shorter.told(brief(duration_s=100, mood="warm", theme="rain"), usual_s=200)
    assert (planned.duration_s, planned.mood, planned.theme) == (80, "warm", "rain")


def test_a_variant_with_nothing_to_change_is_not_tried() -> None:
    words = Variant(name="words", mood="calm")
    planned = brief(mood="warm")
    assert words.told(planned, usual_s=200) is planned


def test_the_houses_own_variants_can_be_read() -> None:
    text = (Path(noktvrn.planning.__file__).parent / "variants.toml").read_text("utf-8")
    assert {one.name for one in read(text)} == {"shorter", "longer", "two_takes"}


@pytest.mark.parametrize(
    "text", ["[a", "[Bad]\n", "[a]\nduration_factor = 9\n", "[a]\nvolume = 1\n", "a = 1\n"]
)
def test_a_file_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        read(text)
    assert caught.value.code == "variants.invalid"
