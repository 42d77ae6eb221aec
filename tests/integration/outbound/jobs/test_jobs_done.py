"""An order brings its files: submitted once, looked at in time, fetched, kept, settled."""

from __future__ import annotations

from tests.integration.outbound.jobs.jobs_samples import SONG, House, Studio, balances, order, sha, took

from noktvrn.outbound.jobs.nouns import Charge, Inline, Progress, Submitted
from noktvrn.storage.ledger.tickets import TicketState


def test_an_order_brings_its_files(either_house: House) -> None:
    house = either_house
    studio = Studio([took()], [Progress(state="queued"), Progress(state="running"), house.ready()])
    shares: list[float] = []
    delivery = house.desk().done(order(), studio, shares.append)
    assert [file.clip for file in delivery.files] == ["a", "b"]
    assert all(file.sha256 == sha(SONG) and file.path.read_bytes() == SONG for file in delivery.files)
    assert delivery.charged == (Charge(amount=60_000), Charge(unit="suno credits", amount=12))
    assert not delivery.cost_known
    assert studio.asked == ["submit", "look job-1", "look job-1", "look job-1"]
    assert house.events(order()) == ["order", "submit", "run", "finish", "fetch", "verify", "store"]
    with house.database.read() as books:
        assert balances(books, "suno credits")["provider:studio_x"] == (12, 0)
        assert balances(books, "USD")["label"] == (60_000, 0)


def test_the_same_order_again_brings_the_same_files_and_asks_nobody(house: House) -> None:
    studio = Studio([took()], [house.ready()])
    first = house.desk().done(order(), studio)
    asked = list(studio.asked)
    assert house.desk().done(order(), studio) == first
    assert studio.asked == asked


def test_results_that_come_with_the_answer_are_kept_too(house: House) -> None:
    studio = Studio([])

    def inline() -> Submitted:
        path = studio.slips[-1].spool / "song"
        path.write_bytes(SONG)
        charged = (Charge(unit="suno credits", amount=10), Charge(amount=50_000))
        return Submitted(files=(Inline(clip="one", path=path, kind="audio"),), charged=charged)

    studio.takes = [inline]
    delivery = house.desk().done(order(), studio)
    assert [file.clip for file in delivery.files] == ["one"]
    assert delivery.cost_known
    assert house.job(order()).cost == 50_000
    assert house.job(order()).state is TicketState.STORED
    assert not list(house.spool.glob("tkt_*"))
