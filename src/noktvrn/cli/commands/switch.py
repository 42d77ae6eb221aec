"""`noktvrn stop` and `noktvrn start`: the label's one switch."""

from __future__ import annotations

import click

from noktvrn.cli.house import actor, the_label
from noktvrn.cli.output import Output, with_output


@click.command()
@click.option("--reason", default="", metavar="TEXT", help="Why; it is told to everybody who asks.")
@with_output
def stop(reason: str, out: Output) -> None:
    """Stops the label: no paid or outward call begins, renders end at their next checkpoint."""
    with the_label() as label:
        held = label.switch.stop(by=actor(), reason=reason)
        told = {"stopped": True, "by": held.by, "reason": held.reason, "at": held.at.isoformat()}
        out.one(told, lambda: click.echo(f"Stopped by {held.by}. `noktvrn start` lets everything go on."))


@click.command()
@with_output
def start(out: Output) -> None:
    """Lets a stopped label go on, and every run that was held by the stop."""
    with the_label() as label:
        over, gone = label.switch.start(by=actor())

        def people() -> None:
            click.echo("The label goes on." if over else "The label was not stopped.")
            if gone:
                click.echo(f"Runs that go on: {gone}. `noktvrn worker` works on them.")

        out.one({"stopped": False, "was_stopped": over is not None, "runs": gone}, people)
