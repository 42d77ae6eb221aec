"""The label is stopped in the middle of everything, and goes on as if nothing had been."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable

import pytest
from tests.integration.durability.durability_samples import (
    both,
    enter_artist,
    light_stages,
    until,
    until_state,
    working,
)

from noktvrn.kernel.errors import LabelError, NotReady
from noktvrn.label import chores
from noktvrn.label.label import Label
from noktvrn.label.runs import Runs
from noktvrn.model.run import Run, RunState, StageName
from noktvrn.outbound import gate
from noktvrn.outbound.http import HttpClient
from noktvrn.outbound.rules import Rules
from noktvrn.outbound.tickets import Order, Tickets
from noktvrn.production.scene import Outcome, Scene
from noktvrn.production.telling import tell
from noktvrn.roles.messenger import Notice
from noktvrn.storage import audit
from noktvrn.storage.ledger import events, switch
from noktvrn.testing.fake_models import FakeModels


class Rendering:
    """A stage that renders until it is halted; the second time it ends at once."""

    def __init__(self) -> None:
        self.times = 0
        self.entered = threading.Event()
        self.halted_at = 0.0

    def __call__(self, scene: Scene) -> Outcome:
        self.times += 1
        if self.times == 1:
            self.entered.set()
            try:
                for _ in range(3000):
                    scene.progress(0.5)
                    time.sleep(0.01)
            finally:
                self.halted_at = time.monotonic()
            raise AssertionError("nobody halted the render")
        return light_stages()[scene.stage](scene)


@both
def test_a_render_ends_at_its_checkpoint_and_goes_on_after_the_start(label: Label, run: Run) -> None:
    render = Rendering()
    with working(label, light_stages(cover=render)):
        assert render.entered.wait(30)
        begun = time.monotonic()
        label.switch.stop(by="person:test", reason="a wrong cover")
        held = until_state(label, run, RunState.HELD)
        assert render.halted_at - begun < 10
        assert "person:test" in held.error and "noktvrn start" in held.hint
        with pytest.raises(NotReady) as refused:
            label.runs.resume(run.id)
        assert refused.value.code == switch.STOPPED
        over, gone = label.switch.start(by="person:test")
        assert over is not None and over.reason == "a wrong cover" and gone == 1
        until_state(label, run, RunState.AWAITING_REVIEW)
    states = {(record.stage, record.attempt): record.state for record in label.runs.look(run.id).stages}
    assert set(states.values()) == {"done"} and len(states) == 10
    assert render.times == 2
    with label.office.studio.database.read() as connection:
        kinds = [event.kind for event in events.after(connection, 0) if event.kind.startswith("label.")]
        assert audit.verify(connection).passed
    assert kinds == ["label.stopped", "label.started"]


def test_what_is_made_while_the_label_stood_still_does_not_count(label: Label, run: Run) -> None:
    """Somebody inside a stage may have been refused and gone on without: the stage is made again."""
    heard: list[str] = []

    def going_on_without(scene: Scene) -> Outcome:
        if not heard:
            label.switch.stop(by="person:test")
            try:
                Tickets(label.office.studio.database, label.office.studio.clock).ask(order(), str)
            except LabelError as error:
                heard.append(error.code)
            label.switch.start(by="person:test")
        return light_stages()[StageName.LYRICS](scene)

    with working(label, light_stages(lyrics=going_on_without)):
        until_state(label, run, RunState.AWAITING_REVIEW)
    assert heard == [switch.STOPPED]
    number, _ = label.office.dispatcher.last("produce", run.id)
    assert number == 2


def order() -> Order:
    return Order("a-key", "openai", "llm.lyrics", "0" * 64)


def test_no_ticket_is_opened_in_a_stopped_label(label: Label) -> None:
    label.switch.stop(by="person:test")
    tickets = Tickets(label.office.studio.database, label.office.studio.clock)
    with pytest.raises(NotReady) as refused:
        tickets.ask(order(), lambda: pytest.fail("it was sent"))
    assert refused.value.code == switch.STOPPED and "noktvrn start" in refused.value.hint
    label.switch.start(by="person:test")
    assert tickets.ask(order(), lambda: "an answer") == "an answer"


def test_no_request_leaves_two_seconds_after_a_stop(label: Label, monkeypatch: pytest.MonkeyPatch) -> None:
    client = HttpClient(Rules("a test", deadline_s=0.5))
    with pytest.raises(LabelError) as nobody:
        client.post_json("http://127.0.0.1:9/", {})
    assert nobody.value.code != switch.STOPPED
    label.switch.stop(by="person:test")
    time.sleep(gate.KEPT_S)
    with pytest.raises(NotReady) as refused:
        client.post_json("http://127.0.0.1:9/", {})
    assert refused.value.code == switch.STOPPED
    with gate.held_open(), pytest.raises(LabelError) as open_:
        client.post_json("http://127.0.0.1:9/", {})
    assert open_.value.code != switch.STOPPED


def test_messengers_are_silent_but_for_the_stop_itself(label: Label) -> None:
    studio = label.office.studio
    label.switch.stop(by="person:test")
    (messenger,) = studio.cast.messengers()
    notice = Notice(key="news", kind="warning", title="news", text="")
    with pytest.raises(NotReady):
        tell(studio, messenger, notice)
    tell(studio, messenger, notice, even_stopped=True)


def test_a_release_that_was_approved_waits_for_the_start(label: Label, run: Run) -> None:
    with working(label):
        until_state(label, run, RunState.AWAITING_REVIEW)
        label.switch.stop(by="person:test")
        label.desk.approve(run.id, by="person:test", door="cli")
        until_state(label, run, RunState.HELD)
        assert label.releases.every() == ()
        label.switch.start(by="person:test")
        until_state(label, run, RunState.COMPLETED)


def test_a_run_that_is_held_a_moment_after_the_start_goes_on(label: Label, run: Run) -> None:
    with working(label):
        label.switch.stop(by="person:test")
        until_state(label, run, RunState.HELD)
        with label.office.studio.database.begin() as connection:  # a start whose process died at once
            switch.start(connection, by="person:test", at=label.office.studio.clock.now())
        assert label.switch.let_go_on(by="worker") == 1
        until_state(label, run, RunState.AWAITING_REVIEW)


def test_a_held_run_that_cannot_go_on_keeps_no_other_held(
    label: Label, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = label.runs.start(enter_artist(label, "Juno Marrow").id)
    with working(label):
        label.switch.stop(by="person:test")
        until_state(label, run, RunState.HELD)
        until_state(label, other, RunState.HELD)
    resume = Runs.resume

    def reading(runs: Runs, run_id: str, *, actor: str = "person") -> Run:
        if run_id == run.id:
            raise ValueError("a row nobody can read")
        return resume(runs, run_id, actor=actor)

    monkeypatch.setattr(Runs, "resume", reading)
    assert label.switch.start(by="person:test")[1] == 1
    assert label.runs.get(other.id).state is RunState.PRODUCING
    assert [fault.kind for fault in label.faults.every()] == ["ValueError"]


def stopping(label: Label) -> None:
    """A stop that another process has seen to, and the second it is kept from this one."""
    label.switch.stop(by="person:test")
    time.sleep(gate.KEPT_S)


def test_no_request_leaves_after_a_stop_that_came_while_it_waited_to_be_sent(label: Label) -> None:
    """Looking a name up and connecting take time; what is sent then is sent after the stop."""

    async def slow(_host: str, _port: int) -> list[str]:
        await asyncio.to_thread(stopping, label)
        return ["127.0.0.1"]

    with FakeModels(lambda _: "fine") as server:
        client = HttpClient(Rules("a test", deadline_s=20.0, resolver=slow))
        with pytest.raises(NotReady) as refused:
            client.post_json(server.base_url.replace("127.0.0.1", "localhost"), {})
        assert refused.value.code == switch.STOPPED
        assert server.requests == []


def test_no_request_is_repeated_after_a_stop(label: Label, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that is busy asks to be asked again in a moment; the stop comes in that moment."""
    with FakeModels(lambda _: "fine", "busy", "busy") as server:
        wait = asyncio.sleep

        async def waiting(seconds: float) -> None:
            await asyncio.to_thread(stopping, label)
            await wait(seconds)

        monkeypatch.setattr("noktvrn.outbound.guard.asyncio.sleep", waiting)
        with pytest.raises(NotReady) as refused:
            HttpClient(Rules("a test", deadline_s=20.0)).post_json(server.base_url, {})
        assert refused.value.code == switch.STOPPED
        assert len(server.headers) == 1


def test_a_stop_twice_is_one_and_a_start_without_one_is_none(label: Label) -> None:
    assert label.switch.start(by="person:a") == (None, 0)
    first = label.switch.stop(by="person:a", reason="why")
    assert label.switch.stop(by="person:b") == first == label.switch.state()
    label.switch.start(by="person:b")
    assert label.switch.state() is None
    with label.office.studio.database.read() as connection:
        assert switch.turns(connection) == 2


def test_a_worker_looks_after_no_outside_job_while_stopped(
    label: Label, monkeypatch: pytest.MonkeyPatch
) -> None:
    tended: list[int] = []
    monkeypatch.setattr(label.office.booking, "tend", lambda: tended.append(1))
    (chore,) = [chore for chore in chores.chores(label) if chore.name == "outside jobs"]
    label.switch.stop(by="person:test")
    chore.act(label)
    assert tended == []
    label.switch.start(by="person:test")
    chore.act(label)
    assert tended == [1]


def test_one_that_waits_in_the_queue_is_held_and_lost_by_nobody(label: Label, run: Run) -> None:
    label.switch.stop(by="person:test")
    with working(label):
        until_state(label, run, RunState.HELD)
        until(lambda: not label.office.dispatcher.last("produce", run.id)[1], "the workflow's end")
    label.runs.cancel(run.id)
    assert label.runs.get(run.id).state is RunState.CANCELLED
    assert label.switch.start(by="person:test")[1] == 0


@pytest.mark.long
@both
def test_stops_and_starts_at_the_same_moment_hold_and_lose_nothing(label: Label) -> None:
    """Whoever turns the switch last, turns it for all: what was held a moment too late goes on as well."""
    begun = [label.runs.start(enter_artist(label, f"Artist {number}").id) for number in range(4)]
    over = threading.Event()

    def turning(turn: Callable[..., object]) -> None:
        while not over.wait(0.05):
            turn(by="person:test")

    hands = [
        threading.Thread(target=turning, args=(turn,)) for turn in (label.switch.stop, label.switch.start)
    ]
    with working(label, light_stages(0.1)), chores.keeping(label):
        for hand in hands:
            hand.start()
        time.sleep(8.0)
        over.set()
        for hand in hands:
            hand.join()
        label.switch.start(by="person:test")
        for run in begun:
            until_state(label, run, RunState.AWAITING_REVIEW)
    for run in begun:
        states = {(one.stage, one.attempt): one.state for one in label.runs.look(run.id).stages}
        assert len(states) == 10 and set(states.values()) == {"done"}
    with label.office.studio.database.read() as connection:
        assert audit.verify(connection).passed
