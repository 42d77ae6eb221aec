"""Moments, sums, log lines and commands as the console spells them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import click
import pytest

from noktvrn.cli.main import root
from noktvrn.console.moments import day_and_time, dollars, lasted
from noktvrn.console.screens.pulse import PulsePlace
from noktvrn.console.screens.runs import RunsPlace
from noktvrn.console.telling import line
from noktvrn.console.verbs import GOING, Verb
from noktvrn.console.widgets.bar import Standing
from noktvrn.model.event import Event

AT = datetime(2026, 11, 21, 18, 5, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0, "0 s"), (9, "9 s"), (250, "4 min 10 s"), (7_200, "2 h"), (183_661, "2 d 3 h"), (-5, "0 s")],
)
def test_a_span_has_two_units_at_most(seconds: int, told: str) -> None:
    assert lasted(timedelta(seconds=seconds)) == told


def test_moments_and_sums() -> None:
    assert day_and_time(AT) == "21 Nov 18:05"
    assert dollars(1_234_500_000) == "1,234.50"


def test_a_line_of_the_log_says_what_is_wrong_with_a_sign() -> None:
    failed = Event(
        number=1,
        at=AT,
        kind="stage.failed",
        subject="run_0000000000000",
        detail={"stage": "song_plan", "attempt": 2, "error": "no\x1b way"},
    )
    told = line(failed, subject=True).plain
    assert told.startswith("18:05:09  ! stage.failed")
    assert told.endswith("run_0000000000000   plan 2 · no way")
    opened = failed.model_copy(update={"kind": "review.opened", "detail": {}})
    assert "!" not in line(opened, subject=False).plain


@pytest.mark.parametrize("verb", [*PulsePlace.VERBS, *RunsPlace.VERBS, *GOING], ids=lambda verb: verb.told)
def test_the_command_of_a_verb_exists_with_its_options(verb: Verb) -> None:
    words = verb.on_shell({"run": "run_0000000000000"}).split()[1:]
    command: click.Command = root
    while words and isinstance(command, click.Group):
        found = command.get_command(click.Context(command), words.pop(0))
        assert found is not None, verb.command
        command = found
    options = {name for parameter in command.params for name in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= options


def test_a_verb_has_no_command_while_nothing_is_selected() -> None:
    retry = next(verb for verb in RunsPlace.VERBS if verb.key == "t")
    assert retry.on_shell({}) == ""
    assert retry.on_shell({"run": "run_x"}) == "noktvrn run retry run_x --no-wait"


def test_the_first_line_says_the_worst_last() -> None:
    stopped = Standing(stopped_by="ada", waiting=1, read_only=True)
    assert [words for words, _ in stopped.told()] == [
        "only looking",
        "1 waits for a verdict",
        "■ STOPPED by ada",
    ]
    assert [words for words, _ in Standing(waiting=2, away="no answer").told()] == [
        "! the ledger does not answer; waiting"
    ]
