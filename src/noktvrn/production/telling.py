"""Hands a notice to a messenger, each once however often a stage is repeated: the ledger remembers."""

from __future__ import annotations

import contextlib
import logging

from noktvrn.kernel.errors import LabelError
from noktvrn.outbound import gate
from noktvrn.production.studio import Studio
from noktvrn.roles.messenger import Messenger, Notice
from noktvrn.storage.ledger import notices, switch

log = logging.getLogger("noktvrn.production")


def tell(studio: Studio, messenger: Messenger, notice: Notice, *, even_stopped: bool = False) -> None:
    """Tells one messenger, unless it was told before. `even_stopped`: the notice is about the stop itself.

    Raises:
        NotReady: the label is stopped. And what the messenger raises.
    """
    with studio.database.read() as connection:
        if not even_stopped:
            switch.check(connection)
        if notices.sent(connection, messenger.name, notice.key):
            return
    with gate.held_open() if even_stopped else contextlib.nullcontext():
        receipt = messenger.send(notice)
    with studio.database.begin() as connection:
        notices.put(connection, messenger.name, notice.key, receipt.as_data(), studio.clock.now())


def tell_all(studio: Studio, notice: Notice, *, even_stopped: bool = False) -> bool:
    """Tells every messenger; returns whether nobody is left who could be told later. One that cannot be told
    is logged: what it says stands in the run as well."""
    complete = True
    for messenger in studio.cast.messengers():
        try:
            tell(studio, messenger, notice, even_stopped=even_stopped)
        except LabelError as error:
            log.warning("%s could not be told: %s", messenger.name, error.message)
            complete = complete and not (error.retryable or error.code == switch.STOPPED)
    return complete
