"""`noktvrn batch`: once, loop, status."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from noktvrn.cli.house import the_label
from noktvrn.cli.output import FINDINGS, Output, note, pairs, table, with_output

if TYPE_CHECKING:
    from noktvrn.label.batch.nouns import Cycle, Story
    from noktvrn.label.batch.verbs import BatchStatus
    from noktvrn.label.label import Label


@click.group()
def batch() -> None:
    """The label by itself: choose artists, start productions, learn what came of them."""


@batch.command()
@click.option("--no-wait", is_flag=True, help="Leave the work to running workers.")
@click.option("--dry-run", is_flag=True, help="Only tell whom a cycle would choose now.")
@with_output
@click.pass_context
def once(context: click.Context, no_wait: bool, dry_run: bool, out: Output) -> None:
    """One cycle, made for cron: the same minute is the same cycle, on however many machines."""
    from noktvrn.label.runs import exit_code

    code = 0
    with the_label() as label:
        if dry_run:
            story = label.batch.preview()
            out.one(story.as_data(), lambda: _preview(story))
            return
        cycle = label.batch.once()
        if not no_wait:
            _work(label, cycle)
            code = max((exit_code(label.runs.look(one.run_id)) for one in cycle.story.begun), default=0)
        label.house.seal_audit()
        out.one(cycle.as_data(), lambda: click.echo(cycle.line))
    context.exit(code or (FINDINGS if cycle.story.skipped else 0))


@batch.command()
@click.option("--no-wait", is_flag=True, help="Only start productions; leave the work to running workers.")
def loop(no_wait: bool) -> None:
    """Cycles by the label's schedules, and their work, until a signal stops it."""
    from noktvrn.cli.commands import worker
    from noktvrn.label import chores

    leaving = worker.signals()
    with the_label() as label:
        label.batch.schedules()
        note("The batch goes by its schedules. Ctrl-C stops.")
        if no_wait:
            label.batch.loop(leaving, note)
            return
        with label.working() as executor, chores.keeping(label):
            label.batch.loop(leaving, note)
            left = worker.leave(executor)
    if left:
        # A render in another thread would hold the exit for minutes; others take it over.
        sys.stderr.flush()
        os._exit(0)


@batch.command()
@with_output
def status(out: Output) -> None:
    """Schedules, cycles, what productions came to, and how variants of briefs do."""
    with the_label() as label:
        found = label.batch.status()
        out.one(found.as_data(), lambda: _show(found))


def _work(label: Label, cycle: Cycle) -> None:
    """Sees the cycle's productions through to the desk, one after the other."""
    from noktvrn.cli.progress import Progress
    from noktvrn.label.work import see_through

    if not cycle.story.begun:
        return
    with label.working():
        for one in cycle.story.begun:
            see_through(label, one.run_id, Progress())


def _preview(story: Story) -> None:
    rows = [(one.artist_id, one.why, one.brief_id or "-", one.variant or "-") for one in story.chosen]
    if rows:
        table(("artist", "why", "calendar's brief", "variant"), rows)
    else:
        click.echo("Nobody would be chosen.")
    for reason, count in story.passed.items():
        click.echo(f"  {count} passed over: {reason}")
    if story.prompt:
        click.echo(f"  A new artist would be made of: {story.prompt}")
    if story.note:
        click.echo(f"  {story.note}.")


def _show(found: BatchStatus) -> None:
    if found.stop is not None:
        click.echo(f"The label was stopped by {found.stop.by}; `noktvrn start` lets it go on.\n")
    roster = ", ".join(f"{count} {state.value}" for state, count in found.roster.items() if count)
    outcomes = ", ".join(f"{count} {name}" for name, count in found.outcomes.items() if count)
    pairs(
        [
            ("artists", roster or "none"),
            ("desk", f"{found.waiting} waiting for a verdict"),
            ("calendars", f"{found.missed} entries missed"),
            ("30 days", outcomes or "nothing started"),
            *(("next", f"{one.told}  ({one.schedule})") for one in found.schedules),
        ]
    )
    if len(found.variants) > 1:
        click.echo()
        table(
            ("variant", "runs", "success", "better", "traffic"),
            (
                (
                    one.name or "(usual)",
                    one.runs,
                    f"{one.mean:.2f} +/- {one.sd:.2f}",
                    f"{one.better:.0%}" if one.name else "-",
                    f"{one.traffic:.1%}",
                )
                for one in found.variants
            ),
        )
    if found.cycles:
        click.echo()
    for cycle in found.cycles:
        click.echo(cycle.line)
