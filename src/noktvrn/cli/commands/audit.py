"""`noktvrn audit`: verify."""

from __future__ import annotations

import click

from noktvrn.cli.house import the_label
from noktvrn.cli.output import FINDINGS, Output, with_output


@click.group()
def audit() -> None:
    """The audit trail."""


@audit.command()
@with_output
@click.pass_context
def verify(context: click.Context, out: Output) -> None:
    """Recomputes every chain of the trail."""
    with the_label() as label:
        report = label.house.verify_audit()

        def people() -> None:
            for finding in report.findings:
                click.echo(f"{finding.message} {finding.hint}")
            click.echo(f"{report.checked} rows, {'unbroken' if report.passed else 'broken'}.")

        out.one(report.as_data() | {"passed": report.passed}, people)
        context.exit(0 if report.passed else FINDINGS)
