"""The house's HTTP client: one request, one whole answer, or one of the kernel's errors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import httpx2

from noktvrn.model.noun import canonical_json
from noktvrn.outbound.failures import failure
from noktvrn.outbound.guard import GuardedTransport
from noktvrn.outbound.loop import run
from noktvrn.outbound.rules import Rules


@dataclass(frozen=True, slots=True)
class Answer:
    """A 2xx answer, read whole."""

    status: int
    media_type: str
    body: bytes


class HttpClient:
    """Sends requests by one set of rules; safe to share between threads.

    It stands on the guarded transport alone: httpx2's own client would write addresses into its log.
    """

    def __init__(self, rules: Rules) -> None:
        self._rules = rules

    def post_json(self, url: str, data: object, headers: Mapping[str, str] | None = None) -> Answer:
        """Posts JSON. Only headers of `guard.SENT_HEADERS` leave the house.

        Raises:
            NotAllowed: the address is not one the house goes to.
            Outside: nobody answered, or the answer is no; `failures.outcome_unknown` tells whether the
                request may have been served all the same.
        """
        sent = {"content-type": "application/json", "accept": "application/json", **(headers or {})}
        return run(self._send("POST", url, sent, canonical_json(data).encode()))

    async def _send(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        transport = GuardedTransport(self._rules)
        try:
            request = httpx2.Request(method, url, headers=dict(headers), content=body)
            response = await transport.handle_async_request(request)
        except (httpx2.HTTPError, httpx2.InvalidURL):
            response = None
        # Raised out here, so that no library error, which holds the request, hangs on ours as its context.
        if response is None or not response.is_success:
            raise failure(transport.trace, self._rules.named)
        return Answer(response.status_code, response.headers.get("content-type", ""), response.content)
