"""Hands notices about the language models on to the label's messengers, each of them once."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from noktvrn.kernel.clock import Clock
from noktvrn.kernel.errors import LabelError
from noktvrn.llm.notices import LlmNotice
from noktvrn.roles.messenger import Messenger, Notice
from noktvrn.storage.database import Database
from noktvrn.storage.ledger import notices

log = logging.getLogger("noktvrn.llm")


def teller(
    messengers: Callable[[], tuple[Messenger, ...]], database: Database, clock: Clock
) -> Callable[[LlmNotice], None]:
    """The callback for `llm.desk.open_desk`. Only what a person has to know goes out; the log has the rest.

    A messenger may take its time: each notice goes out on a thread of its own, which the process waits for.
    """

    def tell(news: LlmNotice) -> None:
        if news.critical or news.event == "llm.budget":
            notice = Notice(key=news.key[:120], kind="warning", title=news.title, text=news.text)
            threading.Thread(target=hand_on, args=(notice,), name="notices").start()

    def hand_on(notice: Notice) -> None:
        for messenger in messengers():
            try:
                _hand_on(messenger, notice, database, clock)
            except LabelError as error:
                log.warning("%s could not be told: %s", messenger.name, error.message)

    return tell


def _hand_on(messenger: Messenger, notice: Notice, database: Database, clock: Clock) -> None:
    with database.read() as connection:
        if notices.sent(connection, messenger.name, notice.key):
            return
    receipt = messenger.send(notice)
    with database.begin() as connection:
        notices.put(connection, messenger.name, notice.key, receipt.as_data(), clock.now())
