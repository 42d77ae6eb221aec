"""What people are told when a critic or a refiner does not answer: little, for the draft is there."""

from __future__ import annotations

from collections.abc import Collection

from noktvrn.kernel.errors import LabelError
from noktvrn.llm.notices import Notices


class Aside(Notices):
    """Notices that name `instead` where no other of the `models` goes on, and never say that nobody writes.

    It shares its memory with `told`: what was told there is no news here, and the other way about.
    """

    def __init__(self, told: Notices, models: Collection[str], instead: str) -> None:
        vars(self).update(vars(told))
        self._models = models
        self._instead = instead

    def passed_over(self, provider: str, model: str, error: LabelError, *, to: str) -> bool:
        """Tells it once, like every news."""
        return super().passed_over(provider, model, error, to=to if to in self._models else self._instead)

    def all_failed(self, task: str, reasons: list[str]) -> None:
        """No news: the draft goes on without a second opinion."""
