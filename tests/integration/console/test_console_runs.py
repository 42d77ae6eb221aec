"""The second place: runs as the ledger has them, and verbs that reach it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from tests.integration.console.console_samples import WHO, WIDE, Hands, at_console, enter_run, label_in
from tests.integration.console.test_console_pulse import actors
from tests.integration.label.label_samples import enter_artist, lay_on_desk

from noktvrn.kernel.errors import NotAllowed
from noktvrn.label import remaking
from noktvrn.model.run import RunState

BESIDE = re.compile(r"✗ failed .+│.*")
HOSTILE = "[bold]x[/]\x1b[2J\u202e[@click=app.quit]q[/]"


def test_the_list_and_one_run_stage_by_stage(tmp_path: Path) -> None:
    with label_in(tmp_path) as label:
        artist = enter_artist(label)
        trouble: dict[str, Any] = {
            "error": "The composer gave up.",
            "hint": "Try it with another seed.",
            "exit_code": 5,
        }
        enter_run(label, artist, 1, RunState.FAILED, title="Old Lamps", done=3, then="failed", **trouble)
        enter_run(label, artist, 2, RunState.HELD, title="Glass Hours", done=4)

        async def play(hands: Hands) -> None:
            await hands.press("2")
            await hands.sees("‖ held", "✗ failed", "21 Nov 12:02", "2 runs")
            await hands.sees("Vesper Quill · Glass Hours", "✓ track", "‖ critic", "· cover")
            await hands.press("j")
            await hands.sees("✓ lyrics", "✗ track", "· critic", "✗ The composer gave up.", "another seed")
            await hands.sees("stage.failed")
            assert "│" not in hands.screen
            await hands.pilot.resize_terminal(*WIDE)
            await hands.until(lambda: BESIDE.search(hands.screen), "the run beside the list")

        at_console(label, play)


def test_it_filters_as_one_types(tmp_path: Path) -> None:
    with label_in(tmp_path) as label:
        artist = enter_artist(label)
        for number, title in enumerate(("Glass Hours", "Old Lamps", "Glass Rain")):
            enter_run(label, artist, number, RunState.COMPLETED, title=title)

        async def play(hands: Hands) -> None:
            await hands.press("2")
            await hands.sees("3 runs")
            await hands.press("slash")
            await hands.write("glass comp")
            await hands.sees("2 of 3 shown")
            assert "Old Lamps" not in hands.screen
            await hands.press("enter", "escape")
            await hands.sees("3 runs", "Old Lamps")
            await hands.press("escape")
            await hands.sees("[1 Label]")

        at_console(label, play)


def test_a_run_is_cancelled_after_a_question_and_resumed(tmp_path: Path) -> None:
    with label_in(tmp_path) as label:
        run = lay_on_desk(label, enter_artist(label))

        async def play(hands: Hands) -> None:
            await hands.press("2")
            await hands.sees(run.id)
            await hands.press("c", "n")
            assert label.runs.get(run.id).state is RunState.AWAITING_REVIEW
            await hands.press("c")
            await hands.sees(f"Cancel run {run.id}?")
            await hands.press("y")
            await hands.sees("– cancelled")
            await hands.press("r")
            await hands.is_told("The run is producing, but no worker is alive: `noktvrn worker` goes on")

        at_console(label, play)
        assert label.runs.get(run.id).state is RunState.PRODUCING
        assert actors(label, "run.cancelled") == actors(label, "run.resumed") == [WHO]


def test_what_cannot_be_done_says_why(tmp_path: Path) -> None:
    with label_in(tmp_path) as label:
        artist = enter_artist(label)
        waits = lay_on_desk(label, artist)
        enter_run(label, artist, 1, RunState.COMPLETED, done=12)

        async def play(hands: Hands) -> None:
            await hands.press("2")
            await hands.sees("2 runs")
            await hands.press("r")
            await hands.is_told("there is nothing to resume")
            await hands.press("c", "y")
            await hands.is_told("is completed and cannot become cancelled")
            await hands.press("m", "enter")
            await hands.is_told("nobody changes it any more")
            await hands.press("j", "t")
            await hands.is_told("Nothing to retry: the run wants a verdict")

        at_console(label, play)
        assert label.runs.get(waits.id).state is RunState.AWAITING_REVIEW


def test_nothing_paid_is_bought_again_without_being_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dear(*_about: object, **_more: object) -> None:
        raise NotAllowed("That would be paid for once more: the cover by a house.", code="remake.costs")

    monkeypatch.setattr(remaking, "refuse_unasked", dear)
    with label_in(tmp_path) as label:
        run = lay_on_desk(label, enter_artist(label))

        async def play(hands: Hands) -> None:
            await hands.press("2")
            await hands.sees(run.id)
            await hands.press("m", "enter")
            await hands.sees("Buy it once more?", "the cover by a house")
            await hands.press("n")
            assert not label.remakes.of(run.id)
            await hands.press("m", "enter")
            await hands.sees("Buy it once more?")
            await hands.press("y")
            await hands.is_told("The run is producing")

        at_console(label, play)
        (made,) = label.remakes.of(run.id)
        assert (made.by, made.buy, made.part) == (WHO, True, "cover")


def test_a_title_of_ones_own_is_asked_for(tmp_path: Path) -> None:
    with label_in(tmp_path) as label:
        run = lay_on_desk(label, enter_artist(label))

        async def play(hands: Hands) -> None:
            await hands.press("2")
            await hands.sees(run.id)
            await hands.press("m", "j", "enter")
            await hands.sees("The new title?")
            await hands.write("Slow Tide")
            await hands.press("enter")
            await hands.is_told("The run is producing")

        at_console(label, play)
        assert [made.title for made in label.remakes.of(run.id)] == ["Slow Tide"]


def test_words_of_others_are_data_whatever_they_say(tmp_path: Path) -> None:
    with label_in(tmp_path) as label:
        trouble: dict[str, Any] = {"error": HOSTILE, "hint": HOSTILE, "exit_code": 5}
        enter_run(label, enter_artist(label), 1, RunState.FAILED, title=HOSTILE, done=1, **trouble)

        async def play(hands: Hands) -> None:
            await hands.press("2")
            await hands.sees("· [bold]x[/][2J[@click=app.quit]q[/]")
            assert not {"\x1b", "\u202e"} & set(hands.screen)
            await hands.press("slash")
            await hands.write("[/]")
            await hands.sees("1 of 1 shown")
            await hands.press("enter", "c")
            await hands.sees("Cancel run")
            await hands.press("y")
            await hands.sees("– cancelled")
            await hands.press("1")
            await hands.sees("[1 Label]", "[bold]x")

        at_console(label, play)


def test_the_palette_knows_the_verbs_and_goes_to_any_run(tmp_path: Path) -> None:
    with label_in(tmp_path) as label:
        artist = enter_artist(label)
        old = enter_run(label, artist, 1, RunState.COMPLETED, title="Old Lamps")
        enter_run(label, artist, 2, RunState.COMPLETED, title="Glass Hours")

        async def play(hands: Hands) -> None:
            await hands.press("2")
            await hands.sees("2 runs")
            await hands.press("colon")
            await hands.sees("Make a part of it anew  (m)", "--only cover --no-wait")
            await hands.write("resume")
            await hands.sees("noktvrn run resume run_")
            await hands.press("enter")
            await hands.is_told("there is nothing to resume")
            await hands.press("1", "ctrl+p")
            await hands.sees("Stop the whole label, or let it go on  (s)")
            await hands.write(old.id)
            await hands.sees(f"Go to {old.id}")
            await hands.press("enter")
            await hands.sees("[2 Runs]", "Vesper Quill · Old Lamps")
            await hands.press("y")
            assert hands.app.clipboard == f"noktvrn run show {old.id}"
            await hands.app.go_to_run("run_0000000000000")
            await hands.is_told("There is no run run_0000000000000.")

        at_console(label, play)


def test_a_run_that_is_not_among_the_newest_is_gone_to_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("noktvrn.console.screens.runs.PAGE", 1)
    with label_in(tmp_path) as label:
        artist = enter_artist(label)
        old = enter_run(label, artist, 1, RunState.COMPLETED, title="Old Lamps")
        enter_run(label, artist, 2, RunState.COMPLETED, title="Glass Hours")

        async def play(hands: Hands) -> None:
            await hands.press("2")
            await hands.sees("1 runs, the newest of 2")
            assert "Old Lamps" not in hands.screen
            await hands.app.go_to_run(old.id)
            await hands.sees("Vesper Quill · Old Lamps", "Glass Hours")

        at_console(label, play)
