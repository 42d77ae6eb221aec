"""The line to Redis: every word on it has a bounded time, and a dead line is left alone for a while."""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from sqlalchemy.engine import URL

from noktvrn.kernel.errors import Invalid
from noktvrn.settings import Settings

if TYPE_CHECKING:
    from redis import Redis

CONNECT_S = 0.1
ANSWER_S = 0.1
"""Together a fifth of a second: the most a call costs when Redis hangs."""
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 10.0

T = TypeVar("T")
log = logging.getLogger("noktvrn.storage")


class Line:
    """One process's line; safe to share between threads. `prefix` keeps labels on one server apart."""

    def __init__(self, client: Redis, prefix: str, where: str) -> None:
        self.client = client
        self.prefix = prefix
        self._where = where
        self._lock = threading.Lock()
        self._pause_s = 0.0
        self._rests_until = 0.0

    @property
    def rests(self) -> bool:
        """Whether it is left alone at this moment."""
        return time.monotonic() < self._rests_until

    @property
    def fallen(self) -> bool:
        """Whether it did not answer the last time."""
        return self._pause_s > 0

    @property
    def rests_for_s(self) -> float:
        """Seconds until it is tried again."""
        return max(0.0, self._rests_until - time.monotonic())

    def ask(self, act: Callable[[Redis], T]) -> T | None:
        """What `act` gets from Redis; None, at once, where it is away. Never raises."""
        if self.rests:
            return None
        try:
            answer = act(self.client)
        except Exception as error:  # whatever a broken server says: it must not fail a run
            self.fell(error)
            return None
        self.rose()
        return answer

    def fell(self, error: Exception) -> None:
        """Leaves the line alone, twice as long as the last time; the first time is told."""
        with self._lock:
            if self.rests:
                return  # another thread was on its way when it fell
            first = self._pause_s == 0
            self._pause_s = min(LONGEST_PAUSE_S, self._pause_s * 2) or FIRST_PAUSE_S
            self._rests_until = time.monotonic() + self._pause_s
        if first:
            log.warning(
                "Redis at %s does not answer (%s); the label goes on without it.",
                self._where,
                type(error).__name__,
            )

    def rose(self) -> None:
        """It answers; after a fall that is told."""
        if self._pause_s == 0:
            return
        with self._lock:
            back, self._pause_s = self._pause_s > 0, 0.0
        if back:
            log.warning("Redis at %s answers again.", self._where)

    def close(self) -> None:
        """Hangs up."""
        self.client.close()


def open_line(settings: Settings, ledger: URL) -> Line | None:
    """The line these settings name, not yet connected; None: they name none, or its library is not there.

    Raises:
        Invalid: the address cannot be read.
    """
    url = _url(settings)
    if url is None:
        return None
    try:
        from redis import Redis
        from redis.backoff import NoBackoff
        from redis.retry import Retry
    except ImportError:
        log.warning("REDIS_URL is set, but the redis library is not installed; the label goes on without it.")
        return None
    try:
        client = Redis.from_url(
            url,
            socket_connect_timeout=CONNECT_S,
            socket_timeout=ANSWER_S,
            retry=Retry(NoBackoff(), 0),
            decode_responses=True,
        )
    except ValueError:
        raise Invalid(
            "REDIS_URL cannot be read.",
            code="redis.bad_url",
            hint="Use redis://:password@host:6379/0, rediss://... or unix:///path/to/socket.",
        ) from None
    name = ledger.set(password=None).render_as_string(hide_password=True)
    return Line(client, f"noktvrn:{hashlib.sha256(name.encode()).hexdigest()[:12]}", _where(url))


def _url(settings: Settings) -> str | None:
    if settings.redis_url is not None:
        return settings.redis_url.get_secret_value()
    if not settings.redis_host:
        return None
    from urllib.parse import quote

    password = settings.redis_password.get_secret_value()
    user = f":{quote(password, safe='')}@" if password else ""
    return f"redis://{user}{settings.redis_host}:{settings.redis_port}/{settings.redis_db}"


def _where(url: str) -> str:
    """The address as it may be told: without a password."""
    parts = urlsplit(url)
    return f"{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}{parts.path}"
