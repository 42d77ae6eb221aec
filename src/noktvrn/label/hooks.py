"""Callbacks of outside services: a hint that something is ready, never more than that."""

from __future__ import annotations

from collections.abc import Mapping

from noktvrn.kernel.errors import NotAllowed
from noktvrn.label.office import Office
from noktvrn.providers import registry


class Hooks:
    """What services tell the label unasked."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def heard(self, provider: str, token: str, headers: Mapping[str, str], body: bytes) -> bool:
        """Lets the next look at a job be due now; False: nobody waits for it, which is normal.

        `headers` by names in lower case. Nothing in `body` is believed: it only tells whom to ask.

        Raises:
            NotAllowed: the service signs its callbacks, and this is none of its own.
        """
        studio = self._office.studio
        if not registry.signed(provider, studio.settings, headers, body, studio.clock.now()):
            raise NotAllowed(
                "This callback is none of a service the label works with.",
                code="hook.unsigned",
                hint="Check the key callbacks are signed with, here and there.",
            )
        return self._office.booking.desk.hint(provider, token)
