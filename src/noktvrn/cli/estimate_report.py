"""How an estimate is shown: by part who would be asked, for how much, and what the budgets still hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from noktvrn.cli.output import Output, note, table
from noktvrn.cli.ticket_report import amount

if TYPE_CHECKING:
    from noktvrn.label.estimates import Estimate, Offer


def tell(found: Estimate, out: Output) -> None:
    """Shows an estimate."""
    out.one(_data(found), lambda: _show(found))


def _data(found: Estimate) -> dict[str, Any]:
    return {
        "parts": [
            {"part": part.part, "first": _offer(part.offers[0]), "then": [_offer(o) for o in part.offers[1:]]}
            for part in found.parts
        ],
        "total": found.total,
        "left": [{"scope": one.scope, "unit": one.unit, "left": one.left} for one in found.left],
    }


def _offer(offer: Offer) -> dict[str, Any]:
    return {
        "provider": offer.provider,
        "charges": offer.charges,
        "usual_s": offer.usual_s,
        "note": offer.note,
        "ready": offer.ready,
    }


def _show(found: Estimate) -> None:
    rows = []
    for part in found.parts:
        for place, offer in enumerate(part.offers):
            name = part.part if place == 0 else "  else"
            usual = f"{offer.usual_s:.0f} s" if offer.usual_s else ""
            rows.append((name, offer.provider, _charges(offer.charges) or "nothing", usual, offer.note))
    table(("part", "asked", "at most", "usually", ""), rows)
    click.echo(f"\nAt most, if the first ones asked deliver: {_charges(found.total) or 'nothing'}.")
    for one in found.left:
        click.echo(f"Left in the budget {one.scope}: {amount(one.left, one.unit)} {one.unit}")
    if found.total and not found.left:
        click.echo("No budget caps it: `noktvrn budget set` does.")
    note("Nothing was spent and nobody was asked.")


def _charges(charges: Mapping[str, int]) -> str:
    return ", ".join(f"{amount(value, unit)} {unit}" for unit, value in sorted(charges.items()))
