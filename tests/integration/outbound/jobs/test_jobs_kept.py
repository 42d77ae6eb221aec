"""A stage that is made again takes what it was brought before; only a person's word orders once more."""

from __future__ import annotations

import pytest
from tests.integration.outbound.jobs.jobs_samples import House, Studio, order, took

from noktvrn.kernel.errors import LabelError, NotReady
from noktvrn.outbound.jobs.nouns import JobOrder
from noktvrn.outbound.troubles import Trouble, trouble


def wish(words: str, attempt: int, *, round_: int, kept: bool) -> JobOrder:
    asked = order(words, attempt=attempt)
    return asked.model_copy(
        update={"errand": asked.errand.model_copy(update={"round": round_, "kept": kept})}
    )


def test_other_words_for_the_same_piece_bring_the_piece_there_is(house: House) -> None:
    studio = Studio([took()], [house.ready()])
    first = house.desk().done(wish("by day", 1, round_=1, kept=False), studio)
    asked = list(studio.asked)
    assert house.desk().done(wish("by night", 1, round_=2, kept=True), studio) == first
    assert studio.asked == asked


def test_a_piece_there_never_was_is_not_bought_beside_those_there_are(house: House) -> None:
    studio = Studio([took()], [house.ready()])
    house.desk().done(wish("by day", 1, round_=1, kept=False), studio)
    asked = list(studio.asked)
    with pytest.raises(NotReady) as refused:
        house.desk().done(wish("by day", 2, round_=2, kept=True), studio)
    assert refused.value.code == "remake.not_bought" and "--buy" in refused.value.hint
    assert studio.asked == asked


def test_what_a_person_asks_to_buy_is_ordered_and_kept_from_then_on(house: House) -> None:
    studio = Studio([took("job-1"), took("job-2")], [house.ready("a", "b"), house.ready("c", "d")])
    house.desk().done(wish("by day", 1, round_=1, kept=False), studio)
    bought = house.desk().done(wish("by day", 2, round_=2, kept=False), studio)
    assert [file.clip for file in bought.files] == ["c", "d"]
    assert house.desk().done(wish("by night", 2, round_=3, kept=True), studio) == bought
    assert [line for line in studio.asked if line.startswith("submit")] == ["submit", "submit"]


def test_a_stage_nobody_was_paid_for_yet_orders_all_its_pieces(house: House) -> None:
    refusal: LabelError = trouble(Trouble.INVALID, "Studio X", "not like that")
    studio = Studio([refusal, took("job-2"), took("job-3")], [house.ready("a", "b"), house.ready("c", "d")])
    with pytest.raises(LabelError):
        house.desk().done(wish("by day", 1, round_=1, kept=False), studio)
    for piece in (1, 2):
        assert house.desk().done(wish("by night", piece, round_=2, kept=True), studio).files
