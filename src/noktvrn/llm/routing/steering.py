"""How a person steers the choice of models: pins, what a cent and a second are worth, what is explored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from noktvrn.kernel.errors import Invalid
from noktvrn.settings import Settings

MICROS_A_CENT = 10_000


@dataclass(frozen=True, slots=True)
class Steering:
    """`pins`: task -> provider or "provider/model", asked first. `cost_weight`: score a US cent is worth;
    `latency_weight`: score a second of waiting is worth. Only tasks in `explorable` are explored, and only
    with models whose call costs at most `explore_micros`.
    """

    pins: Mapping[str, str] = field(default_factory=dict)
    cost_weight: float = 0.05
    latency_weight: float = 0.002
    explorable: frozenset[str] = frozenset(["titles", "lyrics", "captions"])
    explore_micros: int = 50_000

    @classmethod
    def of(cls, settings: Settings) -> Steering:
        """The steering these settings ask for.

        Raises:
            Invalid: a pin is not of the form task=provider or task=provider/model.
        """
        return cls(
            pins=dict(_pin(text) for text in settings.llm_pins),
            cost_weight=settings.llm_cost_weight,
            latency_weight=settings.llm_latency_weight,
            explorable=frozenset(settings.llm_explore),
            explore_micros=round(settings.llm_explore_usd * 100 * MICROS_A_CENT),
        )

    def pinned(self, task: str, name: str) -> bool:
        """Whether a person wants this model for this task."""
        return self.pins.get(task) in (name, name.partition("/")[0])


def _pin(text: str) -> tuple[str, str]:
    task, _, name = (part.strip() for part in text.partition("="))
    if not task or not name:
        raise Invalid(
            f"NOKTVRN_LLM_PINS has {text[:60]!r}, which pins nothing.",
            code="llm.pins",
            hint="Write it like lyrics=openai,titles=local.",
        )
    return task, name
