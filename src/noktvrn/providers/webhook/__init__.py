"""Posts notices as JSON to an address of the person's.

What comes in: a notice. What goes out: one POST of `{"notice": {...}}` with the header `Idempotency-Key`. It
must never write the address anywhere: it may hold a secret.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from noktvrn.kernel.errors import NotReady
from noktvrn.providers._kit import Kit
from noktvrn.settings import Settings

if TYPE_CHECKING:
    from noktvrn.providers.webhook.messenger import WebhookMessenger


def open(settings: Settings, kit: Kit) -> WebhookMessenger:  # noqa: A001 - the providers' common face
    """The messenger to `NOKTVRN_WEBHOOK_URL`. Raises NotReady when it is not set."""
    from noktvrn.providers.webhook.messenger import WebhookMessenger

    del kit  # it writes no files and reads no clock
    if settings.webhook_url is None:
        raise NotReady(
            "No address for notices is set.", code="provider.unset", hint="Set NOKTVRN_WEBHOOK_URL."
        )
    return WebhookMessenger(settings.webhook_url, private_hosts=settings.private_hosts)
