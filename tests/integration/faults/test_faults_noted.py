"""Faults: counted where they happen, told now and then, explained, acknowledged; never in the way."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from starlette.testclient import TestClient
from tests.integration.label.label_samples import NOW, enter_artist, label_at, settle, working

from noktvrn.api.app import create_app
from noktvrn.api.security import home_token
from noktvrn.cli.main import main, root
from noktvrn.kernel.clock import FixedClock
from noktvrn.kernel.errors import BudgetSpent, Fault, Invalid, LabelError, Unavailable
from noktvrn.label import chores
from noktvrn.label.chores import Chore
from noktvrn.label.label import Label
from noktvrn.model.fault import REPEATED
from noktvrn.model.run import RunState, StageName
from noktvrn.production import faults as noting
from noktvrn.production.faults import About
from noktvrn.production.scene import Scene
from noktvrn.roles.messenger import Notice, Receipt
from noktvrn.settings import Settings
from noktvrn.storage.database import Database
from noktvrn.storage.ledger.faults import MOST_ALIKE


class Listener:
    """A messenger that keeps what it was given."""

    name = "listener"

    def __init__(self) -> None:
        self.heard: list[Notice] = []

    def send(self, notice: Notice) -> Receipt:
        self.heard.append(notice)
        return Receipt(messenger=self.name, key=notice.key)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def listener() -> Listener:
    return Listener()


@pytest.fixture
def label(
    tmp_path: Path, clock: FixedClock, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Label]:
    with label_at(Settings(home=tmp_path / "home", _env_file=None), clock) as label:
        told = lambda studio, notice: listener.send(notice)  # noqa: E731
        monkeypatch.setattr(noting, "tell_all", told)
        yield label


def broken(text: str = "it broke") -> Exception:
    return ValueError(text)


def seen(label: Label) -> list[tuple[str, int]]:
    return [(fault.kind, fault.count) for fault in label.faults.every(all_of_them=True)]


def test_one_way_of_failing_is_one_row(label: Label, clock: FixedClock) -> None:
    for number in range(4):
        clock.advance(timedelta(minutes=1))
        error = broken(f"no file /a/{number} in run_000000000000{number}")
        label.faults.note(error, About(run_id=f"run {number}"))
    label.faults.note(broken("something else"))
    assert sorted(seen(label)) == [("ValueError", 1), ("ValueError", 4)]
    (fault,) = (fault for fault in label.faults.every() if fault.count == 4)
    assert (fault.run_id, fault.first_at, fault.last_at) == (
        "run 3",
        NOW + timedelta(minutes=1),
        NOW + timedelta(minutes=4),
    )


def test_what_a_person_did_and_spent_budgets_are_no_faults(label: Label) -> None:
    for error in (Invalid("no"), BudgetSpent("spent"), KeyboardInterrupt()):
        label.faults.note(error)
    assert seen(label) == []


def test_people_are_told_first_then_hourly_and_again_after_an_ack(
    label: Label, clock: FixedClock, listener: Listener
) -> None:
    def told_after(minutes: int) -> bool:
        clock.advance(timedelta(minutes=minutes))
        before = len(listener.heard)
        label.faults.note(broken())
        return len(listener.heard) > before

    told = [told_after(minutes) for minutes in (0, 1, 58, 1, 59, 1)]
    assert told == [True, False, False, True, False, True]
    (fault,) = label.faults.every()
    label.faults.ack(fault.id, actor="person:me")
    assert label.faults.every() == ()
    assert told_after(1)
    assert not told_after(1)
    assert [fault.acked_at for fault in label.faults.every()] == [None]
    first, last = listener.heard[0], listener.heard[-1]
    assert "\n" not in first.title + first.text
    assert first.text == f"ValueError: it broke See `noktvrn faults show {fault.id}`."
    assert last.title.endswith("(seen 7 times)") and first.key != last.key
    kinds = [event.kind for event in label.events.after(0) if event.kind.startswith("fault.")]
    assert kinds == ["fault.opened", "fault.repeated", "fault.repeated", "fault.acked", "fault.opened"]


def test_the_world_outside_is_a_fault_once_it_repeats_itself(
    label: Label, clock: FixedClock, listener: Listener
) -> None:
    def fail() -> None:
        error = Unavailable("suno failed (500).", code="outside.failed")
        label.faults.note(error, About(provider="suno_gateway"))

    for _ in range(REPEATED - 1):
        fail()
    assert label.faults.every() == () and not listener.heard
    clock.advance(timedelta(days=2))  # long forgiven
    fail()
    assert label.faults.every() == ()
    fail()
    fail()
    (fault,) = label.faults.every()
    assert (fault.provider, fault.count, len(listener.heard)) == ("suno_gateway", REPEATED, 1)


@pytest.mark.both
def test_many_at_once_are_counted_once_each_and_told_once(
    settings: Settings, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(noting, "tell_all", lambda studio, notice: listener.send(notice))
    with label_at(settings) as label:
        threads = [threading.Thread(target=lambda: label.faults.note(broken())) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert seen(label) == [("ValueError", 8)]
    assert len(listener.heard) == 1


def test_noting_never_fails_and_never_hides_the_error(label: Label, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_database: Database) -> Any:
        raise Unavailable("The ledger is away.")

    def worse(*_: object) -> None:
        raise RuntimeError("the messenger broke")

    monkeypatch.setattr(noting, "tell_all", worse)
    label.faults.note(broken("first"))
    monkeypatch.setattr(Database, "begin", away)
    label.faults.note(broken("second"))
    monkeypatch.undo()
    assert [fault.message for fault in label.faults.every()] == ["first"]


@pytest.mark.parametrize(
    ("error", "kind", "count"),
    [
        (ZeroDivisionError("nothing to divide by"), "ZeroDivisionError", 1),
        (Fault("Stage x needs what y makes."), "Fault", 1),
        (Invalid("a title of three pages"), "", 0),
    ],
)
def test_a_stage_that_breaks_leaves_one_fault(label: Label, error: Exception, kind: str, count: int) -> None:
    def break_(_scene: Scene) -> None:
        raise error

    with working(label, [], {StageName.TRACK: break_}):
        run = label.runs.start(enter_artist(label).id)
        list(label.runs.watch(run.id, timeout_s=30))
    assert label.runs.get(run.id).state is RunState.FAILED
    assert seen(label) == [(kind, 1)] * count
    for fault in label.faults.every():
        assert (fault.run_id, fault.artist_id, fault.stage) == (run.id, run.artist_id, "track")
        assert fault.place.startswith("production/perform.py:")
        assert fault.trace and "Traceback" not in "".join(fault.trace)


def test_chores_and_the_api_note_theirs(
    label: Label, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_(_label: Label) -> None:
        raise ZeroDivisionError

    assert chores._trouble(label, Chore("sweeping", 1.0, break_))
    (fault,) = label.faults.every()
    assert (fault.kind, fault.stage) == ("ZeroDivisionError", "sweeping")
    app = create_app(label.settings, work=False)
    client = TestClient(app, base_url="http://localhost", raise_server_exceptions=False)
    with client:
        client.headers["Authorization"] = f"Bearer {home_token(label.settings.home)}"
        for error in (LookupError("no"), Fault("ours")):
            monkeypatch.setattr(app.state.label.runs, "every", _raiser(error))
            assert client.get("/api/runs").status_code == 500
        monkeypatch.setattr(app.state.label.runs, "every", _raiser(Invalid("theirs")))
        assert client.get("/api/runs").status_code == 422
    assert {(fault.kind, fault.stage) for fault in label.faults.every()} == {
        ("ZeroDivisionError", "sweeping"),
        ("LookupError", "api"),
        ("Fault", "api"),
    }


def _raiser(error: Exception) -> Any:
    def raise_(*_args: object, **_more: object) -> None:
        raise error

    return raise_


def test_the_shell_notes_its_own_and_speaks_of_them(
    label: Label, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from noktvrn.label.runs import Runs

    monkeypatch.setattr(Runs, "every", _raiser(LookupError("nothing there")))
    with pytest.raises(SystemExit) as left:
        main(["run", "list"])
    assert left.value.code == 70
    assert "nothing there" in capsys.readouterr().err
    (fault,) = label.faults.every()
    assert fault.place.startswith("cli/commands/run.py:")

    def said(*words: str) -> str:
        answer = CliRunner().invoke(root, ["faults", *words])
        assert answer.exit_code == 0, answer.output
        return answer.stdout

    assert fault.id in said("list") and "LookupError: nothing there" in said("list")
    shown = said("show", fault.id)
    assert f"Our own code failed in {fault.place}, once: nothing there" in shown
    assert f"noktvrn faults ack {fault.id}" in shown and fault.trace[0] in shown
    told = json.loads(said("show", fault.id, "--json"))
    assert told["id"] == fault.id and told["explanation"]["by"] == "embedded"
    assert said("ack", fault.id) == f"{fault.id} is acknowledged.\n"
    assert said("list") == "None.\n"
    assert fault.id in said("list", "--all") and "known" in said("show", fault.id)
    for words in (["show", "flt_0000000000000"], ["ack", "flt_0000000000000"]):
        answer = CliRunner().invoke(root, ["faults", *words])
        assert isinstance(answer.exception, LabelError) and answer.exception.code == "fault.not_found"


def test_what_says_something_new_each_time_fills_no_ledger_and_no_phone(
    label: Label, listener: Listener
) -> None:
    words = ("".join(chr(97 + (number >> bit & 1)) for bit in range(6)) for number in range(40))
    for word in words:
        label.faults.note(broken(f"never said before: {word}"))
    counts = sorted(count for _, count in seen(label))
    assert counts == [1] * MOST_ALIKE + [40 - MOST_ALIKE]
    assert len(listener.heard) == MOST_ALIKE + 1


def test_a_stage_that_breaks_writes_no_secret_and_no_page_into_the_ledger(label: Label) -> None:
    def leaking(_scene: Scene) -> None:
        raise ValueError("token=very-private " + "x" * 100_000)

    run = label.runs.start(enter_artist(label).id, name="leak")
    with working(label, [], {StageName.TRACK: leaking}):
        settle(label, run.id)
    sight = label.runs.look(run.id)
    errors = [stage.error for stage in sight.stages if stage.error] + [sight.run.error]
    assert len(errors) == 2
    assert all("ValueError: token=[secret]" in one and len(one) < 400 for one in errors)
