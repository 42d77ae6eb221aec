"""What a failed request means: the kernel's error for a trace, and whether anybody may ask again.

The phase decides, not the exception's name: a request that was never sent, or was refused in so many words,
cost nothing; one that went out and came back without a clear answer may have been served and billed.
No word of an answer's body stands in an error.
"""

from __future__ import annotations

from collections.abc import Iterable

from noktvrn.kernel.errors import BudgetSpent, LabelError, Outside, Refused, TimedOut, Unavailable
from noktvrn.outbound.rules import Trace

BUSY = frozenset({429, 503, 529})
OUTCOME_UNKNOWN = "outside.outcome_unknown"
_ASK_THEM = "It may have been served: look at the account there before asking again."


def outcome_unknown(error: LabelError) -> bool:
    """Whether the request behind an error may have been served and paid for."""
    return error.code == OUTCOME_UNKNOWN


def failure(trace: Trace, who: str) -> LabelError:
    """The error a failed request stands for. `who` names the service, never its address."""
    if trace.stopped is not None:
        return trace.stopped
    if trace.status and not 200 <= trace.status < 300:
        return _answered(trace, who)
    if trace.untrusted:
        return Refused(
            f"{who} shows a certificate that this machine does not trust.",
            code="outside.untrusted",
            hint="Check the address; SSL_CERT_FILE names certificates of your own.",
        )
    if not trace.sent:
        return Unavailable(
            f"{who} could not be reached.",
            code="outside.unreachable",
            hint="Check address and network.",
        )
    if trace.timed_out:
        return TimedOut(f"{who} gave no whole answer in time.", code=OUTCOME_UNKNOWN, hint=_ASK_THEM)
    why = trace.spoilt or "broke off its answer"
    return Unavailable(f"{who} {why}.", code=OUTCOME_UNKNOWN, hint=_ASK_THEM)


def _answered(trace: Trace, who: str) -> Outside:
    status = trace.status
    if status == 402 or trace.quota_spent:
        return BudgetSpent(
            f"{who} says that the quota is spent ({status}).",
            code="outside.quota",
            hint="Top up the account there.",
        )
    if status in (401, 403):
        return Refused(
            f"{who} refused the key ({status}).", code="outside.key_refused", hint="Check its key and rights."
        )
    if status in BUSY:
        return Unavailable(f"{who} is busy ({status}).", code="outside.busy", hint="Try again later.")
    if status < 400:
        return Refused(
            f"{who} sent us to another address ({status}), which is never followed.",
            code="outside.redirected",
            hint="Set the address it moved to, if you trust it.",
        )
    if status < 500:
        return Refused(
            f"{who} refused the request ({status}).",
            code="outside.refused",
            hint="Check the model and the base URL.",
        )
    return Unavailable(f"{who} failed ({status}).", code=OUTCOME_UNKNOWN, hint=_ASK_THEM)


def redact(text: str, secrets: Iterable[str]) -> str:
    """The text without any of the secrets (longest first, so that none is left in halves)."""
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, "[secret]")
    return text
