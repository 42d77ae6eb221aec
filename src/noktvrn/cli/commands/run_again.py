"""`noktvrn run retry` and `noktvrn run fork`: anew where a run stumbled, or where its workflow hangs."""

from __future__ import annotations

import click

from noktvrn.cli.commands.run import _go_on, run
from noktvrn.cli.house import actor, the_label
from noktvrn.cli.output import Output, with_output

NO_WAIT = click.option("--no-wait", is_flag=True, help="Leave the work to a running worker.")


@run.command()
@click.argument("run_id")
@click.option("--buy", is_flag=True, help="Players from outside may be paid once more.")
@NO_WAIT
@with_output
@click.pass_context
def retry(context: click.Context, run_id: str, buy: bool, no_wait: bool, out: Output) -> None:
    """Makes the stage a run failed in anew, with another seed; else resumes it."""
    with the_label() as label:
        begun = label.turns.retry(run_id, by=actor(), buy=buy)
        _go_on(context, label, begun.id, wait=not no_wait, out=out)


@run.command()
@click.argument("run_id")
@NO_WAIT
@with_output
@click.pass_context
def fork(context: click.Context, run_id: str, no_wait: bool, out: Output) -> None:
    """Begins a run's workflow anew from what is recorded; nothing that is done is done again."""
    with the_label() as label:
        label.turns.fork(run_id, by=actor())
        _go_on(context, label, run_id, wait=not no_wait, out=out)
