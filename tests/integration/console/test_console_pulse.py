"""The first place: the label at a glance, its switch, its autopilot, and what happens while one looks."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from tests.integration.console.console_samples import WHO, Hands, at_console, enter_run, label_in
from tests.integration.events.events_samples import tell
from tests.integration.label.label_samples import NOW, enter_artist, lay_on_desk

from noktvrn.kernel.errors import Fault
from noktvrn.label.label import Label
from noktvrn.model.run import RunState, StageName
from noktvrn.storage.ledger import budgets, runs
from noktvrn.storage.tables import audit


def actors(label: Label, act: str) -> list[str]:
    with label.office.studio.database.read() as connection:
        query = sa.select(audit.c.actor).where(audit.c.act == act)
        return [str(row.actor) for row in connection.execute(query)]


def test_it_shows_what_the_ledger_says(tmp_path: Path) -> None:
    with label_in(tmp_path, budget_day=5_000_000) as label:
        artist = enter_artist(label)
        enter_run(
            label, artist, 1, RunState.PRODUCING, title="Glass Hours", done=3, then="started", share=0.41
        )
        enter_run(label, artist, 2, RunState.QUEUED)
        lay_on_desk(label, enter_artist(label, "Ines Falk"))
        label.faults.note(Fault("It broke."))
        with label.office.studio.database.begin() as connection:
            budgets.ensure(connection, [f"day:{NOW.date()}"], currency="USD", at=NOW)
            budgets.move(connection, [f"day:{NOW.date()}"], currency="USD", held=0, spent=1_200_000, at=NOW)

        async def play(hands: Hands) -> None:
            await hands.sees("✓✓✓▶········", "Vesper Quill", "Glass Hours", "▶ track 41%")
            await hands.sees("1 wait, first ends in 7 d", "1 queued · no worker alive", "1.20 of 5.00 USD")
            await hands.sees("● works, 2 artists", "✗ 1 open", "fault.opened", "None yet.")
            await hands.sees("1 waits for a verdict · ● working")

        at_console(label, play)


def test_a_label_without_artists_says_how_to_begin(tmp_path: Path) -> None:
    async def play(hands: Hands) -> None:
        await hands.sees("no artists yet", 'noktvrn debut --prompt "Quiet piano for snowy streets"')

    with label_in(tmp_path) as label:
        at_console(label, play)


def test_what_happens_is_seen_without_a_key(tmp_path: Path) -> None:
    with label_in(tmp_path) as label:
        artist = enter_artist(label)
        run = enter_run(label, artist, 1, RunState.PRODUCING, done=3, then="started", share=0.1)

        async def play(hands: Hands) -> None:
            await hands.sees("track 10%")
            tell(label, "run_fresh", run_id="run_fresh")
            await hands.sees("run.queued", "run_fresh")
            with label.office.studio.database.begin() as connection:
                runs.put_progress(connection, run, StageName.TRACK, 1, 0.77)
            await hands.sees("track 77%")

        at_console(label, play)


def test_the_label_is_stopped_with_a_reason_and_started_again(tmp_path: Path) -> None:
    with label_in(tmp_path) as label:
        enter_artist(label)

        async def play(hands: Hands) -> None:
            await hands.sees("● works")
            await hands.press("s")
            await hands.sees("Stop the label?")
            await hands.press("escape")
            assert label.switch.state() is None
            await hands.press("s")
            await hands.write("the roof leaks")
            await hands.press("enter")
            await hands.sees("■ STOPPED by ada", "the roof leaks")
            stop = label.switch.state()
            assert stop is not None
            assert (stop.by, stop.reason) == (WHO, "the roof leaks")
            await hands.press("s")
            await hands.sees("Let the label go on?")
            await hands.press("y")
            await hands.sees("● working", "● works")

        at_console(label, play)
        assert label.switch.state() is None
        assert actors(label, "label.stopped") == actors(label, "label.started") == [WHO]


def test_autopilot_is_switched_and_on_only_after_a_question(tmp_path: Path) -> None:
    with label_in(tmp_path, autopilot_allowed=True) as label:
        enter_artist(label)

        async def play(hands: Hands) -> None:
            await hands.sees("on, within its caps")
            await hands.press("a")
            await hands.is_told("Autopilot is off.")
            assert not label.desk.may_autopilot()
            await hands.sees("autopilot off")
            await hands.press("a", "n")
            assert not label.desk.may_autopilot()
            await hands.press("a", "y")
            await hands.is_told("Autopilot is on.")

        at_console(label, play)
        assert label.desk.may_autopilot()
        assert actors(label, "autopilot.off") == actors(label, "autopilot.on") == [WHO]


def test_where_the_settings_forbid_autopilot_it_says_so(tmp_path: Path) -> None:
    with label_in(tmp_path, autopilot_allowed=False) as label:
        enter_artist(label)

        async def play(hands: Hands) -> None:
            await hands.sees("autopilot off")
            await hands.press("a", "y")
            await hands.is_told("NOKTVRN_AUTOPILOT_ALLOWED")

        at_console(label, play)


def test_a_run_at_work_is_opened_and_its_command_copied(tmp_path: Path) -> None:
    with label_in(tmp_path) as label:
        run = enter_run(label, enter_artist(label), 1, RunState.PRODUCING, done=1, then="started")

        async def play(hands: Hands) -> None:
            await hands.sees("▶ plan")
            await hands.press("y")
            assert hands.app.clipboard == f"noktvrn run watch {run.id}"
            await hands.press("enter")
            await hands.sees("[2 Runs]", run.id)

        at_console(label, play)
