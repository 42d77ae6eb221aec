"""The law of the unknown outcome beyond one stage: the ledger remembers it through resumes and takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.integration.label.label_samples import enter_artist, label_at, lay_on_desk

from noktvrn.kernel.errors import LabelError, NotReady, Unavailable
from noktvrn.kernel.ids import TicketId, derive
from noktvrn.label.label import Label
from noktvrn.model.run import StageName
from noktvrn.outbound.jobs.nouns import JobOrder
from noktvrn.production.chain import WAITS, Chain
from noktvrn.production.scene import Scene, set_scene
from noktvrn.roles.errand import Errand
from noktvrn.settings import Settings
from noktvrn.storage.ledger import jobs
from noktvrn.storage.ledger.jobs import Job
from noktvrn.storage.ledger.tickets import TicketState

S = TicketState
DOWN = Unavailable("Its list of voices does not come.", code="outside.transient")
Stage = Callable[..., Scene]


class Player:
    """Fails with an error, or plays."""

    def __init__(self, name: str, error: LabelError | None = None) -> None:
        self.name = name
        self.calls = 0
        self._error = error

    def play(self) -> str:
        """Plays."""
        self.calls += 1
        if self._error is not None:
            raise self._error
        return f"by {self.name}"


@pytest.fixture
def label(tmp_path: Path) -> Iterator[Label]:
    with label_at(Settings(home=tmp_path / "label")) as opened:
        yield opened


@pytest.fixture
def stage(label: Label, tmp_path: Path) -> Stage:
    """A stage of one run, at an attempt; `dear` and `dearer` ask for money."""
    run = lay_on_desk(label, enter_artist(label))
    studio = label.office.studio
    cast = replace(studio.cast, paid=lambda name: name.startswith("dear"))

    def at(attempt: int = 1, name: StageName = StageName.TRACK, unknown: str = "embedded") -> Scene:
        settings = studio.settings.model_copy(update={"unknown": unknown})
        house = replace(studio, cast=cast, settings=settings)
        return set_scene(house, run.id, name, attempt, tmp_path, lambda _run, _share: None)

    return at


def ordered(scene: Scene, provider: str, state: TicketState, **data: object) -> None:
    """An order of this stage, as the ledger has it."""
    errand = Errand(artist_id=scene.artist.id, run_id=scene.run.id, stage=scene.stage.value, attempt=1)
    order = JobOrder(provider=provider, purpose="compose", errand=errand, request={}, kind="audio")
    job = Job(
        id=TicketId(derive("ticket", order.key)),
        key=order.key,
        provider=provider,
        purpose=order.purpose,
        kind=order.kind,
        state=state,
        order=order.as_data(),
        data=dict(data),
        opened_at=scene.studio.clock.now(),
    )
    with scene.studio.database.begin() as books:
        jobs.add(books, job, job.opened_at)


def asked(scene: Scene, *players: Player) -> tuple[str, list[str]]:
    """Who played, and who was asked."""
    made, _ = Chain(scene, "track", players).played(Player.play)
    return made, [player.name for player in players if player.calls]


@pytest.mark.parametrize("state", [S.OPEN, S.UNKNOWN, S.STALE, S.NEEDS_HUMAN, S.RUNNING, S.FETCHING])
@pytest.mark.parametrize("attempt", [1, 2])
def test_no_other_paid_player_is_asked_while_an_order_may_come(
    stage: Stage, state: TicketState, attempt: int
) -> None:
    scene = stage(attempt)
    ordered(scene, "dear", state)
    players = Player("dear", DOWN), Player("dearer"), Player("house")
    assert asked(scene, *players) == ("by house", ["dear", "house"])


@pytest.mark.parametrize("state", [S.REFUSED, S.STORED, S.FAILED, S.REJECTED, S.LOST])
def test_an_order_that_has_ended_keeps_nobody_out(stage: Stage, state: TicketState) -> None:
    ordered(stage(), "dear", state)
    assert asked(stage(), Player("dear", DOWN), Player("dearer"))[0] == "by dearer"


def test_what_a_person_gave_up_keeps_nobody_out(stage: Stage) -> None:
    ordered(stage(), "dear", S.RUNNING, abandoned=True)
    assert asked(stage(), Player("dear", DOWN), Player("dearer"))[0] == "by dearer"


def test_orders_of_others_keep_nobody_out(stage: Stage) -> None:
    ordered(stage(name=StageName.COVER), "dear", S.UNKNOWN)
    ordered(stage(), "free", S.UNKNOWN)
    ordered(stage(), "dear_singer", S.UNKNOWN)
    players = Player("free", DOWN), Player("dear", DOWN), Player("dearer")
    assert asked(stage(), *players)[0] == "by dearer"


def test_the_one_who_may_have_taken_it_is_asked_itself(stage: Stage) -> None:
    ordered(stage(), "dear", S.RUNNING)
    assert asked(stage(), Player("dear"), Player("dearer")) == ("by dear", ["dear"])


def test_the_run_waits_where_it_is_told_to(stage: Stage) -> None:
    scene = stage(unknown="wait")
    ordered(scene, "dear", S.UNKNOWN)
    with pytest.raises(NotReady) as caught:
        asked(scene, Player("dear", DOWN), Player("dearer"), Player("house"))
    assert caught.value.code == WAITS
    assert "dear may have taken an order" in caught.value.message
