"""Telegram by its Bot API (docs/telegram.md).

What comes in: notices. What goes out: one message to each chat of `TELEGRAM_CHAT_ID`. The bot's token is part
of every address, so no address is ever written anywhere. What lies on the desk, with its sound, cover and
buttons, is shown by `label/phone`, which uses the same `Bot`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from noktvrn.kernel.errors import NotReady
from noktvrn.providers._kit import Health, Kit
from noktvrn.settings import Settings

if TYPE_CHECKING:
    from noktvrn.providers.telegram.bot import Bot
    from noktvrn.providers.telegram.messenger import TelegramMessenger

HOST = "https://api.telegram.org"


def open(settings: Settings, kit: Kit) -> TelegramMessenger:  # noqa: A001 - the providers' common face
    """The messenger to the label's chats. Raises NotReady when token or chat are not set."""
    from noktvrn.providers.telegram.messenger import TelegramMessenger

    return TelegramMessenger(open_bot(settings), settings.telegram_chats, kit)


def open_bot(settings: Settings) -> Bot:
    """The bot itself. Raises NotReady when its token is not set."""
    from noktvrn.providers.telegram.bot import Bot

    if settings.telegram_bot_token is None:
        raise NotReady("No bot of Telegram is set.", code="provider.unset", hint="Set TELEGRAM_BOT_TOKEN.")
    base_url = settings.telegram_base_url or HOST
    return Bot(settings.telegram_bot_token, base_url, private_hosts=settings.private_hosts)


def health(settings: Settings, kit: Kit) -> Health:
    """Asks who the bot is, which costs nothing."""
    del kit
    me = open_bot(settings).me()
    return Health(well=True, said=f"@{me.get('username', '?')} answers")
