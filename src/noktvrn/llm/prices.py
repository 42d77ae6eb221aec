"""What a request to a model may cost at most, and what it did cost, in whole numbers.

Rates are billionths of a US dollar (nano) for one token; costs are millionths (micro), always rounded up.
A model nobody knows a price of is not free: it is reckoned at `UNKNOWN`. Every bound here is one that no
tokeniser can exceed, so what is reserved before a request is never less than what is settled after it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import ROUND_CEILING, Decimal
from functools import cache
from pathlib import Path
from typing import Any

from noktvrn.kernel.errors import Invalid
from noktvrn.llm.prompt import Words
from noktvrn.llm.result import Reply, Usage

OVERHEAD_TOKENS = 4096
"""More than what is put around the words: roles, the chat template, the schema of the answer."""
LONG_INPUT_TOKENS = 100_000
"""From here on some price lists are dearer, up to five times; such requests are reckoned at `LONG_FACTOR`."""
LONG_FACTOR = 5
BYTES_PER_TOKEN = 3
"""For estimates: few enough to be on the dear side (English has about four, other scripts two to three)."""
MOST_NANO = 10**9
"""A dollar for a token. Dearer rates are slips of the pen, and their sums no book could hold."""
IDS = {"gemini": "google", "grok": "x-ai"}
"""Names of the price list where they are not ours."""


@dataclass(frozen=True, slots=True)
class Rates:
    """Nano-USD for a token. `source` and `version` say whose list it is from."""

    input_nano: int
    cached_nano: int
    output_nano: int
    source: str
    version: str


FREE = Rates(0, 0, 0, "declared", "")
UNKNOWN = Rates(30_000, 30_000, 180_000, "worst case", "2026-11-21")
"""The dearest rates among the current chat models of the six services (30 and 180 USD for a million)."""


def rates_of(provider: str, model: str, own: Path | None = None, day: date | None = None) -> Rates | None:
    """The rates of a model on a day (today): those of the person's own table, else the bundled list's.

    The table is TOML: `["provider/model"]` with `input`, `output` and, if it has one, `cached`, all in USD
    for a million tokens. Where a price depends on the hour, the dearest hour counts. None: nobody knows.

    Raises:
        Invalid: the table cannot be read.
    """
    mine = own_rates(provider, model, own)
    return mine or _listed(IDS.get(provider, provider), model, day or datetime.now(UTC).date())


def own_rates(provider: str, model: str, own: Path | None) -> Rates | None:
    """The rates of the person's own table alone. Raises Invalid: it cannot be read."""
    if not _is_there(own) or own is None:
        return None
    return _own(own, own.stat().st_mtime_ns).get(f"{provider}/{model}")


def dearer(rates: Rates | None, other: Rates | None) -> Rates | None:
    """Whichever of two costs more for an answer; a known one before an unknown."""
    if rates is None or other is None:
        return rates or other
    return max(rates, other, key=lambda one: (one.output_nano, one.input_nano))


def worst_case(rates: Rates | None, words: Words) -> int:
    """The most that a request may cost, in micro-USD."""
    most = _most(words)
    return cost(rates, Usage(input_tokens=most[0], output_tokens=most[1]))[0]


def cost(rates: Rates | None, usage: Usage) -> tuple[int, bool]:
    """What the tokens cost in micro-USD, and whether that is known rather than reckoned."""
    known = rates is not None and usage.source == "provider"
    at = rates or UNKNOWN
    fresh = usage.input_tokens - usage.cached_tokens
    nano = fresh * at.input_nano + usage.cached_tokens * at.cached_nano + usage.output_tokens * at.output_nano
    if usage.input_tokens > LONG_INPUT_TOKENS and nano:
        nano, known = nano * LONG_FACTOR, False
    return -(-nano // 1000), known


def usage_of(reply: Reply, words: Words) -> Usage:
    """The tokens of an answer, within what is possible.

    What the server does not tell is estimated; what it cannot be (negative, more than was asked for) is
    pulled in. Never zero: a question has tokens, and an answer nobody could read may have had the most.
    """
    most_in, most_out = _most(words)
    given, made, cached = reply.input_tokens, reply.output_tokens, reply.cached_tokens or 0
    possible = (given is None or 0 <= given <= most_in) and (made is None or 0 <= made <= most_out)
    fair = possible and 0 <= cached <= (given or 0)
    told = bool(given) and (bool(made) or (made == 0 and not reply.text))
    tokens_in = min(given, most_in) if given and given > 0 else _tokens(words.system + words.user)
    return Usage(
        input_tokens=tokens_in,
        output_tokens=_answered(reply, most_out),
        cached_tokens=cached if fair and told else 0,
        source=("provider" if told else "estimated") if fair else "clamped",
    )


def _answered(reply: Reply, most: int) -> int:
    made = reply.output_tokens
    if made is not None and (made > 0 or (made == 0 and not reply.text)):
        return min(made, most)
    return min(_tokens(reply.text), most) if reply.text and reply.finish != "malformed" else most


def _most(words: Words) -> tuple[int, int]:
    """The most tokens in and out. No token of any tokeniser is less than a byte."""
    written = len(words.system.encode("utf-8", "replace")) + len(words.user.encode("utf-8", "replace"))
    return written + OVERHEAD_TOKENS, words.max_tokens


def _tokens(text: str) -> int:
    return -(-len(text.encode("utf-8", "replace")) // BYTES_PER_TOKEN)


def _is_there(own: Path | None) -> bool:
    if own is None or own.is_file():
        return own is not None
    raise Invalid(
        f"NOKTVRN_PRICES names {own.name}, which is no file.", code="llm.prices", hint="Check the path."
    )


@cache
def _own(path: Path, _changed: int) -> Mapping[str, Rates]:
    """The table at a path, read again when the file changed."""
    try:
        rows = tomllib.loads(path.read_text("utf-8"))
        return {name: _row(row, path.name) for name, row in rows.items()}
    except (OSError, ValueError, KeyError, TypeError, ArithmeticError, AttributeError):
        raise Invalid(
            f"{path.name} is no table of prices.",
            code="llm.prices",
            hint='Write rows like ["openai/gpt-x"] with input = 0.5 and output = 2.0 (USD a million tokens).',
        ) from None


def _row(row: Mapping[str, Any], name: str) -> Rates:
    given, made = _nano(row["input"]), _nano(row["output"])
    cached = _nano(row["cached"]) if "cached" in row else given
    if min(given, made, cached) < 0 or max(given, made, cached) > MOST_NANO:
        raise ValueError(name)
    return Rates(given, cached, made, "own", name)


def _nano(usd_a_million: Any) -> int:
    """Nano-USD for one token. One USD for a million tokens is a thousand nano-USD for one."""
    exact = Decimal(str(usd_a_million)) * 1000
    return int(exact.to_integral_value(ROUND_CEILING))


@cache
def _listed(provider: str, model: str, day: date) -> Rates | None:
    """The rates of genai-prices' bundled list (its updater, which asks the net, is never started)."""
    try:
        from genai_prices import __version__
        from genai_prices.data_snapshot import get_snapshot

        _, found = get_snapshot().find_provider_model(model, None, provider, None)
        hours = [found.get_prices(datetime.combine(day, time(hour), UTC)) for hour in range(24)]
    except (ImportError, LookupError, ValueError):
        return None
    given = max(_usd(price.input_mtok) for price in hours)
    made = max(_usd(price.output_mtok) for price in hours)
    cached = max(_usd(price.cache_read_mtok) or given for price in hours)
    if not made:
        return None
    return Rates(_nano(given), _nano(cached), _nano(made), "genai-prices", __version__)


def _usd(price: Any) -> Decimal:
    """The price for short requests of one that has steps; 0 where there is none."""
    return Decimal(getattr(price, "base", price) or 0)
