"""The settings of money: what may be spent on the outside, and by autopilot."""

from __future__ import annotations

from typing import Annotated

from pydantic import AliasChoices, BeforeValidator, Field

from noktvrn.kernel.money import Money
from noktvrn.setting_sources import NamedSettings


def _env(name: str) -> AliasChoices:
    return AliasChoices(name)


def _micros(value: object) -> object:
    """Millionths of a dollar, from dollars as text: "12.50" is 12,500,000."""
    if not isinstance(value, str):
        return value
    try:
        return Money.of(value).micros
    except (ArithmeticError, OverflowError):
        raise ValueError("it is an amount in US dollars, such as 12.50") from None


Micros = Annotated[int, BeforeValidator(_micros), Field(ge=0, lt=2**53)]


class MoneySettings(NamedSettings):
    """Part of `noktvrn.settings.Settings`."""

    budget: Micros | None = Field(default=None, validation_alias=_env("NOKTVRN_BUDGET"))
    budget_day: Micros | None = Field(default=None, validation_alias=_env("NOKTVRN_BUDGET_DAY"))
    budget_artist: Micros | None = Field(default=None, validation_alias=_env("NOKTVRN_BUDGET_ARTIST"))
    budget_task: Micros | None = Field(default=None, validation_alias=_env("NOKTVRN_BUDGET_TASK"))
    budget_provider: Micros | None = Field(default=None, validation_alias=_env("NOKTVRN_BUDGET_PROVIDER"))
    """The most that may be spent on outside services, written in US dollars, kept in millionths of one: in
    all, on one day (UTC), for one artist, on one kind of task, with one provider. Unset: counted, no cap."""

    autopilot_artist_budget: Micros | None = Field(
        default=None, validation_alias=_env("NOKTVRN_AUTOPILOT_ARTIST_BUDGET")
    )
    autopilot_label_budget: Micros | None = Field(
        default=None, validation_alias=_env("NOKTVRN_AUTOPILOT_LABEL_BUDGET")
    )
    """What the releases may have cost that autopilot approves in 24 hours, of one artist and in all. 0: only
    what cost nothing; unset: no cap, as with the budgets."""
