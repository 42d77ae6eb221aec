"""A messenger that writes to the label's chats."""

from __future__ import annotations

import hashlib

from noktvrn.providers._kit import Kit
from noktvrn.providers.telegram.bot import Bot
from noktvrn.roles.messenger import Notice, Receipt
from noktvrn.storage.ledger import notices

LONGEST_KEY = 80


class TelegramMessenger:
    """Sends one message a chat. Telegram knows no key, so the ledger remembers which chat was told: a worker
    that dies between sending and remembering tells a second time, none stays untold."""

    name = "telegram"

    def __init__(self, bot: Bot, chats: tuple[int, ...], kit: Kit) -> None:
        self._bot = bot
        self._chats = chats
        self._kit = kit

    def send(self, notice: Notice) -> Receipt:
        """Sends the notice to every chat that has not had it.

        Raises:
            Outside: Telegram cannot be reached, or says no. Those told so far stay told.
        """
        for chat in self._chats:
            key = _key(notice.key, chat)
            if self._told(key):
                continue
            number = self._bot.send_text(chat, f"{notice.title}\n\n{notice.text}".strip())
            self._remember(key, {"chat": chat, "message": number})
        return Receipt(messenger=self.name, key=notice.key, place="TELEGRAM_CHAT_ID")

    def _told(self, key: str) -> bool:
        if self._kit.database is None:
            return False
        with self._kit.database.read() as connection:
            return notices.sent(connection, self.name, key)

    def _remember(self, key: str, data: dict[str, object]) -> None:
        if self._kit.database is not None:
            with self._kit.database.begin() as connection:
                notices.put(connection, self.name, key, data, self._kit.clock.now())


def _key(key: str, chat: int) -> str:
    """Notice and chat in as many characters as the ledger keeps."""
    whole = f"{key}@{chat}"
    return whole if len(whole) <= LONGEST_KEY else hashlib.sha256(whole.encode()).hexdigest()
