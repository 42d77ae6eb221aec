"""`noktvrn provider`: list, show, test, terms, new."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from noktvrn.cli.house import actor, read_settings, the_label
from noktvrn.cli.output import Output, note, pairs, table, with_output

if TYPE_CHECKING:
    from noktvrn.label.providers import Sheet
    from noktvrn.model.terms import Terms
    from noktvrn.providers._kit import Health
    from noktvrn.providers.registry import Manifest
    from noktvrn.storage.ledger.jobs import Job

NOT_WELL = 5
"""Exit code where the outside failed."""


@click.group()
def provider() -> None:
    """Who can play which role."""


@provider.command("list")
@with_output
def list_(out: Output) -> None:
    """Every provider, what it plays, and what it still needs."""
    from noktvrn.label.casting import chains
    from noktvrn.providers.registry import costs, manifests, missing

    settings = read_settings()
    found = [(manifest, missing(manifest, settings)) for manifest in manifests()]
    asked = chains(settings)
    rows = [
        (", ".join(m.roles), m.id, price, _state(m, absent), _places(m, asked))
        for m, absent in sorted(found, key=lambda one: one[0].roles)
        for price in ("paid" if costs(m, settings) else "free",)
    ]
    out.many(
        [m.as_data() | {"missing": list(absent), "state": _state(m, absent)} for m, absent in found],
        lambda: table(("plays", "provider", "costs", "state", "asked"), rows),
    )


@provider.command()
@click.argument("name")
@with_output
def show(name: str, out: Output) -> None:
    """One provider: what it plays, costs and allows, how it stands, and its last tickets."""
    with the_label() as label:
        found = label.providers.sheet(name)
    out.one(_data(found), lambda: _show(found))


@provider.command()
@click.argument("name")
@with_output
@click.pass_context
def test(context: click.Context, name: str, out: Output) -> None:
    """Asks a provider's service one free question: is the key good, and what is left there?"""
    with the_label() as label:
        found = label.providers.test(name)
    said = "there is nothing to ask: it needs no service" if found is None else found.said
    well = found is None or found.well
    left = [{"unit": unit, "amount": amount} for unit, amount in (found.left if found else ())]
    out.one(
        {"provider": name, "well": well, "said": said, "left": left},
        lambda: _verdict(name, well, said, found),
    )
    context.exit(0 if well else NOT_WELL)


@provider.command()
@click.argument("name")
@click.option("--plan", required=True, help="The plan you are on there, as they call it.")
@click.option(
    "--dsp-release",
    required=True,
    type=click.Choice(["yes", "no", "unknown"]),
    help="Whether its terms let stores sell what is made by it.",
)
@click.option(
    "--since", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The first day plan and terms held."
)
@click.option("--url", default="", help="Where the terms can be read.")
@with_output
def terms(name: str, plan: str, dsp_release: str, since: datetime, url: str, out: Output) -> None:
    """Records plan and terms you have read. They hold for all that is made from that day on.

    What was made under terms nobody knew can be delivered by a later record that covers its day. A plan
    bought later covers nothing that was made before, and a no is never cured.
    """
    with the_label() as label:
        made = label.providers.record_terms(
            name, plan=plan, dsp_release=dsp_release, since=since.date(), url=url, actor=actor()
        )
        label.house.seal_audit()
    out.one(made.as_data(), lambda: click.echo(_told(made)))


@provider.command()
@click.argument("name")
@with_output
def new(name: str, out: Output) -> None:
    """Begins a provider of your own: the running template, copied under its name."""
    from noktvrn.label.new_provider import begin

    folder, files = begin(name)
    steps = (
        f"say in {folder / 'manifest.toml'} what it plays, costs and allows",
        f"add {name}_api_key and {name}_base_url to settings.py and .env.example",
        f"speak the service's dialect in {folder / 'dialect.py'}",
        f"set {name.upper()}_API_KEY, then: noktvrn provider test {name}",
        f"add {name} to PROVIDERS in tests/contract/illustrator, which every provider of the role passes",
        f"NOKTVRN_ILLUSTRATOR={name} casts it",
    )
    out.one(
        {"provider": name, "folder": str(folder), "files": list(files), "next": list(steps)},
        lambda: _begun(str(folder), steps),
    )


def _begun(folder: str, steps: tuple[str, ...]) -> None:
    click.echo(f"{folder}\n")
    pairs([(f"{number}.", step) for number, step in enumerate(steps, start=1)])


def _state(manifest: Manifest, absent: tuple[str, ...]) -> str:
    from noktvrn.providers.registry import variable

    state = f"needs {', '.join(map(variable, absent))}" if absent else "ready"
    return f"{state}, unofficial" if manifest.unofficial else state


def _places(manifest: Manifest, asked: dict[Any, tuple[str, ...]]) -> str:
    """Where it stands in the chains of today's settings: `1 of 2`, or `alone`; with the role where it plays
    several."""
    stands = {role: names for role, names in asked.items() if manifest.id in names}
    told = {
        role: "alone" if len(names) == 1 else f"{names.index(manifest.id) + 1} of {len(names)}"
        for role, names in stands.items()
    }
    several = len(manifest.roles) > 1
    return ", ".join(f"{role} {place}" if several else place for role, place in told.items())


def _verdict(name: str, well: bool, said: str, found: Health | None) -> None:
    click.echo(f"{name}: {'well' if well else 'not well'}: {said}")
    if found is not None and found.left:
        pairs([(f"left, {unit}", f"{amount:,}") for unit, amount in found.left])


def _told(made: Terms) -> str:
    may = {
        "yes": "stores may sell",
        "no": "no store may sell",
        "unknown": "nobody knows whether stores may sell",
    }
    return (
        f"{made.provider} on the plan {made.plan}: {may[made.dsp_release]} what is made since {made.since}."
    )


def _data(sheet: Sheet) -> dict[str, Any]:
    return sheet.manifest.as_data() | {
        "missing": list(sheet.missing),
        "rights_today": sheet.rights.as_data(),
        "records": [record.as_data() for record in sheet.records],
        "resting": [{"name": one.name, "state": one.state, "until": one.until} for one in sheet.resting],
        "tickets": [_ticket(one) for one in sheet.tickets],
    }


def _ticket(one: Job) -> dict[str, Any]:
    return {
        "ticket_id": one.id,
        "state": one.state.value,
        "purpose": one.purpose,
        "opened_at": one.opened_at,
    }


def _show(sheet: Sheet) -> None:
    manifest, rights = sheet.manifest, sheet.rights
    if manifest.unofficial:
        note(f"{manifest.title} is no official service: its maker does not sanction it.\n")
    rows: list[tuple[str, object]] = [
        ("provider", f"{manifest.id}: {manifest.title}"),
        ("plays", ", ".join(manifest.roles)),
        ("state", f"needs {', '.join(sheet.missing)}" if sheet.missing else "ready"),
        ("cost", manifest.cost),
        *((f"  {name}", value) for name, value in manifest.price.items()),
        ("limits", manifest.limits or "none told"),
        ("licence class", manifest.licence_class),
        ("terms", manifest.terms or "none told"),
        ("stores may sell", rights.dsp_release + (f", plan {rights.plan_tier}" if rights.plan_tier else "")),
        ("terms of", f"{rights.terms_on} {rights.terms_url}".strip() or "not dated"),
        ("docs", manifest.docs or "none told"),
    ]
    rows += [("resting", f"{one.name} until {one.until or 'a person has looked'}") for one in sheet.resting]
    for one in sheet.records:
        rows.append(("recorded", f"{one.recorded_at:%Y-%m-%d} by {one.recorded_by}: {_told(one)}"))
    rows += [("ticket", f"{one.id}  {one.state}  {one.opened_at:%Y-%m-%d %H:%M}") for one in sheet.tickets]
    pairs(rows)
