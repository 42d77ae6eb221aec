"""What a service is asked beside orders: a mistake in its player is a trouble like any other."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from typing import TypeVar

from noktvrn.kernel.errors import LabelError
from noktvrn.outbound.jobs.room import Case
from noktvrn.outbound.troubles import Trouble, trouble

log = logging.getLogger("noktvrn.jobs")
T = TypeVar("T")


def answer(case: Case, ask: Callable[[], T]) -> T:
    """What the service says.

    Raises:
        LabelError: what it raised; trouble CONTRACT for anything that is none of the house's errors. The log
            has its type and its place only: its words may quote an address, which may be signed.
    """
    try:
        return ask()
    except LabelError:
        raise
    except Exception as error:
        found = mistake(case, error)
    raise found


def mistake(case: Case, error: Exception) -> LabelError:
    """The trouble that an error which is none of the house's stands for; it is written into the log."""
    name, place = type(error).__name__, "".join(traceback.format_tb(error.__traceback__))
    log.error("%s could not be read: %s\n%s", case.order.provider, name, place)
    return trouble(Trouble.CONTRACT, case.order.provider, name)
