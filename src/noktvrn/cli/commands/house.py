"""`noktvrn init` and `noktvrn doctor`."""

from __future__ import annotations

import click

from noktvrn.cli.house import the_label
from noktvrn.cli.output import FINDINGS, Output, with_output


@click.command()
@with_output
def init(out: Output) -> None:
    """Makes the home and the ledger; harmless when they are there."""
    with the_label() as label:
        home = str(label.settings.home)
        out.one({"home": home}, lambda: click.echo(f"The label's home is {home}."))


@click.command()
@with_output
@click.pass_context
def doctor(context: click.Context, out: Output) -> None:
    """Looks at everything the label stands on; every trouble comes with its mend."""
    from noktvrn.model.finding import Severity

    with the_label() as label:
        report = label.house.doctor()
        signs = {Severity.INFO: "ok", Severity.WARNING: "warn", Severity.ERROR: "fail"}

        def people() -> None:
            for finding in report.findings:
                hint = f"  ({finding.hint})" if finding.hint else ""
                click.echo(f"{signs[finding.severity]:<5} {finding.message}{hint}")

        out.one(report.as_data() | {"passed": report.passed}, people)
        context.exit(0 if all(f.severity is Severity.INFO for f in report.findings) else FINDINGS)
