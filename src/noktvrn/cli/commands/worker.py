"""`noktvrn worker`: take work from the queues until stopped."""

from __future__ import annotations

import signal
import threading

import click

from noktvrn.cli.house import the_label
from noktvrn.cli.output import note


@click.command()
@click.option("--drain", is_flag=True, help="Stop when nothing is left to do.")
def worker(drain: bool) -> None:
    """Takes over from dead workers, produces, releases, keeps the desk; a signal stops it."""
    from noktvrn.label import chores
    from noktvrn.label.work import is_busy

    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    with the_label() as label, label.working(), chores.keeping(label):
        note("Working. Ctrl-C stops.")
        while not stop.wait(label.settings.poll_interval_s):
            if drain and not is_busy(label):
                chores.once(label)  # a verdict of the autopilot is work again
                if not is_busy(label):
                    return
