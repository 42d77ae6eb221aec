"""`noktvrn worker`: take work from the queues until stopped."""

from __future__ import annotations

import os
import signal
import sys
import threading
from typing import TYPE_CHECKING

import click

from noktvrn.cli.house import the_label
from noktvrn.cli.output import note

if TYPE_CHECKING:
    from noktvrn.label.label import Label
    from noktvrn.production.engine import Executor


@click.command()
@click.option(
    "--queues",
    "wanted",
    metavar="NAMES",
    help="Serve only these: render, outside, light, separated by commas.",
)
@click.option("--drain", is_flag=True, help="Stop when nothing is left to do.")
def worker(wanted: str | None, drain: bool) -> None:
    """Takes over from dead workers, produces, releases, keeps the desk; a signal stops it.

    The first signal lets what is under way end at its next checkpoint and puts it back into its queue, for
    any worker to go on with; the second ends everything at once, which loses nothing either.
    """
    from noktvrn.label import chores
    from noktvrn.production import queues

    serves = queues.named(wanted) if wanted is not None else queues.EVERY
    leaving = signals()
    with the_label() as label, label.working(serves) as executor, chores.keeping(label):
        note(f"Working on {', '.join(serves)}. Ctrl-C stops.")
        _work(label, leaving, drain=drain)
        left = leave(executor)
    if left:
        # A render in another thread would hold the exit for minutes; others take it over.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)


def signals() -> threading.Event:
    """An event that the first signal sets; the second one ends the process."""
    leaving = threading.Event()

    def heard(number: int, _frame: object) -> None:
        if leaving.is_set():
            os._exit(128 + number)
        leaving.set()

    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, heard)
    return leaving


def _work(label: Label, leaving: threading.Event, *, drain: bool) -> None:
    from noktvrn.label import chores
    from noktvrn.label.work import is_busy

    while not leaving.wait(label.settings.poll_interval_s):
        if drain and not is_busy(label):
            chores.once(label)  # a verdict of the autopilot is work again
            if not is_busy(label):
                return


def leave(executor: Executor) -> int:
    """Tells in one line what becomes of the work; returns how much is still under way."""
    begun, left = executor.leave()
    if begun:
        note(
            f"Stopped: {begun - left} of {begun} reached a checkpoint, "
            f"{'the others are' if left else 'all'} taken up again by any worker."
        )
    return left
