"""What comes in from a chat, read without believing it: who, where, and what was pressed or said."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

LONGEST_SAID = 4096
_NOT_IN_NAMES = re.compile(r"[^\w .'-]+")


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
    """One update. `query` and `data` are of a pressed button, `text` of words; `kind` tells which."""

    update_id: int
    kind: str
    person: Person
    chat: int
    message: int = 0
    text: str = ""
    query: str = ""
    data: str = ""


def read(update: dict[str, Any]) -> Incoming | None:
    """The update, or None: it is neither words nor a button, or not of the shape the Bot API has."""
    try:
        number = int(update["update_id"])
        if "callback_query" in update:
            return _pressed(number, update["callback_query"])
        return _said(number, update["message"])
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def number_of(update: dict[str, Any]) -> int | None:
    """The number of an update of any kind."""
    number = update.get("update_id")
    return number if isinstance(number, int) and not isinstance(number, bool) else None


def _pressed(number: int, query: dict[str, Any]) -> Incoming:
    message = query["message"]
    return Incoming(
        update_id=number,
        kind="button",
        person=_person(query["from"]),
        chat=int(message["chat"]["id"]),
        message=int(message["message_id"]),
        query=str(query["id"]),
        data=str(query["data"])[:64],
    )


def _said(number: int, message: dict[str, Any]) -> Incoming:
    return Incoming(
        update_id=number,
        kind="words",
        person=_person(message["from"]),
        chat=int(message["chat"]["id"]),
        message=int(message["message_id"]),
        text=str(message["text"])[:LONGEST_SAID],
    )


def _person(told: dict[str, Any]) -> Person:
    number = int(told["id"])
    words = " ".join(str(told.get(part) or "") for part in ("first_name", "last_name"))
    name = " ".join(_NOT_IN_NAMES.sub(" ", words or str(told.get("username") or "")).split())
    return Person(number, name[:60] or "somebody")
