"""What people are told of the models: who was passed over, and once, loudly, what only a person can mend.

A notice holds a service's name, a model and a category; never a prompt, an answer or a key. The same news
(provider and category) is told once in ten minutes, with how often it happened meanwhile.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from noktvrn.kernel.clock import Clock
from noktvrn.kernel.errors import LabelError
from noktvrn.outbound.failures import OUTCOME_UNKNOWN

if TYPE_CHECKING:
    from noktvrn.outbound.breakers import BreakerNotice
    from noktvrn.outbound.budgets import BudgetNotice

Event = Literal[
    "llm.fallback",
    "llm.needs_you",
    "llm.all_failed",
    "llm.breaker_opened",
    "llm.breaker_closed",
    "llm.budget",
]
CRITICAL = frozenset(["llm.needs_you", "llm.all_failed"])
COALESCED = timedelta(minutes=10)
MOST_KEPT = 500
log = logging.getLogger("noktvrn.llm")

CATEGORIES = {
    OUTCOME_UNKNOWN: "unknown outcome",
    "outside.quota": "quota",
    "outside.key_refused": "key refused",
    "llm.model_gone": "model gone",
    "outside.untrusted": "certificate",
    "outside.redirected": "address moved",
    "outside.forbidden_address": "address not allowed",
    "outside.unreachable": "unreachable",
    "outside.busy": "busy",
    "outside.refused": "request refused",
    "llm.too_long": "too long",
    "llm.filtered": "declined",
    "llm.not_installed": "not installed",
    "budget.full": "budget",
    "llm.content_filter": "declined",
    "llm.resting": "resting",
}
"""The category an error stands for; what is not here is an answer nobody could use."""
HOPELESS = frozenset(
    [
        "quota",
        "key refused",
        "model gone",
        "certificate",
        "address moved",
        "address not allowed",
        "not installed",
    ]
)
"""Categories that no waiting mends."""


@dataclass(frozen=True, slots=True)
class LlmNotice:
    """News for people. `key` is the same for the same news of the same ten minutes; `count` is how often it
    happened since it was told last."""

    event: Event
    key: str
    title: str
    text: str
    critical: bool
    provider: str
    model: str
    category: str
    count: int
    first_seen: datetime


def category(error: LabelError) -> str:
    """What kind of trouble an error is, in words of ours."""
    return CATEGORIES.get(error.code, "unusable answer")


class Notices:
    """Tells `tell`, and the log; safe to share between threads. One that fails to tell is no trouble."""

    def __init__(self, clock: Clock, tell: Callable[[LlmNotice], None] | None = None) -> None:
        self._clock = clock
        self._tell = tell
        self._told: dict[tuple[str, str], tuple[datetime, int]] = {}
        self._lock = threading.Lock()

    def passed_over(self, provider: str, model: str, error: LabelError, *, to: str) -> bool:
        """A model's answer is not used, and `to` goes on. True: it is trouble that only a person mends, and
        is critical at once."""
        kind = category(error)
        if kind in HOPELESS:
            text = f"{error.message} {error.hint} Until then {to} stands in.".replace("  ", " ")
            self._news("llm.needs_you", provider, model, kind, f"{provider} needs you: {kind}", text)
        else:
            text = f"{error.message} {to[:1].upper()}{to[1:]} goes on."
            if error.code == OUTCOME_UNKNOWN:
                text = f"{text} {error.hint}"
            self._news("llm.fallback", provider, model, kind, f"{provider} was passed over: {kind}", text)
        return kind in HOPELESS

    def all_failed(self, task: str, reasons: list[str]) -> None:
        """No model that costs money wrote; told once in ten minutes, whatever the task."""
        told = dict.fromkeys(CATEGORIES.get(code, "unusable answer") for code in reasons)
        why = ", ".join(told) or "nobody could be asked"
        text = f"The embedded writer writes on ({why}). `noktvrn llm doctor` looks at every model."
        self._news("llm.all_failed", "llm", task, "all failed", "No language model writes", text)

    def budget(self, notice: BudgetNotice) -> None:
        """A budget has reached 80 or 100 percent of its cap, or has no room for a request."""
        spent, cap = (f"{micros / 1e6:.4f}" for micros in (notice.spent_micros, notice.cap_micros))
        if notice.full:
            title, told = f"The budget {notice.scope} has no room for another request", f"Its cap is {cap}"
        else:
            title = f"{notice.percent} % of the budget {notice.scope} is spent"
            told = f"{spent} of {cap}"
        text = f"{told} {notice.currency}. `noktvrn budget show`; NOKTVRN_BUDGET and its kin set the caps."
        self._news("llm.budget", notice.scope, "", f"{notice.percent} %", title, text)

    def breaker(self, resting: set[str], notice: BreakerNotice) -> None:
        """A breaker opened or closed; `resting` is kept as the names of those that are open."""
        if notice.event == "closed":
            resting.discard(notice.name)
            self._news("llm.breaker_closed", notice.name, "", "closed", f"{notice.name} answers again", "")
            return
        resting.add(notice.name)
        when = f"It is tried again at {notice.until:%H:%M} UTC." if notice.until is not None else ""
        title = f"{notice.name} is left alone for a while"
        self._news("llm.breaker_opened", notice.name, "", "opened", title, when)

    def _news(self, event: Event, provider: str, model: str, kind: str, title: str, text: str) -> None:
        now = self._clock.now()
        with self._lock:
            since, count = self._told.get((provider, kind), (None, 0))
            if since is not None and timedelta(0) <= now - since < COALESCED:  # a clock may be set back
                self._told[provider, kind] = (since, count + 1)
                return
            self._told[provider, kind] = (now, 0)
            if len(self._told) > MOST_KEPT:
                del self._told[next(iter(self._told))]
        critical = event in CRITICAL
        log.log(logging.CRITICAL if critical else logging.WARNING, "%s. %s", title, text)
        if self._tell is None:
            return
        window = int(now.timestamp() // COALESCED.total_seconds())
        notice = LlmNotice(
            event,
            f"{event}:{provider}:{kind}:{window}".replace(" ", "_"),
            title,
            text if not count else f"{text} It happened {count} more times in between.",
            critical,
            provider,
            model,
            kind,
            count + 1,
            since or now,
        )
        try:
            self._tell(notice)
        except Exception as error:  # news must never break the writing
            log.warning("a notice could not be handed on: %s", type(error).__name__)
