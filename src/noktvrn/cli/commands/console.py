"""`noktvrn console`: the label on a terminal."""

from __future__ import annotations

import sys

import click

from noktvrn.cli.house import actor, the_label
from noktvrn.kernel.errors import NotReady


@click.command()
@click.option("--read-only", is_flag=True, help="Only look; nothing can be changed.")
def console(read_only: bool) -> None:
    """Opens the console: what happens, the runs, the desk, each with its verbs and keys.

    `noktvrn` without anything behind it does the same on a terminal.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise NotReady(
            "The console needs a terminal.",
            code="console.no_terminal",
            hint="`noktvrn watch --jsonl` and `noktvrn run list --json` are for programs.",
        )
    from noktvrn.console.app import Console

    with the_label() as label:
        Console(label, actor(), read_only).run()
