"""What people are told of outside jobs: only what needs them, or what they would want to know of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from noktvrn.outbound.budgets import BudgetNotice
from noktvrn.storage.ledger.jobs import Job

News = Literal["overcharged", "unknown", "needs_you", "stale", "late", "budget", "resting", "working"]


@dataclass(frozen=True, slots=True)
class JobNotice:
    """News for people. `key` is the same for the same news, `hint` is what to do next. It holds a provider's
    name and a ticket, never a prompt, an address or a key."""

    key: str
    event: News
    title: str
    text: str
    hint: str = ""


Notify = Callable[[JobNotice], None]


def of_job(job: Job, event: News, title: str, text: str, hint: str = "") -> JobNotice:
    """News of one job, told once."""
    return JobNotice(f"job:{event}:{job.id}:{job.data.get('attempt', 1)}", event, title, text, hint)


def of_budgets(told: Sequence[BudgetNotice]) -> list[JobNotice]:
    """Marks that budgets have reached."""
    return [
        JobNotice(
            f"budget:{one.scope}:{one.currency}:{one.percent}:{one.cap_micros}",
            "budget",
            f"The budget {one.scope} has reached {one.percent} percent",
            f"{shown(one.currency, one.spent_micros)} of {shown(one.currency, one.cap_micros)} are spent.",
            "See `noktvrn budget show`.",
        )
        for one in told
    ]


def shown(unit: str, amount: int) -> str:
    """An amount as people write it."""
    return f"{amount / 1_000_000:.2f} USD" if unit == "USD" else f"{amount} {unit}"
