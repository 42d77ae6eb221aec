"""Three hundred profiles of a hundred prompts: what they share, and what of the prompt comes back.

`bench/profiles.py` measures two thousand; a smaller sample has wider tails, so its limits are higher.
"""

from __future__ import annotations

from collections import Counter

import pytest
from bench.profiles import Shares, grams, masked, obedience, rows, write

from noktvrn.providers.procedural_writer.writer import ProceduralWriter
from noktvrn.reference import Reference

SEEDS = 3
SENTENCE_SHARE, GRAM_SHARE = 0.03, 0.06


@pytest.fixture(scope="module")
def measured(writer: ProceduralWriter, tables: Reference) -> tuple[Shares, Counter[str]]:
    shares, granted = Shares(), Counter[str]()
    for row in rows()[::2]:
        for turn in range(SEEDS):
            profile = write(writer, row["text"], turn)
            shares.add(masked(profile, tables))
            for wish, (kept, wanted) in obedience(row, profile, tables).items():
                granted[wish] += min(kept, wanted)
                granted[f"of {wish}"] += wanted
    return shares, granted


def test_the_two_hundred_are_two_hundred() -> None:
    assert len({row["text"] for row in rows()}) == 200


def test_no_sentence_and_no_phrase_is_everybodys(measured: tuple[Shares, Counter[str]]) -> None:
    shares, _ = measured
    assert shares.profiles == 300
    assert shares.worst_sentence() <= SENTENCE_SHARE, shares.sentences.most_common(3)
    assert shares.worst_gram() <= GRAM_SHARE, shares.grams.most_common(3)


@pytest.mark.parametrize(
    ("wish", "least"),
    [("family", 0.85), ("words that come back", 0.9), ("exclusions kept", 0.85), ("voice", 0.95)],
)
def test_prompts_are_obeyed(wish: str, least: float, measured: tuple[Shares, Counter[str]]) -> None:
    _, granted = measured
    assert granted[wish] >= least * granted[f"of {wish}"] > 0


def test_the_measure_sees_a_template() -> None:
    shares = Shares()
    for place in ("Rome", "Oslo"):
        shares.add((f"In {place} the old lamp hums over quiet empty streets. Short one.",))
    assert shares.worst_sentence() == 0.5
    assert shares.worst_gram() == 1.0
    assert list(grams(["the", "old", "lamp", "hums", "over", "quiet", "empty"])) == [
        "old lamp hums quiet empty"
    ]
