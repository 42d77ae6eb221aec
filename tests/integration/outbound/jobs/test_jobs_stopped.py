"""Orders and the label's switch: none is sent in a stopped label, and one under way is found again."""

from __future__ import annotations

import pytest
from tests.integration.outbound.jobs.jobs_samples import House, Studio, balances, order, took

from noktvrn.kernel import checkpoint
from noktvrn.kernel.checkpoint import Halt
from noktvrn.kernel.errors import NotReady
from noktvrn.outbound.jobs.nouns import Progress
from noktvrn.storage.ledger import switch
from noktvrn.storage.ledger.tickets import TicketState


def turn(house: House, *, off: bool) -> None:
    with house.database.begin() as books:
        if off:
            switch.stop(books, by="person:test", reason="", at=house.clock.now())
        else:
            switch.start(books, by="person:test", at=house.clock.now())


@pytest.mark.both
def test_nothing_is_ordered_in_a_stopped_label(either_house: House) -> None:
    house = either_house
    studio = Studio([took()], [house.ready()])
    turn(house, off=True)
    with pytest.raises(NotReady) as refused:
        house.desk().done(order(), studio)
    assert refused.value.code == switch.STOPPED and studio.asked == []
    with house.database.read() as books:
        assert balances(books, "USD").get("label", (0, 0)) == (0, 0)
    turn(house, off=False)
    assert len(house.desk().done(order(), studio).files) == 2


def test_who_waits_for_an_order_is_halted_and_finds_it_again(house: House) -> None:
    studio = Studio([took()], [Progress(state="running"), house.ready()])

    def after_a_look() -> None:
        if len(studio.asked) > 1:
            raise Halt

    with pytest.raises(Halt), checkpoint.watched(after_a_look):
        house.desk().done(order(), studio)
    assert house.job(order()).state is TicketState.RUNNING and house.job(order()).owner is None
    assert len(house.desk().done(order(), studio).files) == 2
    assert studio.asked.count("submit") == 1
