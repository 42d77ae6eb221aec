"""Amounts as people write them: `0.25` dollars, `12 suno credits`, and the caps of the settings."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from noktvrn.kernel.errors import Invalid
from noktvrn.kernel.money import Money
from noktvrn.settings import Settings

LARGEST = 2**53
USD = "USD"
_CHARGE = re.compile(r"\s*([0-9]{1,15})\s+(\S.{0,38}\S|\S)\s*")
_SCOPE = re.compile(r"(label|day|artist|task|provider)(:[\w.-]{1,80})?")


def micros(amount: str, currency: str = USD) -> int:
    """Millionths of a currency's unit. Raises Invalid."""
    try:
        money = Money.of(Decimal(amount), currency)
    except (ValueError, InvalidOperation, OverflowError):
        money = Money(-1, currency)
    if not 0 <= money.micros < LARGEST:
        raise Invalid(f"{amount[:20]!r} is no amount.", code="ticket.bad_cost", hint="Write it as 0.25.")
    return money.micros


def charge(text: str) -> tuple[str, int]:
    """Unit and amount of `12 suno credits`. Raises Invalid."""
    found = _CHARGE.fullmatch(text)
    if found is None or found[2].upper() == USD or not found[2].isprintable():
        raise Invalid(
            f"{text[:40]!r} is no charge.",
            code="ticket.bad_charge",
            hint="Write a whole number and the unit, as '12 suno credits'; dollars go with --cost.",
        )
    return found[2], int(found[1])


def in_unit(amount: str, unit: str) -> int:
    """An amount of a cap: dollars become millionths, other units are whole numbers. Raises Invalid."""
    if unit == USD:
        return micros(amount)
    if not re.fullmatch(r"[0-9]{1,15}", amount):
        raise Invalid(f"{amount[:20]!r} is no amount.", code="budget.bad_cap", hint="Write a whole number.")
    return int(amount)


def scope(name: str) -> str:
    """The name of a budget, or of a kind of budgets. Raises Invalid."""
    if not _SCOPE.fullmatch(name):
        raise Invalid(
            f"{name[:60]!r} is no budget.",
            code="budget.bad_scope",
            hint="It is label, day, artist, task or provider, or one of them, as provider:suno_gateway.",
        )
    return name


def unit(name: str) -> str:
    """The name of a unit. Raises Invalid."""
    name = " ".join(name.split())
    if not 0 < len(name) <= 40 or not name.isprintable():
        raise Invalid(
            f"{name[:40]!r} is no unit.", code="budget.bad_unit", hint="Write USD, or as 'suno credits'."
        )
    return USD if name.upper() == USD else name


def cap_of(settings: Settings, budget: str) -> int | None:
    """The settings' own cap of a budget, in micro-units; None: it is counted, not capped."""
    caps = {
        "label": settings.budget,
        "day": settings.budget_day,
        "artist": settings.budget_artist,
        "task": settings.budget_task,
        "provider": settings.budget_provider,
    }
    return caps.get(budget.partition(":")[0])
