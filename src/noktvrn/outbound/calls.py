"""Calls to a service of files: any status is an answer, a failure on the way tells how far the call came.

A service's dialect hides its errors anywhere, also in an HTTP 200, so the provider reads them; this knows
only HTTP. One call is one request: nothing is asked again here. How long a service wants to be left alone
(`Retry-After`) is heard by whoever listens around the call (`wire.Wire`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlencode

import httpx2
from pydantic import SecretStr

from noktvrn.kernel.errors import Fault, LabelError, NotFound, Unavailable
from noktvrn.model.noun import canonical_json
from noktvrn.outbound.failures import OUTCOME_UNKNOWN, failure
from noktvrn.outbound.form import Attachment, encoded
from noktvrn.outbound.guard import GuardedTransport
from noktvrn.outbound.loop import run
from noktvrn.outbound.rules import Rules, Trace
from noktvrn.outbound.secrecy import Secrets, plain
from noktvrn.outbound.spool import Pouring, Spooled, finish, part_of
from noktvrn.outbound.strict_json import strict_json
from noktvrn.outbound.troubles import Trouble, trouble

FILE_BYTES = 200_000_000
OURS = frozenset(
    ["host", "connection", "content-length", "transfer-encoding", "accept-encoding", "user-agent", "cookie"]
)
"""Headers a provider never sets."""
_PATH = "/:@!$&'()*+,;=-._~%"
Query = Mapping[str, str | int | float]


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer of any status. Header names are in lower case; what was sent as a secret is blotted out."""

    status: int
    media_type: str
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    who: str = "The service"

    @property
    def ok(self) -> bool:
        """Whether the status is one of success (2xx)."""
        return 200 <= self.status < 300

    def json(self) -> Any:
        """The body's value; texts are free of what no database takes.

        Raises:
            Refused: trouble CONTRACT: it is no JSON, or beyond the limits of `strict_json`.
        """
        try:
            return strict_json(self.body)
        except ValueError:
            pass
        raise trouble(Trouble.CONTRACT, self.who, f"this is no JSON (status {self.status})")


class Caller:
    """Calls one service; safe to share between threads. `named` is what errors call it.

    `headers` go with every call, `query` with every address; whatever is a SecretStr in them, an
    `authorization` in any case, and what `secrets` names beside them (a key that is part of the address),
    stands in no error, no repr and no reply. `private_hosts` are the person's own servers. Every method
    raises, beside what it names:

        NotAllowed: the address is not one the house goes to.
        Unavailable `outside.unreachable`: the call never left.
        Outside `outside.outcome_unknown` (a POST), trouble TRANSIENT (a GET): no whole answer came back.
    """

    def __init__(
        self,
        base_url: str,
        *,
        named: str,
        headers: Mapping[str, SecretStr | str] | None = None,
        deadline_s: float = 60.0,
        max_bytes: int = 8_000_000,
        private_hosts: Collection[str] = (),
        query: Mapping[str, SecretStr | str] | None = None,
        secrets: Sequence[SecretStr] = (),
    ) -> None:
        self._base = base_url.rstrip("/")
        self._named = named
        self._headers = {name.lower(): plain(value) for name, value in (headers or {}).items()}
        self._query = dict(query or {})
        self._secrets = Secrets.of(headers or {}, self._query, {str(n): one for n, one in enumerate(secrets)})
        if forbidden := OURS & self._headers.keys():
            raise Fault(f"The calls to {named} set headers that are the house's: {sorted(forbidden)}.")
        self._rules = Rules(
            named,
            deadline_s=deadline_s,
            max_bytes=max_bytes,
            patience_s=-1.0,
            private_hosts=private_hosts,
            more_headers=frozenset(name.encode("ascii") for name in self._headers),
            keep_headers=True,
        )

    def __repr__(self) -> str:
        return f"Caller({self._named})"

    def get(self, path: str, query: Query | None = None) -> Reply:
        """Asks."""
        return self._called(self._request("GET", path, query, None), self._rules)

    def post(
        self, path: str, json: object = None, query: Query | None = None, deadline_s: float | None = None
    ) -> Reply:
        """Sends JSON; none where it is None."""
        return self._called(self._request("POST", path, query, json), self._within(deadline_s))

    def post_form(
        self,
        path: str,
        fields: Mapping[str, str],
        files: Sequence[Attachment] = (),
        deadline_s: float | None = None,
    ) -> Reply:
        """Sends a form with files in it. Raises NotFound `file.unreadable`: one of them cannot be read."""
        try:
            kind, body = encoded(fields, files)
        except OSError as error:
            why = error.strerror or "it cannot be read"
            raise NotFound(
                f"A file for {self._named} cannot be sent: {why}.", code="file.unreadable"
            ) from error
        return self._called(
            self._request("POST", path, None, None, body=body, kind=kind), self._within(deadline_s)
        )

    def post_into(
        self,
        path: str,
        json: object,
        into: Path,
        query: Query | None = None,
        deadline_s: float | None = None,
        max_bytes: int = FILE_BYTES,
    ) -> Reply:
        """Sends JSON and streams the body of a 2xx answer to the file `into`; the reply's is empty then.

        The file has its name only once it is whole and on disk, and `spool.spooled` knows it after a crash.
        Another status' body is in the reply.
        """
        rules = replace(self._within(deadline_s), max_bytes=max_bytes, stream=True)
        return self._poured(self._request("POST", path, query, json, accept="*/*"), rules, into)

    def _within(self, deadline_s: float | None) -> Rules:
        return self._rules if deadline_s is None else replace(self._rules, deadline_s=deadline_s)

    def _request(
        self,
        method: str,
        path: str,
        query: Query | None,
        json: object,
        accept: str = "application/json",
        body: bytes = b"",
        kind: str = "",
    ) -> httpx2.Request:
        headers = {"accept": accept, **self._headers}
        if kind:
            headers["content-type"] = kind
        if json is not None:
            headers["content-type"] = "application/json"
            body = canonical_json(json).encode("utf-8", "replace")
        address = self._address(path, query)
        if all(value.isascii() and value.isprintable() for value in headers.values()):
            try:
                return httpx2.Request(method, address, headers=headers, content=body)
            except (httpx2.InvalidURL, ValueError):
                pass
        raise trouble(Trouble.INVALID, self._named, "its address or key has letters that none can have")

    def _address(self, path: str, query: Query | None) -> str:
        if not path.startswith("/"):
            raise Fault(f"A call to {self._named} needs a path that begins with a slash.")
        if {".", ".."} & set(unquote(path).split("/")):
            raise trouble(Trouble.CONTRACT, self._named, "a reference that climbs out of its path")
        told = {name: plain(value) for name, value in {**self._query, **(query or {})}.items()}
        return self._base + quote(path, safe=_PATH) + ("?" + urlencode(told, quote_via=quote) if told else "")

    def _called(self, request: httpx2.Request, rules: Rules) -> Reply:
        transport = GuardedTransport(rules)
        response = run(_whole(transport, request))
        # Raised out here, so that no library error, which holds the request, hangs on ours as its context.
        if response is None:
            return self._broken(transport.trace, request.method)
        return self._reply(response, response.content)

    def _poured(self, request: httpx2.Request, rules: Rules, into: Path) -> Reply:
        transport = GuardedTransport(rules)
        try:
            with Pouring(into) as pouring:
                response = run(_streamed(transport, request, pouring))
            if response is None:
                part_of(into).unlink()
                return self._broken(transport.trace, request.method)
            if not response.is_success:
                part_of(into).unlink()
                return self._reply(response, response.content)
            reply = self._reply(response, b"")
            finish(Spooled(into, pouring.size, pouring.sha256, reply.media_type, reply.headers))
        except OSError as error:
            why = error.strerror or "the disk failed"
        else:
            return reply
        raise _unkept(self._named, why, sent=transport.trace.sent)

    def _reply(self, response: httpx2.Response, body: bytes) -> Reply:
        headers = {name: self._secrets.out_of(value) for name, value in response.headers.items()}
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        return Reply(response.status_code, kind, headers, self._secrets.out_of_body(body), self._named)

    def _broken(self, trace: Trace, method: str) -> Reply:
        """What is left of an answer that did not come whole: a refusal is one without its words too."""
        if trace.status >= 300:
            wait = trace.retry_after_s
            headers = {} if wait is None else {"retry-after": f"{wait:.0f}"}
            return Reply(trace.status, "", headers, b"", self._named)
        if method == "POST" or trace.stopped or trace.untrusted or not trace.sent:
            raise failure(trace, self._named)
        why = "no whole answer in time" if trace.timed_out else trace.spoilt or "it broke off its answer"
        raise trouble(Trouble.TRANSIENT, self._named, why)


def refusal(reply: Reply, who: str, *, paid: bool) -> LabelError:
    """What a status usually means, where the service's dialect says nothing else.

    `paid`: the call may have been billed. Then a server's failure leaves the outcome unknown, except where
    it says in so many words (503 with `Retry-After`) that it did not take the order.
    """
    return trouble(_meaning(reply, paid), who, f"HTTP status {reply.status}")


def _meaning(reply: Reply, paid: bool) -> Trouble:
    status = reply.status
    if status in _MEANT:
        return _MEANT[status]
    if status < 300:
        return Trouble.CONTRACT
    if status < 500 and status != REQUEST_TIMEOUT:
        return Trouble.INVALID
    if status == 503 and "retry-after" in reply.headers:
        return Trouble.BUSY
    return Trouble.UNKNOWN if paid else Trouble.TRANSIENT


REQUEST_TIMEOUT = 408
_MEANT = {401: Trouble.AUTH, 402: Trouble.CREDITS, 403: Trouble.AUTH, 429: Trouble.RATE}


async def _whole(transport: GuardedTransport, request: httpx2.Request) -> httpx2.Response | None:
    try:
        response = await transport.handle_async_request(request)
        await response.aread()
    except httpx2.HTTPError:
        return None
    return response


async def _streamed(
    transport: GuardedTransport, request: httpx2.Request, pouring: Pouring
) -> httpx2.Response | None:
    try:
        response = await transport.handle_async_request(request)
        if not response.is_success:
            return response
        try:
            async for chunk in response.aiter_raw():
                pouring.take(chunk)
        finally:
            await response.aclose()
    except httpx2.HTTPError:
        return None
    return response


def _unkept(who: str, why: str, *, sent: bool) -> LabelError:
    """A file that could not be written, and whether it may be paid for."""
    if sent:
        message = f"{who} answered, but its file could not be written: {why}."
        hint = "Make room on the disk, then look at the account there and use `noktvrn ticket settle`."
        return Unavailable(message, code=OUTCOME_UNKNOWN, hint=hint)
    message = f"Nothing was asked of {who}: its file could not be written: {why}."
    return Unavailable(message, code="spool.unwritable", hint="Make room on the disk of NOKTVRN_HOME.")
