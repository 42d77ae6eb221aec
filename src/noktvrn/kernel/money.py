"""Money is an integer of micro-units with a currency. Never a float, never two currencies in one sum."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

MICRO = 1_000_000


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount: `micros` millionths of one unit of `currency` (ISO 4217)."""

    micros: int
    currency: str = "USD"

    @classmethod
    def of(cls, amount: str | int | Decimal, currency: str = "USD") -> Money:
        """Exactly `amount` units. Raises ValueError below a millionth."""
        scaled = Decimal(amount) * MICRO
        if scaled != scaled.to_integral_value():
            raise ValueError(f"{amount} {currency} is finer than a millionth")
        return cls(int(scaled), currency)

    def __add__(self, other: Money) -> Money:
        return Money(self.micros + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.micros - self._same(other), self.currency)

    def __le__(self, other: Money) -> bool:
        return self.micros <= self._same(other)

    def __lt__(self, other: Money) -> bool:
        return self.micros < self._same(other)

    def __str__(self) -> str:
        return f"{Decimal(self.micros) / MICRO:.2f} {self.currency}"

    def _same(self, other: Money) -> int:
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not add up without a rate")
        return other.micros
