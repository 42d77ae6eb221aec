"""What a service's own words mean for us: one small list of troubles, and the error each of them is.

A provider reads its service's dialect (codes inside HTTP 200, `detail.status`, plain text) and says which of
these it is. The service's words come along, cut short and without secrets, because they often say what to
change.
"""

from __future__ import annotations

import re
from enum import StrEnum

from noktvrn.kernel.errors import BudgetSpent, LabelError, Outside, Refused, Unavailable
from noktvrn.outbound.failures import OUTCOME_UNKNOWN


class Trouble(StrEnum):
    """The kinds of trouble (facts of the trade: one enum for every service)."""

    AUTH = "key_refused"
    CREDITS = "quota"
    RATE = "busy"
    BUSY = "full"
    INVALID = "refused"
    MODERATION = "moderated"
    WITHHELD = "withheld"
    MAINTENANCE = "maintenance"
    TRANSIENT = "transient"
    UNKNOWN = "outcome_unknown"
    LOST = "lost"
    EXPIRED = "expired"
    CONTRACT = "contract"
    FAILED = "failed"


_TOLD: dict[Trouble, tuple[type[Outside], str, str]] = {
    Trouble.AUTH: (Refused, "refused the key", "Check its key and what the key may do."),
    Trouble.CREDITS: (BudgetSpent, "has no credits left for this", "Top up the account there."),
    Trouble.RATE: (Unavailable, "is asked too often", "It is asked again later by itself."),
    Trouble.BUSY: (Unavailable, "has no room for another job", "It is asked again later by itself."),
    Trouble.INVALID: (Refused, "does not take the request", "Change what is asked for, or its settings."),
    Trouble.MODERATION: (
        Refused,
        "does not make this by its rules",
        "Change the words: it is not asked again by itself.",
    ),
    Trouble.WITHHELD: (
        Refused,
        "took the order and gives out nothing by its rules",
        "Change the words. It may be billed: look there, and `noktvrn ticket settle` corrects the cost.",
    ),
    Trouble.MAINTENANCE: (Unavailable, "is being maintained", "It is asked again later by itself."),
    Trouble.TRANSIENT: (Unavailable, "could not take the order", "It is asked again later by itself."),
    Trouble.UNKNOWN: (
        Unavailable,
        "may or may not have taken the order",
        "Look at the account there, then use `noktvrn ticket settle`.",
    ),
    Trouble.LOST: (Unavailable, "does not know the job any more", "Look at the account there."),
    Trouble.EXPIRED: (Refused, "does not keep the result any more", "Look at the account there."),
    Trouble.CONTRACT: (
        Refused,
        "answered in a way we do not understand",
        "Its interface may have changed; see `noktvrn provider test`.",
    ),
    Trouble.FAILED: (Refused, "could not make it", "Another take is a new order."),
}
_NAMED = {kind.value: kind for kind in Trouble}
LONGEST_WORDS = 200
_SIGNED = re.compile(r"https?://\S+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200b-\u200f\u202a-\u202e\u2066-\u2069]+")


def trouble(kind: Trouble, who: str, words: str = "") -> LabelError:
    """The error of this trouble with the service called `who`; `words` are the service's own."""
    error, what, hint = _TOLD[kind]
    told = quoted(words)
    message = f"{who} {what}: {told}" if told else f"{who} {what}."
    code = OUTCOME_UNKNOWN if kind is Trouble.UNKNOWN else f"outside.{kind.value}"
    return error(message, code=code, hint=hint)


def trouble_of(error: LabelError) -> Trouble | None:
    """Which trouble an error tells of; None: none of a service's."""
    area, _, name = error.code.partition(".")
    return _NAMED.get(name) if area == "outside" else None


def quoted(words: str) -> str:
    """A service's words as they may be shown: one line, short, without addresses, which may be signed."""
    plain = _CONTROL.sub(" ", _SIGNED.sub("[address]", words[: LONGEST_WORDS * 20])).strip()
    return plain if len(plain) <= LONGEST_WORDS else plain[: LONGEST_WORDS - 1] + "\u2026"
