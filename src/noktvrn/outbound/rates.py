"""What services tell of their limits in the headers of their answers: when to come again, how often.

OpenAI and those who speak like it send `x-ratelimit-limit-requests`, `-remaining-requests` and
`-reset-requests` (a duration such as `6m0s`, `120ms` or plain seconds, until the bucket is full again);
Anthropic sends `anthropic-ratelimit-requests-limit`, `-remaining` and `-reset` (a moment by RFC 3339).
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

PREFIXES = ("x-ratelimit-", "anthropic-ratelimit-")
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}
_PLAIN = re.compile(r"\d+(?:\.\d+)?", re.ASCII)
_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")
LONGEST_S = 86_400.0


@dataclass(slots=True)
class Bucket:
    """`level` requests may go at `at` (monotonic seconds); `rate` more every second, up to `size`."""

    size: float
    level: float
    rate: float
    at: float

    def wait_s(self, now: float) -> float:
        """Seconds until a request may go."""
        level = self._level(now)
        if level >= 1:
            return 0.0
        return min(LONGEST_S, (1 - level) / self.rate)

    def take(self, now: float) -> None:
        """One request goes."""
        self.level, self.at = self._level(now) - 1, now

    def _level(self, now: float) -> float:
        return min(self.size, self.level + (now - self.at) * self.rate)


def bucket_of(headers: Mapping[str, str], now: float, *, under_way: int = 0) -> Bucket | None:
    """The bucket that an answer's headers tell of, less what is under way; None: they tell of none.

    Nonsense (negative, unreadable, endless) is no bucket, so no service can stop us for ever.
    """
    told = {name: headers.get(f"x-ratelimit-{name}-requests", "") for name in ("limit", "remaining", "reset")}
    if not told["limit"]:
        told = {name: headers.get(f"anthropic-ratelimit-requests-{name}", "") for name in told}
    size, remaining, reset = _count(told["limit"]), _count(told["remaining"]), seconds(told["reset"])
    if not size or remaining is None or reset is None or remaining > size:
        return None
    missing = size - remaining
    rate = missing / reset if missing and reset else size
    return Bucket(size, max(0.0, remaining - under_way), max(rate, 1 / LONGEST_S), now)


def seconds(text: str, moment: datetime | None = None) -> float | None:
    """Seconds of a duration (`1.5`, `6m0s`, `120ms`) or until a moment; None: it is neither."""
    with contextlib.suppress(ValueError):
        plain = float(text)
        return plain if 0 <= plain <= LONGEST_S else None
    parts = _PART.findall(text)
    if parts and "".join(number + unit for number, unit in parts) == text:
        total = sum(float(number) * _UNITS[unit] for number, unit in parts)
        return total if total <= LONGEST_S else None
    try:
        then = datetime.fromisoformat(text)
    except ValueError:
        return None
    if then.tzinfo is None:
        return None
    left = (then - (moment or datetime.now(UTC))).total_seconds()
    return max(0.0, left) if -LONGEST_S <= left <= LONGEST_S else None


def retry_after(value: str | None, now: datetime | None = None) -> float | None:
    """Seconds to wait by a `Retry-After` header (RFC 9110 10.2.3: seconds or a date), `LONGEST_S` at most.

    None: it says nothing, or nonsense (a negative wait). `now` is for tests.
    """
    if value is None:
        return None
    if _PLAIN.fullmatch(value.strip()):
        return min(LONGEST_S, float(value))  # a number of any length is one, at worst an endless one
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError, IndexError, TypeError):  # the parser's own slips on broken dates
        return None
    if moment.tzinfo is None:
        return None
    return min(LONGEST_S, max(0.0, (moment - (now or datetime.now(UTC))).total_seconds()))


def _count(text: str) -> float | None:
    return float(text) if text.isascii() and text.isdigit() and len(text) <= 12 else None
