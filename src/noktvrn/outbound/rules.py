"""What a request may cost and where it may go, and the trace of what became of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from noktvrn.kernel.errors import LabelError
from noktvrn.outbound.address import Resolver


@dataclass(frozen=True, slots=True)
class Rules:
    """What a request may cost, and where it may go. `named` is the setting or server an error speaks of."""

    named: str
    deadline_s: float = 30.0
    max_bytes: int = 4_000_000
    patience_s: float = 5.0
    """The longest `Retry-After` that is waited for."""
    private_hosts: Collection[str] = ()
    resolver: Resolver | None = None
    loopback: bool = True
    """False: this machine counts as a private host, to be named like any other."""
    stream: bool = False
    """Hand the body of a good answer on as it comes; the deadline and `max_bytes` hold for all of it."""
    chunk_s: float = 30.0
    """The longest silence inside a streamed body."""
    more_headers: frozenset[bytes] = frozenset()
    """Names (lower case) of headers that may leave beside `guard.SENT_HEADERS`."""
    keep_headers: bool = False
    """Hand on the answer's headers, all but cookies, and not the media type alone."""


@dataclass(slots=True)
class Trace:
    """What became of a request. `sent` is true from the first byte on; `whole` once the answer was read."""

    sent: bool = False
    whole: bool = False
    timed_out: bool = False
    status: int = 0
    quota_spent: bool = False
    retry_after_s: float | None = None
    requests: int = 0
    untrusted: bool = False
    stopped: LabelError | None = None
    spoilt: str = ""
    rate: dict[str, str] = field(default_factory=dict)
    """The answer's `x-ratelimit-*` headers, names in lower case."""
