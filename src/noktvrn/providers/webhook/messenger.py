"""A messenger that posts to a web address."""

from __future__ import annotations

from collections.abc import Collection

from pydantic import SecretStr

from noktvrn.outbound.http import HttpClient
from noktvrn.outbound.rules import Rules
from noktvrn.roles.messenger import Notice, Receipt

NAMED = "NOKTVRN_WEBHOOK_URL"


class WebhookMessenger:
    """Posts one JSON document per notice. The key goes along, so the other side can drop a repeated one."""

    name = "webhook"

    def __init__(
        self, url: SecretStr, *, private_hosts: Collection[str] = (), deadline_s: float = 10.0
    ) -> None:
        self._url = url
        self._client = HttpClient(
            Rules(named=NAMED, deadline_s=deadline_s, max_bytes=65_536, private_hosts=private_hosts)
        )

    def send(self, notice: Notice) -> Receipt:
        """Posts the notice; any 2xx answer will do.

        Raises:
            NotAllowed: the address is not one the house goes to.
            Outside: nobody answered, or the answer was no.
        """
        data = {"notice": notice.as_data()}
        self._client.post_json(self._url.get_secret_value(), data, {"idempotency-key": notice.key})
        return Receipt(messenger=self.name, key=notice.key, place=NAMED)
