"""`noktvrn review`: queue, show, takes, choose, approve, reject, undo, autopilot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from noktvrn.cli.house import actor, the_label
from noktvrn.cli.output import FINDINGS, Output, note, pairs, table, with_output

if TYPE_CHECKING:
    from noktvrn.label.takes import TakeSight


@click.group()
def review() -> None:
    """The desk: what waits for a verdict."""


@review.command()
@click.option("--limit", default=1000, show_default=True, type=click.IntRange(1, 100_000), help="At most.")
@with_output
def queue(limit: int, out: Output) -> None:
    """What waits, longest first."""
    with the_label() as label:
        items = label.desk.queue(limit=limit)
        rows = [(i.run_id, i.artist_name, i.title, f"{i.expires_at:%Y-%m-%d %H:%M}") for i in items]
        out.many(
            [item.as_data() for item in items],
            lambda: (
                table(("run", "artist", "title", "expires (UTC)"), rows)
                if rows
                else click.echo("Nothing waits for a verdict.")
            ),
        )


@review.command()
@click.argument("run_id")
@with_output
def show(run_id: str, out: Output) -> None:
    """What lies on the desk, with every finding; of a record its songs."""
    from noktvrn.cli.commands.run import _songs
    from noktvrn.label.previews import preview_page

    with the_label() as label:
        item, verdict = label.desk.show(run_id)
        sight = label.runs.look(run_id)
        findings = [f for record in label.runs.holding(item.run_id) for f in record.findings]

        def people() -> None:
            pairs(
                [
                    ("run", item.run_id),
                    ("title", f'{item.artist_name} - "{item.title}"'),
                    ("preview", preview_page(label, sight.run)),
                    ("approval", item.approval_hash),
                    ("expires", f"{item.expires_at:%Y-%m-%d %H:%M} UTC"),
                    ("verdict", f"{verdict.decision} by {verdict.by}" if verdict else "none yet"),
                ]
            )
            if sight.songs:
                _songs(sight)
                if sight.run.state.value not in ("releasing", "completed"):
                    note("  One of them anew: noktvrn run remake SONG_RUN --only take (or lyrics, or title)")
            for finding in findings:
                click.echo(f"  {finding.severity.value:<8} {finding.message}")

        data = item.as_data() | {
            "verdict": verdict.as_data() if verdict else None,
            "findings": [finding.as_data() for finding in findings],
            **({"songs": [song.as_data() for song in sight.songs]} if sight.songs else {}),
        }
        out.one(data, people)


@review.command()
@click.argument("run_or_release")
@with_output
def takes(run_or_release: str, out: Output) -> None:
    """The takes of a run or a release, best first, with their scores."""
    with the_label() as label:
        found = label.takes.of(run_or_release)
        out.many([take.as_data() for take in found], lambda: _show_takes(found))


def _show_takes(found: tuple[TakeSight, ...]) -> None:
    if not found:
        click.echo("Nothing is recorded yet.")
        return
    rows = []
    for sight in found:
        ranked = sight.ranked
        score = "-" if ranked is None or ranked.score is None else f"{ranked.score:.2f}"
        why = ranked.why if ranked else "the critic has not heard it yet"
        rows.append(("*" if sight.chosen else "", sight.take, score, f"{sight.duration_s:.0f} s", why))
    table(("", "take", "score", "length", "why"), rows)
    click.echo()
    pairs([(f"take {sight.take}", sight.preview or sight.gone) for sight in found])


@review.command()
@click.argument("run_id")
@click.argument("take", type=click.IntRange(1, 20))
@click.option("--reason", default="", help="Why; kept for those who learn from it.")
@click.option("--no-wait", is_flag=True, help="Leave the work to a running worker.")
@with_output
@click.pass_context
def choose(context: click.Context, run_id: str, take: int, reason: str, no_wait: bool, out: Output) -> None:
    """Prefers another take; films and checks are made anew, and it waits for a verdict again."""
    from noktvrn.cli.commands.run import _go_on

    with the_label() as label:
        begun = label.takes.choose(run_id, take, by=actor(), reason=reason)
        _go_on(context, label, begun.id, wait=not no_wait, out=out)


@review.command()
@click.argument("run_id")
@click.option("--hash", "approval_hash", help="The approval hash you saw; refuses anything else.")
@click.option("--no-wait", is_flag=True, help="Leave the release to a running worker.")
@with_output
@click.pass_context
def approve(
    context: click.Context, run_id: str, approval_hash: str | None, no_wait: bool, out: Output
) -> None:
    """Approves exactly what lies on the desk; it is sealed and delivered."""
    from noktvrn.cli.commands.run import _go_on

    with the_label() as label:
        label.desk.approve(run_id, by=actor(), door="cli", approval_hash=approval_hash)
        _go_on(context, label, run_id, wait=not no_wait, out=out)


@review.command()
@click.argument("run_id")
@click.option("--reason", required=True, help="What is wrong with it; kept for those who learn from it.")
@with_output
@click.pass_context
def reject(context: click.Context, run_id: str, reason: str, out: Output) -> None:
    """Rejects what lies on the desk."""
    with the_label() as label:
        verdict = label.desk.reject(run_id, by=actor(), door="cli", reason=reason)
        label.house.seal_audit()
        out.one(verdict.as_data(), lambda: click.echo(f"Run {run_id} is rejected: {reason}"))
        context.exit(FINDINGS)


@review.command()
@click.argument("run_id")
@with_output
def undo(run_id: str, out: Output) -> None:
    """Takes a verdict back, within NOKTVRN_UNDO_S seconds; it lies on the desk again."""
    with the_label() as label:
        run = label.desk.undo(run_id, by=actor(), door="cli")
        label.house.seal_audit()
        out.one(run.as_data(), lambda: click.echo(f"Run {run_id} waits for a verdict again."))


@review.command()
@click.argument("wish", type=click.Choice(["on", "off"]), required=False)
@with_output
def autopilot(wish: str | None, out: Output) -> None:
    """Whether autopilot may give verdicts, and its caps; `on` and `off` switch it for the whole label."""
    with the_label() as label:
        if wish is not None:
            label.desk.switch_autopilot(wish == "on", by=actor())
            label.house.seal_audit()
        allowance = label.desk.allowance()
        out.one(allowance._asdict(), lambda: click.echo(allowance.line))
