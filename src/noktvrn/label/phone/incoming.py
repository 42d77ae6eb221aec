"""What comes in from a chat, read without believing it: who, where, and what was pressed or said."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from noktvrn.storage.storable import storable

LONGEST_SAID = 4096
LARGEST = 2**63 - 1
_NOT_IN_NAMES = re.compile(r"[^\w .'-]+")
_OF_OTHERS = ("forward_origin", "forward_date", "via_bot")
"""Marks of words that somebody handed on and did not say."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who it was. `number` is Telegram's, and what counts; the name is what they call themselves."""

    number: int
    name: str

    @property
    def actor(self) -> str:
        """As audit trail and verdict name them."""
        return f"person:{self.name} (telegram:{self.number})"


@dataclass(frozen=True, slots=True)
class Incoming:
    """One update. `query` and `data` are of a pressed button, `text` of words, said at `at` by Telegram's
    clock; `kind` tells which."""

    update_id: int
    kind: str
    person: Person
    chat: int
    message: int = 0
    text: str = ""
    at: datetime | None = None
    query: str = ""
    data: str = ""


def read(update: dict[str, Any]) -> Incoming | None:
    """The update, or None: it is neither words of the person's own nor a button, or not of the shape the Bot
    API has."""
    try:
        number = int(update["update_id"])
        if "callback_query" in update:
            return _pressed(number, update["callback_query"])
        return _said(number, update["message"])
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, OSError):
        return None


def number_of(update: dict[str, Any]) -> int | None:
    """The number of an update of any kind. None: it has none, or none that a ledger keeps."""
    number = update.get("update_id")
    if not isinstance(number, int) or isinstance(number, bool):
        return None
    return number if 0 <= number <= LARGEST else None


def _pressed(number: int, query: dict[str, Any]) -> Incoming:
    message = query["message"]
    return Incoming(
        update_id=number,
        kind="button",
        person=_person(query["from"]),
        chat=int(message["chat"]["id"]),
        message=int(message["message_id"]),
        query=str(query["id"]),
        data=storable(str(query["data"])[:64]),
    )


def _said(number: int, message: dict[str, Any]) -> Incoming | None:
    if any(mark in message for mark in _OF_OTHERS):
        return None
    return Incoming(
        update_id=number,
        kind="words",
        person=_person(message["from"]),
        chat=int(message["chat"]["id"]),
        message=int(message["message_id"]),
        text=storable(str(message["text"])[:LONGEST_SAID]),
        at=datetime.fromtimestamp(int(message["date"]), UTC),
    )


def _person(told: dict[str, Any]) -> Person:
    number = int(told["id"])
    words = " ".join(str(told.get(part) or "") for part in ("first_name", "last_name"))
    name = " ".join(_NOT_IN_NAMES.sub(" ", words or str(told.get("username") or "")).split())
    return Person(number, name[:60] or "somebody")
