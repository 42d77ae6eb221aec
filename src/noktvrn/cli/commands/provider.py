"""`noktvrn provider`: list."""

from __future__ import annotations

import click

from noktvrn.cli.house import read_settings
from noktvrn.cli.output import Output, table, with_output


@click.group()
def provider() -> None:
    """Who can play which role."""


@provider.command("list")
@with_output
def list_(out: Output) -> None:
    """Every provider, what it plays, and what it still needs."""
    from noktvrn.providers.registry import manifests, missing

    settings = read_settings()
    found = [(manifest, missing(manifest, settings)) for manifest in manifests()]
    rows = [
        (
            m.id,
            ", ".join(m.roles),
            m.licence_class,
            m.cost,
            f"needs {', '.join(absent)}" if absent else "ready",
        )
        for m, absent in found
    ]
    out.many(
        [m.as_data() | {"missing": list(absent)} for m, absent in found],
        lambda: table(("provider", "plays", "licence class", "cost", "state"), rows),
    )
