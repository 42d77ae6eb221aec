"""`noktvrn review`: queue, show, approve, reject."""

from __future__ import annotations

import click

from noktvrn.cli.house import actor, the_label
from noktvrn.cli.output import FINDINGS, Output, pairs, table, with_output


@click.group()
def review() -> None:
    """The desk: what waits for a verdict."""


@review.command()
@with_output
def queue(out: Output) -> None:
    """What waits, longest first."""
    with the_label() as label:
        items = label.desk.queue()
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
    """What lies on the desk, with every finding."""
    from noktvrn.label.previews import preview_page

    with the_label() as label:
        item, verdict = label.desk.show(run_id)
        sight = label.runs.look(run_id)
        findings = [f for record in sight.stages if record.state != "superseded" for f in record.findings]

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
            for finding in findings:
                click.echo(f"  {finding.severity.value:<8} {finding.message}")

        data = item.as_data() | {
            "verdict": verdict.as_data() if verdict else None,
            "findings": [finding.as_data() for finding in findings],
        }
        out.one(data, people)


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
