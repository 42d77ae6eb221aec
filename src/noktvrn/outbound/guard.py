"""The one transport every request goes through, and the trace of what became of it.

It sends only the headers that are needed, asks for no compression and accepts none, follows no redirect,
counts the bytes that come in, and ends everything by one deadline: look-up, connecting, both bodies, and
the one repetition it allows itself where the request was certainly not accepted. It works on asyncio because
only there can a deadline end a read that drips.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from ssl import SSLContext
from typing import Any

import httpx2

from noktvrn.kernel.errors import LabelError
from noktvrn.outbound.address import addresses, place_of
from noktvrn.outbound.rates import PREFIXES
from noktvrn.outbound.rules import Rules, Trace
from noktvrn.outbound.wire import tell

SENT_HEADERS = frozenset(
    ["host", "accept", "authorization", "content-type", "content-length", "idempotency-key"]
) | {"x-api-key", "anthropic-version", "anthropic-beta"}
AGENT = "noktvrn"
CONNECT_S = 10.0
QUOTA_CODES = frozenset(
    ["insufficient_quota", "billing_hard_limit_reached", "quota_exceeded", "usage_limit_reached"]
)


class GuardedTransport(httpx2.AsyncBaseTransport):
    """Sends one request, whatever client it is put under; `trace` tells what became of it."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self.trace = Trace()

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """The answer, its body read whole. Raises httpx2.TransportError; `trace` has the reason."""
        try:
            async with asyncio.timeout(self._rules.deadline_s):
                return await self._patiently(request, await request.aread())
        except TimeoutError:
            self.trace.timed_out = True
        except LabelError as error:
            self.trace.stopped = error
        raise httpx2.TransportError("stopped by the guard")

    async def _patiently(self, request: httpx2.Request, body: bytes) -> httpx2.Response:
        """Tries, and once more where the request was certainly not accepted and waiting is short."""
        try:
            response = await self._once(request, body)
        except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
            if "CERTIFICATE_VERIFY_FAILED" in str(error):
                self.trace.untrusted = True
            if self.trace.sent or self.trace.untrusted:
                raise
            return await self._once(request, body)
        wait = self.trace.retry_after_s
        if response.status_code in (429, 503) and wait is not None and wait <= self._rules.patience_s:
            await asyncio.sleep(wait)
            return await self._once(request, body)
        return response

    async def _once(self, request: httpx2.Request, body: bytes) -> httpx2.Response:
        rules, url = self._rules, request.url
        self.trace = Trace(requests=self.trace.requests)
        tell(self.trace)
        place = place_of(str(url), named=rules.named, private_hosts=rules.private_hosts)
        found = await addresses(
            place, named=rules.named, private_hosts=rules.private_hosts, resolver=rules.resolver
        )
        for left, address in enumerate(found, start=1 - len(found)):
            pinned = _pinned(request, body, address, place.host, self._note)
            try:
                return await self._exchange(pinned)
            except (httpx2.ConnectError, httpx2.ConnectTimeout):
                if left == 0 or self.trace.sent:
                    raise
        raise httpx2.ConnectError("no address answered")

    async def _exchange(self, request: httpx2.Request) -> httpx2.Response:
        self.trace.requests += 1
        limits = httpx2.Limits(max_connections=1, max_keepalive_connections=0)
        async with httpx2.AsyncHTTPTransport(verify=_ssl(), trust_env=False, limits=limits) as line:
            response = await line.handle_async_request(request)
            body = await self._read(response)
        self.trace.status, self.trace.whole = response.status_code, True
        self.trace.retry_after_s = retry_after(response.headers.get("retry-after"))
        self.trace.rate = {
            name: value for name, value in response.headers.items() if name.startswith(PREFIXES)
        }
        if not response.is_success:
            self.trace.quota_spent = _says_quota(body)
        kept = [(name, value) for name, value in response.headers.items() if name == "content-type"]
        return httpx2.Response(response.status_code, headers=kept, content=body, request=request)

    async def _read(self, response: httpx2.Response) -> bytes:
        if response.headers.get("content-encoding", "identity").lower() != "identity":
            self._spoil("sent a compressed body it was not asked for")
        if int(_digits(response.headers.get("content-length"))) > self._rules.max_bytes:
            self._spoil("sent more than is taken")
        body = bytearray()
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > self._rules.max_bytes:
                self._spoil("sent more than is taken")
        return bytes(body)

    def _spoil(self, why: str) -> None:
        self.trace.spoilt = why
        raise httpx2.ReadError(why)

    async def _note(self, event: str, _info: dict[str, Any]) -> None:
        if event.endswith("send_request_headers.started"):
            self.trace.sent = True


def retry_after(value: str | None, now: datetime | None = None) -> float | None:
    """Seconds to wait by a `Retry-After` header (RFC 9110 10.2.3: seconds or a date), or None.

    `now` is for tests.
    """
    if value is None:
        return None
    with contextlib.suppress(ValueError):
        return max(0.0, float(int(value)))
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        return None
    return max(0.0, (moment - (now or datetime.now(UTC))).total_seconds())


def _pinned(request: httpx2.Request, body: bytes, address: str, host: str, note: Any) -> httpx2.Request:
    """The request to the address that was checked; certificate and `Host` stay those of the name."""
    headers = [(name, value) for name, value in request.headers.items() if name.lower() in SENT_HEADERS]
    headers += [("accept-encoding", "identity"), ("user-agent", AGENT)]
    seconds = dict.fromkeys(("connect", "pool"), CONNECT_S)
    extensions = {"timeout": seconds, "sni_hostname": host, "trace": note}
    url = request.url.copy_with(host=address)
    return httpx2.Request(request.method, url, headers=headers, content=body, extensions=extensions)


def _digits(text: str | None) -> str:
    return text if text and text.isascii() and text.isdigit() and len(text) < 18 else "0"


def _says_quota(body: bytes) -> bool:
    """Whether an error body says that money or credits are gone. Nothing else of such a body is ever used."""
    try:
        error = json.loads(body)["error"]
        return bool(QUOTA_CODES & {str(error.get("code")), str(error.get("type"))})
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return False


@cache
def _ssl() -> SSLContext:
    """The system's certificates (`SSL_CERT_FILE` is honoured), read once."""
    return httpx2.create_ssl_context()
