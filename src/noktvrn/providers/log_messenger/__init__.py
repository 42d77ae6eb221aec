"""Writes notices into a file in the home. Needs nothing, never fails for want of a network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from noktvrn.providers._kit import Kit
from noktvrn.settings import Settings

if TYPE_CHECKING:
    from noktvrn.providers.log_messenger.messenger import LogMessenger


def open(settings: Settings, kit: Kit) -> LogMessenger:  # noqa: A001 - the providers' common face
    """The messenger of this home."""
    from noktvrn.providers.log_messenger.messenger import LogMessenger

    return LogMessenger(settings.home / "notices.jsonl", kit.clock)
