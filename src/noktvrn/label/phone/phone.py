"""The phone as a whole: who may speak, what becomes of it, and the two things a worker does for it.

Listening (fetching updates) and showing (previews) are each done by one process at a time, whoever holds the
lock; with a webhook the API hears instead, and a worker only shows.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from noktvrn.kernel.errors import Conflict, LabelError, NotReady
from noktvrn.label.phone import commands, incoming
from noktvrn.label.phone.incoming import Incoming
from noktvrn.label.phone.pace import Pace
from noktvrn.label.phone.previews import LONGEST_WAIT_S, Previews
from noktvrn.label.phone.verdicts import SEEN, Told, Verdicts
from noktvrn.model.noun import Noun
from noktvrn.outbound import gate
from noktvrn.production.faults import About
from noktvrn.production.leases import Leases, Lock
from noktvrn.providers.telegram import open_bot
from noktvrn.providers.telegram.bot import POLL_S, Bot
from noktvrn.storage.ledger import phone

if TYPE_CHECKING:
    from noktvrn.label.label import Label

KEPT = timedelta(days=2)
"""Telegram itself keeps updates for one day."""
BACK_OFF_S = 30.0

log = logging.getLogger("noktvrn.phone")


class PhoneState(Noun):
    """How the desk on a phone stands. `heard`: updates of the last two days by what became of them."""

    bot: str
    webhook: str
    waiting_there: int
    chats: tuple[int, ...]
    people: tuple[int, ...]
    heard: dict[str, int]


class Phone:
    """Verbs of the desk on a phone."""

    def __init__(self, label: Label) -> None:
        self._label = label
        self._settings = label.settings
        self._studio = label.office.studio
        self._pace = Pace()
        self._pause: Callable[[float], None] = time.sleep
        self._offset = 0
        self._quiet_until = 0.0
        self._locks: dict[str, Lock] = {}

    @property
    def is_set(self) -> bool:
        """Whether the settings name a bot and a chat."""
        return self._settings.telegram_bot_token is not None and bool(self._settings.telegram_chats)

    @property
    def people(self) -> frozenset[int]:
        """Who may decide: those the settings name, else the one person of each private chat."""
        named = frozenset(self._settings.telegram_users)
        return named or frozenset(chat for chat in self._settings.telegram_chats if chat > 0)

    @cached_property
    def _bot(self) -> Bot:
        bot = open_bot(self._settings)
        if not self._settings.telegram_chats:
            raise NotReady(
                "No chat of Telegram is set.",
                code="provider.unset",
                hint="Set TELEGRAM_CHAT_ID to its number.",
            )
        return bot

    @cached_property
    def _verdicts(self) -> Verdicts:
        return Verdicts(self._label, self._bot.number)

    @cached_property
    def _previews(self) -> Previews:
        return Previews(self._label, self._bot, self._pace)

    def hear(self, update: dict[str, Any]) -> bool:
        """Deals with one update; False: it was dealt with before, or came from a stranger.

        Raises:
            Unavailable: the ledger is away; the update is to come again.
        """
        number = incoming.number_of(update)
        if number is None:
            return False
        with self._studio.database.read() as connection:
            if phone.seen(connection, self._bot.number, number):
                return False
        got = incoming.read(update)
        if got is None or not self._is_ours(got):
            return self._turn_away(number, got)
        # A stopped label still talks with the person who may start it again.
        with gate.held_open():
            return self._dealt_with(got)

    def _is_ours(self, got: Incoming) -> bool:
        return got.person.number in self.people and got.chat in self._settings.telegram_chats

    def _turn_away(self, number: int, got: Incoming | None) -> bool:
        """Strangers get no answer: they are counted, and who runs the label may read of them."""
        if got is not None:
            log.warning("A stranger (%s) spoke in chat %s.", got.person.number, got.chat)
        self._note(number, "stranger" if got is not None else "other")
        return False

    def _dealt_with(self, got: Incoming) -> bool:
        try:
            if got.kind == "button":
                self._pressed(got)
            else:
                self._said(got)
        except Exception as error:
            if isinstance(error, LabelError) and error.code == SEEN:
                return False
            if isinstance(error, LabelError) and error.retryable:
                raise
            self._give_up(got, error)
        return True

    def _give_up(self, got: Incoming, error: Exception) -> None:
        """One update nobody can deal with must not keep those behind it waiting, whatever broke."""
        log.error("What came from a chat broke: %s", type(error).__name__, exc_info=error)
        self._label.faults.note(error, About(stage="the phone"))
        self._note(got.update_id, "broke")
        self._say(got, "That broke, which is our fault; nothing was decided.")

    def _note(self, number: int, kind: str) -> None:
        with self._studio.database.begin() as connection:
            phone.see(connection, self._bot.number, number, kind, self._studio.clock.now())

    def _pressed(self, got: Incoming) -> None:
        told = Told("")
        try:
            told = self._verdicts.press(got)
        finally:  # whatever came of it: an unanswered button spins on
            self._send(lambda: self._bot.answer(got.query, told.text, alert=told.alert))
        if told.asks:
            self._say(got, f"{got.person.name}: {told.text}", ask=True)

    def _said(self, got: Incoming) -> None:
        text = got.text.strip()
        if not text.startswith("/"):
            answer = self._verdicts.answer(got)
        elif text.partition("@")[0] == "/cancel":
            answer = self._verdicts.answer(got, cancel=True) or "Nothing was asked."
        elif self._is_for_another(text):
            answer = None
        else:
            answer = commands.obey(self._label, self._asked(got), text)
        self._note(got.update_id, "words")
        if answer:
            self._say(got, answer)

    def _asked(self, got: Incoming) -> commands.Asked:
        ago = self._studio.clock.now() - got.at if got.at is not None else timedelta()
        return commands.Asked(got.person, ago, self._verdicts.taking(got, "words"))

    def _is_for_another(self, text: str) -> bool:
        """Whether a command names another bot of the same group."""
        named = text.split()[0].partition("@")[2].lower()
        return bool(named) and named != self._username

    @cached_property
    def _username(self) -> str:
        return str(self._bot.me().get("username", "")).lower()

    def _say(self, got: Incoming, text: str, *, ask: bool = False) -> None:
        self._pause(min(self._pace.wait_s(got.chat), LONGEST_WAIT_S))
        self._pace.sent(got.chat)
        self._send(lambda: self._bot.send_text(got.chat, text, reply_to=got.message, ask=ask))

    def _send(self, act: Callable[[], object]) -> None:
        """An answer that does not arrive changes nothing of what was done."""
        try:
            act()
        except LabelError as error:
            log.warning("An answer did not reach the chat: %s", error.message)

    def listen(self, *, timeout_s: int = POLL_S) -> int:
        """Fetches updates once and deals with them; returns how many. 0 as well where another process
        listens, a webhook is set, or Telegram asked for patience."""
        if self._settings.telegram_webhook_secret is not None or time.monotonic() < self._quiet_until:
            return 0
        return self._fetch(timeout_s) if self._is_mine("listen") else 0

    def _fetch(self, timeout_s: int) -> int:
        try:
            with gate.held_open():
                found = self._bot.updates(self._offset, timeout_s=timeout_s)
        except asyncio.CancelledError:
            return 0  # the process ends in the middle of the wait
        except Conflict:
            self._quiet_until = time.monotonic() + BACK_OFF_S
            raise
        for update in found:
            self.hear(update)
            # Only now: whatever is not dealt with comes again.
            self._offset = max(self._offset, (incoming.number_of(update) or 0) + 1)
        return len(found)

    def show(self) -> int:
        """Brings the chats up to date with the desk, once; returns how many runs are left for next time."""
        return self._previews.show() if self._is_mine("show") else 0

    def tidy(self) -> int:
        """Forgets updates, buttons and questions whose time is over."""
        with self._studio.database.begin() as connection:
            return phone.forget(connection, self._studio.clock.now() - KEPT)

    def set_webhook(self) -> str:
        """Lets updates come to the API; returns where to.

        Raises:
            NotReady: PUBLIC_BASE_URL or TELEGRAM_WEBHOOK_SECRET is not set.
        """
        base, secret = self._settings.public_base_url, self._settings.telegram_webhook_secret
        if base is None or secret is None:
            raise NotReady(
                "Updates can come by themselves only with a public address and a secret.",
                code="telegram.no_webhook",
                hint="Set PUBLIC_BASE_URL and TELEGRAM_WEBHOOK_SECRET (1 to 256 of A-Z a-z 0-9 _ -).",
            )
        url = f"{base.rstrip('/')}/hooks/telegram"
        self._bot.set_webhook(url, secret)
        return url

    def delete_webhook(self) -> None:
        """Goes back to fetching updates."""
        self._bot.delete_webhook()

    def state(self) -> PhoneState:
        """How it stands, asked of Telegram and of the ledger. Raises NotReady where nothing is set."""
        hook = self._bot.webhook()
        with self._studio.database.read() as connection:
            heard = phone.tally(connection, self._bot.number, self._studio.clock.now() - KEPT)
        return PhoneState(
            bot=f"@{self._username}",
            webhook=str(hook.get("url", "")),
            waiting_there=int(hook.get("pending_update_count", 0)),
            chats=self._settings.telegram_chats,
            people=tuple(sorted(self.people)),
            heard=heard,
        )

    def close(self) -> None:
        """Lets others listen and show."""
        while self._locks:
            self._locks.popitem()[1].release()

    def _is_mine(self, what: str) -> bool:
        """Whether this process is the one that does it; it stays so until it ends."""
        held = self._locks.get(what)
        if held is not None and held.holds():
            return True
        leases = Leases(self._studio.database, self._settings.home)
        lock = leases.try_lock(f"telegram-{self._bot.number}-{what}")
        if held is not None:
            held.release()
            del self._locks[what]
        if lock is not None:
            self._locks[what] = lock
        return lock is not None
