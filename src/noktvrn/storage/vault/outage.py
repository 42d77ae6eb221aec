"""Waits out an S3 server that is away, and says in one line that it does; what it refuses is told at once."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable
from typing import TypeVar

from obstore.exceptions import BaseError, GenericError, PermissionDeniedError, UnauthenticatedError

from noktvrn.kernel.errors import LabelError, NotAllowed, Refused, Unavailable

FIRST_PAUSE_S = 0.25
LONGEST_PAUSE_S = 5.0
_STATUS = re.compile(r"status code: (\d{3})")
_REFUSED = re.compile(r"\b4(?!08|29)\d\d\b")
_REASON = re.compile(r" - (.*)")

log = logging.getLogger("noktvrn.vault")
T = TypeVar("T")


class Outage:
    """Patience of `patience_s` seconds with the server of one bucket; `where` is its name for people."""

    def __init__(self, where: str, patience_s: float) -> None:
        self.where = where
        self._patience_s = patience_s
        self._away = False

    def waited_out(self, act: Callable[[], T]) -> T:
        """What `act` returns, asked again while the server is away. `act` must be safe to repeat.

        Raises:
            Unavailable: it did not come back in time.
            NotAllowed: it does not let us in.
            Refused: it takes no such request.
        """
        deadline = time.monotonic() + self._patience_s
        pause = FIRST_PAUSE_S
        while True:
            try:
                found = act()
            except BaseError as error:
                if not _passes(error):
                    raise self._refusal(error) from error
                if time.monotonic() + pause > deadline:
                    raise self._away_for_good(error) from error
                self._tell(error)
            else:
                self._told_back()
                return found
            time.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_S)

    def _tell(self, error: BaseError) -> None:
        if not self._away:
            self._away = True
            log.warning(
                "The vault (%s) does not answer: %s. Waiting up to %.0f s.",
                self.where,
                _reason(error),
                self._patience_s,
            )

    def _told_back(self) -> None:
        if self._away:
            self._away = False
            log.warning("The vault (%s) answers again.", self.where)

    def _away_for_good(self, error: BaseError) -> LabelError:
        return Unavailable(
            f"The vault ({self.where}) does not answer: {_reason(error)}.",
            code="vault.unavailable",
            hint="Nothing is lost. Check that the server runs, then resume the run.",
        )

    def _refusal(self, error: BaseError) -> LabelError:
        if isinstance(error, (PermissionDeniedError, UnauthenticatedError)):
            return NotAllowed(
                f"The vault ({self.where}) does not let noktvrn in.",
                code="vault.not_allowed",
                hint="Check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and the key's rights to list, read, "
                "write and delete.",
            )
        return Refused(
            f"The vault ({self.where}) refused: {_reason(error)}.",
            code="vault.refused",
            hint="Check S3_BUCKET_NAME, AWS_REGION and AWS_ENDPOINT_URL_S3.",
        )


def _passes(error: BaseError) -> bool:
    """Whether it is worth asking again: no answer, too many requests, trouble of the server's own."""
    if not isinstance(error, GenericError) or "incorrectly configured region" in str(error):
        return False
    status = _STATUS.search(str(error))
    return status is None or _REFUSED.fullmatch(status.group(1)) is None


def _reason(error: BaseError) -> str:
    first = str(error).splitlines()[0] if str(error) else type(error).__name__
    found = _REASON.search(first)
    told = found.group(1) if found else first
    return told.removeprefix("Server returned non-2xx status code: ").split(":")[0].strip(" .")
