"""Notices into the chats, beside the previews."""

from __future__ import annotations

from noktvrn.roles.messenger import Messenger, Notice, Receipt


class BesidePreviews:
    """Hands notices on, but none that something lies on the desk: the phone shows that itself, with its sound
    and its buttons, as soon as the review is there."""

    def __init__(self, messenger: Messenger) -> None:
        self.name = messenger.name
        self._messenger = messenger

    def send(self, notice: Notice) -> Receipt:
        """Hands the notice on. Raises what the messenger raises."""
        if notice.kind == "review":
            return Receipt(messenger=self.name, key=notice.key, place="the desk on the phone")
        return self._messenger.send(notice)
